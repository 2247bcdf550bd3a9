// Reading: rows, objects, objects with what belongs to them.
import { type Connection, func, select } from "athanor";
import { joinedload, Session, selectinload } from "athanor/orm";
import { compare } from "../../harness.ts";
import { Customer, Item, Order, Person } from "../../models.ts";
import { customers, items, orders, people } from "../rows.ts";
import type { Server } from "../server.ts";
import type { ServerWork } from "../work.ts";

const columns = "id, name, email, city, age, score, balance, note, age AS age2, balance AS balance2";

async function fillShop(server: Server, counts: readonly [customers: number, orders: number, items: number]) {
  const [customerCount, orderCount, itemCount] = counts;
  await server.fill(Customer, customers(customerCount));
  await server.fill(Order, orders(orderCount, customerCount));
  if (itemCount > 0) await server.fill(Item, items(itemCount, orderCount));
}

export const selectRows: ServerWork = {
  name: "50,000 rows × 10 columns as rows",
  budget: 1.1,
  unit: "×",
  baseline: "driver",
  async measure(server) {
    const { engine, raw } = server;
    await server.fill(Person, people(50_000));
    await using connection = await engine.connect();
    const { id, name, email, city, age, score, balance, note } = Person;
    const statement = select(
      ...[id, name, email, city, age, score, balance, note, age.label("age2"), balance.label("balance2")],
    );
    const { ratio, ...timings } = await compare({
      subject: { run: () => connection.execute(statement).all() },
      baseline: { run: () => raw.rows(`SELECT ${columns} FROM people`) },
    });
    return { value: ratio, ...timings };
  },
};

export const selectEntities: ServerWork = {
  name: "the same as tracked entities",
  budget: 1.35,
  unit: "×",
  baseline: "driver, which converts",
  async measure(server) {
    const { engine, raw } = server;
    await server.fill(Person, people(50_000));
    const { ratio, ...timings } = await compare({
      subject: {
        async run() {
          await using session = new Session(engine);
          return await session.scalars(select(Person)).all();
        },
      },
      baseline: { run: () => raw.rows("SELECT * FROM people") },
    });
    return { value: ratio, ...timings };
  },
};

export const getByKey: ServerWork = {
  name: "entity by key, fresh session per 100",
  budget: 1.15,
  unit: "×",
  baseline: "driver",
  async measure(server) {
    const { engine, raw } = server;
    const count = 1_000;
    await server.fill(Person, people(count));
    const { ratio, ...timings } = await compare({
      subject: {
        async run() {
          for (let first = 1; first <= count; first += 100) {
            await using session = new Session(engine);
            for (let id = first; id < first + 100; id += 1) await session.get(Person, id);
          }
        },
      },
      baseline: {
        async run() {
          // The session reads in a transaction, and so does this.
          for (let first = 1; first <= count; first += 100) {
            await raw.run("BEGIN");
            for (let id = first; id < first + 100; id += 1) await raw.rows("SELECT * FROM people WHERE id = ?", id);
            await raw.run("ROLLBACK");
          }
        },
      },
    });
    return { value: ratio, ...timings };
  },
};

export const selectinLoad: ServerWork = {
  name: "two-level selectin load, 1,000 → 10,000 → 30,000",
  budget: 1.3,
  unit: "×",
  baseline: "the three driver queries",
  async measure(server) {
    const { engine, raw } = server;
    await fillShop(server, [1_000, 10_000, 30_000]);
    const list = (rows: readonly unknown[]) => rows.map((row) => (row as { id: number }).id);
    const markers = (count: number) => new Array(count).fill("?").join();
    const { ratio, ...timings } = await compare({
      subject: {
        async run() {
          await using session = new Session(engine);
          const statement = select(Customer).options(selectinload(Customer.orders).selectinload(Order.items));
          return await session.scalars(statement).all();
        },
      },
      baseline: {
        async run() {
          const first = list(await raw.rows("SELECT * FROM customers"));
          const second = list(
            await raw.rows(`SELECT * FROM orders WHERE customer_id IN (${markers(first.length)})`, ...first),
          );
          return await raw.rows(`SELECT * FROM items WHERE order_id IN (${markers(second.length)})`, ...second);
        },
      },
    });
    return { value: ratio, ...timings };
  },
};

export const manyToOneLoad: ServerWork = {
  name: "many-to-one load, 5,000",
  budget: 1.5,
  unit: "×",
  baseline: "driver, a join",
  async measure(server) {
    const { engine, raw } = server;
    await fillShop(server, [500, 5_000, 0]);
    const { ratio, ...timings } = await compare({
      subject: {
        async run() {
          await using session = new Session(engine);
          return await session.scalars(select(Order).options(joinedload(Order.customer))).all();
        },
      },
      baseline: {
        run: () =>
          raw.rows(
            `SELECT orders.id, orders.customer_id, orders.status, orders.total, customers.id AS c_id, customers.name,
              customers.email, customers.city FROM orders JOIN customers ON customers.id = orders.customer_id`,
          ),
      },
    });
    return { value: ratio, ...timings };
  },
};

export const reportQuery: ServerWork = {
  name: "grouped report query, 300 times",
  budget: 1.15,
  unit: "×",
  baseline: "driver",
  async measure(server) {
    const { engine, raw } = server;
    await fillShop(server, [500, 5_000, 0]);
    await using connection = await engine.connect();
    const sql = `SELECT customers.id, customers.name, count(orders.id) AS order_count, sum(orders.total) AS revenue
      FROM customers JOIN orders ON orders.customer_id = customers.id
      WHERE customers.city = ? AND orders.total > ?
      GROUP BY customers.id, customers.name HAVING count(orders.id) > ? ORDER BY sum(orders.total) DESC LIMIT 50`;
    const { ratio, ...timings } = await compare({
      subject: {
        async run() {
          for (let n = 0; n < 300; n += 1) await report(connection, `City ${n % 10}`, n);
        },
      },
      baseline: {
        async run() {
          for (let n = 0; n < 300; n += 1) await raw.rows(sql, `City ${n % 10}`, n, 1);
        },
      },
    });
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

export const workers: ServerWork = {
  name: "20 workers on a pool of 10, by key",
  budget: 1.15,
  unit: "×",
  baseline: "the driver's pool, prepared statements",
  async measure(server) {
    const { engine } = server;
    await server.fill(Person, people(1_000));
    const pool = server.pool(10);
    const reading = engine.executionOptions({ isolationLevel: "AUTOCOMMIT" });
    const each = (work: (id: number) => Promise<unknown>) =>
      Promise.all(
        Array.from({ length: 20 }, async (_, worker) => {
          for (let n = 0; n < 50; n += 1) await work(1 + ((worker * 50 + n) % 1_000));
        }),
      );
    const { ratio, ...timings } = await compare({
      subject: {
        run: () =>
          each(async (id) => {
            await using connection = await reading.connect();
            return await connection.execute(select(Person).where(Person.id.eq(id))).one();
          }),
      },
      baseline: { run: () => each((id) => pool.rows("SELECT * FROM people WHERE id = ?", id)) },
    });
    await pool.close();
    return { value: ratio, ...timings };
  },
};
