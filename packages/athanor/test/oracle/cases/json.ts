import { insert, json, literal, nullValue, select } from "../../support/core.ts";
import { samples } from "../models.ts";
import type { Area } from "../statement-case.ts";

export const jsonArea: Area = {
  name: "json",
  cases: {
    "json/insert-document": () => insert(samples).values({ id: 50, data: { a: [1, { b: null }], é: "☃" } }),
    "json/insert-sql-null": () => insert(samples).values({ id: 50, data: nullValue() }),
    "json/literal-json": () => select(literal({ a: 1 }, json<{ a: number }>()).label("x")),
  },
  later: [
    {
      issue: 3,
      reason: "elements and paths of JSON",
      ids: [
        "json/key",
        "json/index",
        "json/path",
        "json/as-string",
        "json/as-integer",
        "json/as-numeric",
        "json/path-as-string",
        "json/compare-integer",
        "json/order-by-element",
        "json/group-by-element",
      ],
    },
    { issue: 3, reason: "JSON columns whose null is SQL's or JSON's on request", ids: ["json/none-as-null"] },
  ],
};
