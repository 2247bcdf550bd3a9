import { sqlText } from "../../support/core.ts";
import { oracleCases } from "../expressions.ts";
import { type Area, Execution } from "../statement-case.ts";

const core = {
  "guides/text-by-id": () => new Execution(sqlText("SELECT * FROM users WHERE id=:id"), { id: 1 }),
};
const postgresql = ["guides/upsert-products"];
const withModels = oracleCases.filter(({ id, area }) => area === "guides" && !(id in core) && !postgresql.includes(id));

export const guides: Area = {
  name: "guides",
  cases: core,
  later: [
    { issue: 2, reason: "with models: orm-expressions.test.ts", ids: withModels.map(({ id }) => id) },
    { issue: 3, reason: "ON CONFLICT of PostgreSQL", ids: postgresql },
  ],
};
