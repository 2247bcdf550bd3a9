// The same work done by hand with better-sqlite3, with the conversions that the ORMs make.
import { readInstant, writeInstant } from "../conversions.ts";
import type { RawDatabase, SqlValue } from "../database.ts";
import type { Baseline } from "./baseline.ts";
import { keysOf, reportSql } from "./baseline.ts";

interface StoredPerson {
  active: number | boolean;
  createdAt: string | Date;
}

const person = "SELECT id, name, email, city, age, score, balance, note, active, created_at AS createdAt FROM people";

export function sqliteBaseline(raw: RawDatabase): Baseline {
  const prepared = new Map<string, ReturnType<RawDatabase["prepare"]>>();
  const statement = (sql: string) => {
    let known = prepared.get(sql);
    if (known === undefined) {
      known = raw.prepare(sql);
      prepared.set(sql, known);
    }
    return known;
  };
  const all = (sql: string, ...values: readonly SqlValue[]) => statement(sql).all(...values);
  const inserter = (sql: string) => {
    const insert = statement(sql);
    return (...values: readonly SqlValue[]) => Number(insert.run(...values).lastInsertRowid);
  };
  const transaction = <T>(work: () => T): T => {
    raw.exec("BEGIN");
    const result = work();
    raw.exec("COMMIT");
    return result;
  };
  const insertCustomer = () => inserter("INSERT INTO customers (name, email, city) VALUES (?, ?, ?)");
  const insertOrder = () => inserter("INSERT INTO orders (customer_id, status, total) VALUES (?, ?, ?)");
  const insertItem = () => inserter("INSERT INTO items (order_id, sku, quantity, price) VALUES (?, ?, ?, ?)");

  return {
    people: () => all(person).map(converted),
    // Sessions read in a transaction, and so does this: it locks the file once.
    peopleByKey: (ids) => transaction(() => ids.map((id) => converted(statement(`${person} WHERE id = ?`).get(id)))),
    customersWithItems() {
      const customers = all("SELECT * FROM customers");
      const orders = all(`SELECT * FROM orders WHERE customer_id IN (${markers(customers)})`, ...keysOf(customers));
      const items = all(`SELECT * FROM items WHERE order_id IN (${markers(orders)})`, ...keysOf(orders));
      return { customers, orders, items };
    },
    ordersWithCustomers() {
      const orders = all("SELECT * FROM orders");
      const keys = [...new Set(keysOf(orders, "customer_id"))];
      return { orders, customers: all(`SELECT * FROM customers WHERE id IN (${markers(keys)})`, ...keys) };
    },
    insertPerson({ name, email, city, age, score, balance, note, active, createdAt }) {
      const insert = inserter(
        "INSERT INTO people (name, email, city, age, score, balance, note, active, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      );
      return insert(name, email, city, age, score, balance, note, active ? 1 : 0, writeInstant(createdAt));
    },
    insertItems(items) {
      const insert = insertItem();
      return transaction(() => items.map(({ sku, quantity, price }) => insert(1, sku, quantity, price)));
    },
    insertGraph(customers) {
      const [newCustomer, newOrder, newItem] = [insertCustomer(), insertOrder(), insertItem()];
      return transaction(() => {
        for (const { name, email, city, orders } of customers) {
          const customerId = newCustomer(name, email, city);
          for (const { status, total, items } of orders) {
            const orderId = newOrder(customerId, status, total);
            for (const { sku, quantity, price } of items) newItem(orderId, sku, quantity, price);
          }
        }
      });
    },
    changeBalances(balanceOf, count) {
      const update = statement("UPDATE people SET balance = ? WHERE id = ?");
      return transaction(() => {
        for (let id = 1; id <= count; id += 1) update.run(balanceOf(id), id);
      });
    },
    report: (city, atLeast) => all(reportSql, city, atLeast),
    personOnPool: (id) => converted(statement(`${person} WHERE id = ?`).get(id)),
    stored: async (sql) => all(sql),
    run: async (sql) => raw.exec(sql),
  };
}

function converted(row: unknown): unknown {
  const stored = row as StoredPerson;
  stored.active = stored.active === 1;
  stored.createdAt = readInstant(stored.createdAt as string);
  return stored;
}

function markers({ length }: readonly unknown[]): string {
  return new Array(length).fill("?").join();
}
