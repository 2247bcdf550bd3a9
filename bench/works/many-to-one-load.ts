import { select } from "athanor";
import { Session, selectinload } from "athanor/orm";
import { openPair } from "../database.ts";
import { compare } from "../harness.ts";
import { Order } from "../models.ts";
import { shop } from "../rows.ts";
import type { Work } from "../work.ts";

const customers = 1_000;
const orders = 5_000;

export const manyToOneLoad: Work = {
  name: "many-to-one load, 5,000",
  budget: 1.5,
  unit: "×",
  baseline: "the two driver queries",
  async measure(driver) {
    const { engine, raw, close } = await openPair(driver, { rows: shop(customers, orders, 0) });
    const queries = {
      orders: raw.prepare("SELECT * FROM orders"),
      customers: raw.prepare(`SELECT * FROM customers WHERE id IN (${new Array(customers).fill("?").join()})`),
    };
    const { ratio, ...timings } = await compare({
      subject: {
        async run() {
          await using session = new Session(engine);
          return await session.scalars(select(Order).options(selectinload(Order.customer))).all();
        },
      },
      baseline: {
        run() {
          const found = queries.orders.all() as { customer_id: number }[];
          return queries.customers.all(...new Set(found.map((order) => order.customer_id)));
        },
      },
    });
    await close();
    return { value: ratio, ...timings };
  },
};
