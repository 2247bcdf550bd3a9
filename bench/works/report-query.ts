import { type Connection, func, select } from "athanor";
import { openPair } from "../database.ts";
import { compare } from "../harness.ts";
import { Customer, Order } from "../models.ts";
import { shop } from "../rows.ts";
import type { Work } from "../work.ts";

const times = 300;

export const reportQuery: Work = {
  name: "grouped report query, 300 times",
  budget: 1.15,
  unit: "×",
  baseline: "driver",
  async measure(driver) {
    const { engine, raw, close } = await openPair(driver, { rows: shop(500, 5_000, 0) });
    await using connection = await engine.connect();
    const statement = raw.prepare(
      `SELECT customers.id, customers.name, count(orders.id) AS order_count, sum(orders.total) AS revenue
      FROM customers JOIN orders ON orders.customer_id = customers.id
      WHERE customers.city = ? AND orders.total > ?
      GROUP BY customers.id, customers.name HAVING count(orders.id) > ? ORDER BY sum(orders.total) DESC LIMIT ?`,
    );
    const { ratio, ...timings } = await compare({
      subject: {
        async run() {
          for (let n = 0; n < times; n += 1) await report(connection, `City ${n % 10}`, n);
        },
      },
      baseline: {
        run() {
          for (let n = 0; n < times; n += 1) statement.all(`City ${n % 10}`, n, 1, 50);
        },
      },
    });
    await connection.close();
    await close();
    return { value: ratio, ...timings };
  },
};

/** Built anew each time, as programs do. */
function report(connection: Connection, city: string, atLeast: number) {
  const revenue = func.sum(Order.total);
  const statement = select(
    Customer.id,
    Customer.name,
    func.count(Order.id).label("orderCount"),
    revenue.label("revenue"),
  )
    .join(Order, Order.customerId.eq(Customer.id))
    .where(Customer.city.eq(city), Order.total.gt(atLeast))
    .groupBy(Customer.id, Customer.name)
    .having(func.count(Order.id).gt(1))
    .orderBy(revenue.desc())
    .limit(50);
  return connection.execute(statement).all();
}
