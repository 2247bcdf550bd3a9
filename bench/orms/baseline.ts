// What everything is measured against: the same work done by hand with the driver.
import type { NewCustomer, NewItem, NewPerson } from "./operations.ts";

/** Rows of tables that belong together: programs put them together as they need them. */
export interface Rows {
  readonly customers: readonly unknown[];
  readonly orders: readonly unknown[];
  readonly items?: readonly unknown[];
}

/** See `Operations`. A driver that answers at once is not made to wait. */
export interface Baseline {
  people(): unknown;
  peopleByKey(ids: readonly number[]): unknown;
  customersWithItems(): Rows | Promise<Rows>;
  ordersWithCustomers(): Rows | Promise<Rows>;
  insertPerson(person: NewPerson): unknown;
  insertItems(items: readonly NewItem[]): unknown;
  insertGraph(customers: readonly NewCustomer[]): unknown;
  /** Loads nothing: the keys are the numbers from 1 to `count`. */
  changeBalances(balanceOf: (id: number) => number, count: number): unknown;
  report(city: string, atLeast: number): unknown;
  personOnPool(id: number): unknown;
  /** Rows of any query, to look at what is stored. */
  stored(sql: string): Promise<readonly unknown[]>;
  run(sql: string): Promise<unknown>;
}

export const reportSql = `SELECT customers.id, customers.name, count(orders.id) AS "orderCount", sum(orders.total) AS revenue
  FROM customers JOIN orders ON orders.customer_id = customers.id
  WHERE customers.city = ? AND orders.total > ?
  GROUP BY customers.id, customers.name HAVING count(orders.id) > 1 ORDER BY sum(orders.total) DESC LIMIT 50`;

export function keysOf(rows: readonly unknown[], column = "id"): readonly number[] {
  return rows.map((row) => (row as Record<string, number>)[column] as number);
}
