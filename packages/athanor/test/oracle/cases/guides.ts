import { postgresqlInsert, sqlText } from "../../support/core.ts";
import { oracleCases } from "../expressions.ts";
import { products } from "../models.ts";
import { type Area, Execution } from "../statement-case.ts";

const core = {
  "guides/text-by-id": () => new Execution(sqlText("SELECT * FROM users WHERE id=:id"), { id: 1 }),
  "guides/upsert-products": () => {
    const statement = postgresqlInsert(products).values([
      { id: 11, sku: "P001", name: "W", price: 30, stock: 5, active: true },
      { id: 12, sku: "P900", name: "New", price: 1.5, stock: 2, active: true },
    ]);
    const { price, stock } = postgresqlInsert(products).excluded;
    return statement.onConflictDoUpdate({ indexElements: [products.c.sku], set: { price, stock } });
  },
};
const withModels = oracleCases.filter(({ id, area }) => area === "guides" && !(id in core));

export const guides: Area = {
  name: "guides",
  cases: core,
  later: [{ issue: 2, reason: "with models: orm-expressions.test.ts", ids: withModels.map(({ id }) => id) }],
};
