import { func, select } from "../../support/core.ts";
import { casesOf } from "../expressions.ts";
import { Employee } from "../orm-models/org.ts";
import type { Area } from "../statement-case.ts";

const cases = {
  "orm-inheritance/discriminator": () =>
    select(Employee.kind, func.count()).groupBy(Employee.kind).orderBy(Employee.kind),
};

export const ormInheritance: Area = {
  name: "orm-inheritance",
  cases,
  later: [
    {
      issue: 5,
      reason: "mapped classes that inherit from each other",
      ids: casesOf("orm-inheritance")
        .map(({ id }) => id)
        .filter((id) => !(id in cases)),
    },
  ],
};
