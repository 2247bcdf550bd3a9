import { and, asc, desc, eq, gt, inArray, like, or } from "drizzle-orm";
import { integer, QueryBuilder, real, sqliteTable, text } from "drizzle-orm/sqlite-core";

const customers = sqliteTable("customers", { id: integer().primaryKey(), name: text(), city: text() });
const orders = sqliteTable("orders", {
  id: integer().primaryKey(),
  customerId: integer("customer_id"),
  status: text(),
  total: real(),
});
const builder = new QueryBuilder();

/** The SELECT of works/build-select.ts. */
export function buildAndCompile(city: string, total: number, limit: number): unknown {
  return builder
    .select({ id: customers.id, name: customers.name, status: orders.status, total: orders.total })
    .from(customers)
    .innerJoin(orders, eq(orders.customerId, customers.id))
    .where(
      and(
        eq(customers.city, city),
        inArray(orders.status, ["open", "paid"]),
        or(gt(orders.total, total), like(customers.name, "A%")),
      ),
    )
    .orderBy(desc(orders.total), asc(customers.id))
    .limit(limit)
    .toSQL();
}
