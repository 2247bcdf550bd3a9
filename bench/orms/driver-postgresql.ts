// The same work done by hand with pg: named statements, many rows to an INSERT.
import type { RawClient, RawPool, Value } from "../servers/server.ts";
import { type Baseline, keysOf, reportSql } from "./baseline.ts";

const person = 'SELECT id, name, email, city, age, score, balance, note, active, created_at AS "createdAt" FROM people';
/** Rows of one INSERT. */
const together = 1_000;

export function postgresqlBaseline(raw: RawClient, pool: RawPool): Baseline {
  const transaction = async <T>(work: () => Promise<T>): Promise<T> => {
    await raw.run("BEGIN");
    const result = await work();
    await raw.run("COMMIT");
    return result;
  };
  const insertAll = async (table: string, columns: string, rows: readonly (readonly Value[])[]) => {
    const keys: number[] = [];
    for (let start = 0; start < rows.length; start += together) {
      const some = rows.slice(start, start + together);
      const values = some.map((row) => `(${row.map(() => "?").join()})`).join();
      const sql = `INSERT INTO ${table} (${columns}) VALUES ${values} RETURNING id`;
      keys.push(...keysOf(await raw.rows(sql, ...some.flat())));
    }
    return keys;
  };

  return {
    people: () => raw.rows(person),
    async peopleByKey(ids) {
      // Sessions read in a transaction, and so does this.
      await raw.run("BEGIN");
      const found: unknown[] = [];
      for (const id of ids) found.push((await raw.rows(`${person} WHERE id = ?`, id))[0]);
      await raw.run("ROLLBACK");
      return found;
    },
    async customersWithItems() {
      const customers = await raw.rows("SELECT * FROM customers");
      const orders = await raw.rows(
        `SELECT * FROM orders WHERE customer_id IN (${markers(customers)})`,
        ...keysOf(customers),
      );
      const items = await raw.rows(`SELECT * FROM items WHERE order_id IN (${markers(orders)})`, ...keysOf(orders));
      return { customers, orders, items };
    },
    async ordersWithCustomers() {
      const orders = await raw.rows("SELECT * FROM orders");
      const keys = [...new Set(keysOf(orders, "customer_id"))];
      return { orders, customers: await raw.rows(`SELECT * FROM customers WHERE id IN (${markers(keys)})`, ...keys) };
    },
    insertPerson: ({ name, email, city, age, score, balance, note, active, createdAt }) =>
      transaction(() =>
        raw.rows(
          "INSERT INTO people (name, email, city, age, score, balance, note, active, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
          ...[name, email, city, age, score, balance, note, active, createdAt],
        ),
      ),
    insertItems: (items) =>
      transaction(() =>
        insertAll(
          "items",
          "order_id, sku, quantity, price",
          items.map(({ sku, quantity, price }) => [1, sku, quantity, price]),
        ),
      ),
    insertGraph: (customers) =>
      transaction(async () => {
        const customerIds = await insertAll(
          "customers",
          "name, email, city",
          customers.map(({ name, email, city }) => [name, email, city]),
        );
        const orders = customers.flatMap((customer, n) =>
          customer.orders.map((order) => ({ ...order, customerId: customerIds[n] ?? 0 })),
        );
        const orderIds = await insertAll(
          "orders",
          "customer_id, status, total",
          orders.map(({ customerId, status, total }) => [customerId, status, total]),
        );
        await insertAll(
          "items",
          "order_id, sku, quantity, price",
          orders.flatMap(({ items }, n) =>
            items.map((item) => [orderIds[n] ?? 0, item.sku, item.quantity, item.price]),
          ),
        );
      }),
    // Sent without waiting for the answers of those before.
    changeBalances: (balanceOf, count) =>
      transaction(() =>
        Promise.all(
          Array.from({ length: count }, (_, n) =>
            raw.rows("UPDATE people SET balance = ? WHERE id = ?", balanceOf(n + 1), n + 1),
          ),
        ),
      ),
    report: (city, atLeast) => raw.rows(reportSql, city, atLeast),
    personOnPool: async (id) => (await pool.rows(`${person} WHERE id = ?`, id))[0],
    stored: (sql) => raw.rows(sql),
    run: (sql) => raw.run(sql),
  };
}

function markers({ length }: readonly unknown[]): string {
  return new Array(length).fill("?").join();
}
