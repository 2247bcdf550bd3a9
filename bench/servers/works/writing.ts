// Writing: single objects, batches, units of work.
import { insert, select } from "athanor";
import { Session } from "athanor/orm";
import { compare } from "../../harness.ts";
import { Customer, Item, Order, Person } from "../../models.ts";
import { customers, orders, people } from "../rows.ts";
import type { RawClient, Server, Value } from "../server.ts";
import type { ServerWork } from "../work.ts";

const person =
  "INSERT INTO people (name, email, city, age, score, balance, note, active, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";

export const insertOne: ServerWork = {
  name: "insert and commit one entity",
  budget: 1.2,
  unit: "×",
  baseline: "driver, in a transaction",
  async measure({ engine, raw, name }) {
    const sql = name === "postgresql" ? `${person} RETURNING id` : person;
    // As a service does it: a session for each request.
    const { ratio, ...timings } = await compare({
      subject: {
        async run() {
          for (let n = 0; n < 50; n += 1) {
            await using session = new Session(engine);
            session.add(new Person(valuesOf(n)));
            await session.commit();
          }
        },
      },
      baseline: {
        async run() {
          for (let n = 0; n < 50; n += 1) {
            await raw.run("BEGIN");
            await raw.run(sql, ...Object.values(valuesOf(n)));
            await raw.run("COMMIT");
          }
        },
      },
    });
    return { value: ratio, ...timings };
  },
};

function valuesOf(n: number) {
  return {
    name: `Person ${n}`,
    email: `person${n}@example.com`,
    city: "Prague",
    age: 40,
    score: n / 7,
    balance: n,
    note: null,
    active: n % 2 === 0,
    createdAt: new Date(1_600_000_000_000 + n),
  };
}

/** Rows of one INSERT of the hand-written batches. */
const together = 1_000;

/** Inserts rows with many of them in a statement, and gives their keys. */
async function insertAll({ raw, name }: Server, table: string, columns: string, rows: readonly (readonly Value[])[]) {
  const keys: number[] = [];
  for (let start = 0; start < rows.length; start += together) {
    const some = rows.slice(start, start + together);
    const values = some.map((row) => `(${row.map(() => "?").join()})`).join();
    const sql = `INSERT INTO ${table} (${columns}) VALUES ${values} RETURNING id`;
    // MariaDB takes 65,535 parameters, PostgreSQL as many.
    const returned = (await raw.rows(sql, ...some.flat())) as { id: number }[];
    for (const { id } of returned) keys.push(id);
  }
  if (keys.length !== rows.length) throw new Error(`${name} returned ${keys.length} keys for ${rows.length} rows.`);
  return keys;
}

export const bulkInsert: ServerWork = {
  name: "bulk insert of 20,000 with keys returned",
  budget: 1.3,
  unit: "×",
  baseline: "driver, 1,000 rows a statement",
  async measure(server) {
    const { engine, raw } = server;
    await server.fill(Customer, customers(1));
    await server.fill(Order, orders(1, 1));
    const rows = Array.from({ length: 20_000 }, (_, n) => ({
      orderId: 1,
      sku: `SKU-${n % 500}`,
      quantity: n % 5,
      price: n / 100,
    }));
    const values = rows.map((row) => Object.values(row));
    const empty = () => raw.run("DELETE FROM items");
    const { ratio, ...timings } = await compare({
      subject: {
        prepare: empty,
        run: () =>
          engine.begin((connection) =>
            connection
              .execute(insert(Item).returning(Item.id, { sortByParameterOrder: true }), rows)
              .scalars()
              .all(),
          ),
      },
      baseline: {
        prepare: empty,
        async run() {
          await raw.run("BEGIN");
          await insertAll(server, "items", "order_id, sku, quantity, price", values);
          await raw.run("COMMIT");
        },
      },
    });
    return { value: ratio, ...timings };
  },
};

export const insertGraph: ServerWork = {
  name: "unit of work: insert a graph of 16,000 rows",
  budget: 1.5,
  unit: "×",
  baseline: "hand-written batches",
  async measure(server) {
    const { engine, raw } = server;
    const empty = async () => {
      for (const table of ["items", "orders", "customers"]) await raw.run(`DELETE FROM ${table}`);
    };
    const { ratio, ...timings } = await compare({
      subject: {
        prepare: empty,
        async run() {
          await using session = new Session(engine);
          session.addAll(Array.from({ length: 1_000 }, (_, n) => customer(n)));
          await session.commit();
        },
      },
      baseline: {
        prepare: empty,
        async run() {
          await raw.run("BEGIN");
          const parents = await insertAll(
            server,
            "customers",
            "name, email, city",
            Array.from({ length: 1_000 }, (_, n) => [`Customer ${n}`, `customer${n}@example.com`, "Prague"]),
          );
          const children = await insertAll(
            server,
            "orders",
            "customer_id, status, total",
            parents.flatMap((id) => Array.from({ length: 5 }, (_, m) => [id, "open", m * 1.5])),
          );
          await insertAll(
            server,
            "items",
            "order_id, sku, quantity, price",
            children.flatMap((id, index) => Array.from({ length: 2 }, (_, k) => [id, `SKU-${k}`, k, index % 5])),
          );
          await raw.run("COMMIT");
        },
      },
    });
    return { value: ratio, ...timings };
  },
};

function customer(n: number): Customer {
  const children = Array.from({ length: 5 }, (_, m) => {
    const items = Array.from({ length: 2 }, (_, k) => new Item({ sku: `SKU-${k}`, quantity: k, price: m }));
    return new Order({ status: "open", total: m * 1.5, items });
  });
  return new Customer({ name: `Customer ${n}`, email: `customer${n}@example.com`, city: "Prague", orders: children });
}

export const updateEntities: ServerWork = {
  name: "unit of work: change one column of 2,000 entities",
  budget: 1.5,
  unit: "×",
  baseline: "hand-written batch, which loads nothing",
  async measure(server) {
    const { engine, raw } = server;
    const count = 2_000;
    await server.fill(Person, people(count));
    let round = 0;
    const { ratio, ...timings } = await compare({
      subject: {
        async run() {
          round += 1;
          await using session = new Session(engine);
          for (const each of await session.scalars(select(Person)).all()) each.balance = round;
          await session.commit();
        },
      },
      baseline: {
        async run() {
          round += 1;
          await raw.run("BEGIN");
          await updateAll(raw, round, count);
          await raw.run("COMMIT");
        },
      },
    });
    return { value: ratio, ...timings };
  },
};

/** One UPDATE after the other, sent without waiting for the answers of those before, where the driver can. */
async function updateAll(raw: RawClient, value: number, count: number): Promise<void> {
  await Promise.all(
    Array.from({ length: count }, (_, n) => raw.rows("UPDATE people SET balance = ? WHERE id = ?", value, n + 1)),
  );
}
