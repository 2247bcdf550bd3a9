import { Session } from "athanor/orm";
import { openPair, type RawDatabase } from "../database.ts";
import { compare } from "../harness.ts";
import { Customer, Item, Order } from "../models.ts";
import type { Work } from "../work.ts";

const customers = 1_000;
const ordersEach = 5;
const itemsEach = 2;
const empty = "DELETE FROM items; DELETE FROM orders; DELETE FROM customers";

export const insertGraph: Work = {
  name: "unit of work: insert a graph of 16,000 rows",
  budget: 1.5,
  unit: "×",
  baseline: "hand-written batches",
  async measure(driver) {
    const { engine, raw, close } = await openPair(driver);
    const insertAll = batches(raw);
    const { ratio, ...timings } = await compare({
      subject: {
        prepare: () =>
          engine.begin(async (connection) => {
            for (const statement of empty.split(";")) await connection.execDriverSql(statement);
          }),
        async run() {
          await using session = new Session(engine);
          session.addAll(Array.from({ length: customers }, (_, n) => customer(n)));
          await session.commit();
        },
      },
      baseline: { prepare: () => raw.exec(empty), run: insertAll },
    });
    await close();
    return { value: ratio, ...timings };
  },
};

function customer(n: number): Customer {
  const orders = Array.from({ length: ordersEach }, (_, m) => {
    const items = Array.from({ length: itemsEach }, (_, k) => new Item({ sku: `SKU-${k}`, quantity: k, price: m }));
    return new Order({ status: "open", total: m * 1.5, items });
  });
  return new Customer({ name: `Customer ${n}`, email: `customer${n}@example.com`, city: "Prague", orders });
}

/** The same rows, table by table, with the keys of one batch carried into the next. */
function batches(raw: RawDatabase): () => void {
  const insertCustomer = raw.prepare("INSERT INTO customers (name, email, city) VALUES (?, ?, ?)");
  const insertOrder = raw.prepare("INSERT INTO orders (customer_id, status, total) VALUES (?, ?, ?)");
  const insertItem = raw.prepare("INSERT INTO items (order_id, sku, quantity, price) VALUES (?, ?, ?, ?)");
  return () => {
    raw.exec("BEGIN");
    const customerIds: number[] = [];
    for (let n = 0; n < customers; n += 1) {
      const done = insertCustomer.run(`Customer ${n}`, `customer${n}@example.com`, "Prague");
      customerIds.push(Number(done.lastInsertRowid));
    }
    const orderIds: number[] = [];
    for (const id of customerIds) {
      for (let m = 0; m < ordersEach; m += 1)
        orderIds.push(Number(insertOrder.run(id, "open", m * 1.5).lastInsertRowid));
    }
    for (const [index, id] of orderIds.entries()) {
      for (let k = 0; k < itemsEach; k += 1) insertItem.run(id, `SKU-${k}`, k, index % ordersEach);
    }
    raw.exec("COMMIT");
  };
}
