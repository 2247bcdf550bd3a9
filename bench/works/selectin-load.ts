import { select } from "athanor";
import { Session, selectinload } from "athanor/orm";
import { openPair } from "../database.ts";
import { compare } from "../harness.ts";
import { Customer, Order } from "../models.ts";
import { shop } from "../rows.ts";
import type { Work } from "../work.ts";

const customers = 1_000;
const orders = 10_000;
const items = 30_000;

export const selectinLoad: Work = {
  name: "two-level selectin load, 1,000 → 10,000 → 30,000",
  budget: 1.3,
  unit: "×",
  baseline: "the three driver queries",
  async measure(driver) {
    const { engine, raw, close } = await openPair(driver, { rows: shop(customers, orders, items) });
    const queries = {
      customers: raw.prepare("SELECT * FROM customers"),
      orders: raw.prepare(`SELECT * FROM orders WHERE customer_id IN (${markers(customers)})`),
      items: raw.prepare(`SELECT * FROM items WHERE order_id IN (${markers(orders)})`),
    };
    const { ratio, ...timings } = await compare({
      subject: {
        async run() {
          await using session = new Session(engine);
          const statement = select(Customer).options(selectinload(Customer.orders).selectinload(Order.items));
          return await session.scalars(statement).all();
        },
      },
      baseline: {
        run() {
          const found = queries.orders.all(...keys(queries.customers.all()));
          return queries.items.all(...keys(found));
        },
      },
    });
    await close();
    return { value: ratio, ...timings };
  },
};

function markers(count: number): string {
  return new Array(count).fill("?").join();
}

function keys(rows: readonly unknown[]): readonly number[] {
  return rows.map((row) => (row as { id: number }).id);
}
