import knex from "knex";

// Without a connection it loads no driver.
const builder = knex({ client: "better-sqlite3", useNullAsDefault: true });

/** The SELECT of works/build-select.ts. */
export function buildAndCompile(city: string, total: number, limit: number): unknown {
  return builder
    .select("customers.id", "customers.name", "orders.status", "orders.total")
    .from("customers")
    .join("orders", "orders.customer_id", "customers.id")
    .where("customers.city", city)
    .whereIn("orders.status", ["open", "paid"])
    .where((where) => where.where("orders.total", ">", total).orWhere("customers.name", "like", "A%"))
    .orderBy("orders.total", "desc")
    .orderBy("customers.id")
    .limit(limit)
    .toSQL()
    .toNative();
}
