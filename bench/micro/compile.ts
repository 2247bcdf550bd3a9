// What building a medium SELECT costs, step by step, without a database: `node --expose-gc bench/micro/compile.ts`.
// The whole, on the built package and beside Kysely, is bench/works/build-select.ts.
import { SqliteDialect } from "../../packages/athanor/src/dialects/sqlite/dialect.ts";
import { integer, numeric, timestamp, varchar } from "../../packages/athanor/src/schema/column-types.ts";
import { MetaData } from "../../packages/athanor/src/schema/metadata.ts";
import { func } from "../../packages/athanor/src/sql/expression/functions.ts";
import { table } from "../../packages/athanor/src/sql/expression/table.ts";
import { select } from "../../packages/athanor/src/sql/statement/select.ts";
import { NODE } from "../../packages/athanor/src/util/symbols.ts";

const metadata = new MetaData();
const customers = table("customers", metadata, {
  id: integer().primaryKey(),
  name: varchar(100),
  city: varchar(100),
});
const orders = table("orders", metadata, {
  id: integer().primaryKey(),
  customerId: integer().references("customers.id"),
  status: varchar(20),
  total: numeric(10, 2),
  placedAt: timestamp(),
});
const lines = table("lines", metadata, {
  id: integer().primaryKey(),
  orderId: integer().references("orders.id"),
  quantity: integer(),
});

/** Six columns, two joins, three conditions, grouping, ordering and a limit. */
function build(city: string, total: string, limit: number) {
  return select(
    customers.c.id,
    customers.c.name,
    orders.c.status,
    orders.c.placedAt,
    func.sum(lines.c.quantity).label("quantity"),
    func.count(lines.c.id).label("n"),
  )
    .join(orders, orders.c.customerId.eq(customers.c.id))
    .join(lines, lines.c.orderId.eq(orders.c.id))
    .where(customers.c.city.eq(city), orders.c.total.gt(total), orders.c.status.in(["open", "paid"]))
    .groupBy(customers.c.id, customers.c.name, orders.c.status, orders.c.placedAt)
    .orderBy(orders.c.placedAt.desc(), customers.c.id)
    .limit(limit);
}

const dialect = new SqliteDialect();
const first = build("Prague", "10", 5);
const compiled = dialect.compile(first[NODE], first.$key.binds, null);
const cache = new Map([[first.$key.text, compiled]]);

const steps: Readonly<Record<string, () => unknown>> = {
  build: () => build("Prague", "10", 5),
  "build, key": () => build("Prague", "10", 5).$key,
  "build, key, look up, bind": () => {
    const { text, binds } = build("Prague", "10", 5).$key;
    const found = cache.get(text);
    if (found === undefined) throw new Error("The key is not in the cache");
    return found.bind(
      binds.map((bind) => bind.value),
      null,
    );
  },
  compile: () => dialect.compile(first[NODE], first.$key.binds, null),
};

for (const [name, step] of Object.entries(steps)) {
  const times = name === "compile" ? 5_000 : 100_000;
  const rounds = Array.from({ length: 9 }, () => measure(step, times)).sort((a, b) => a - b);
  console.log(`${name.padEnd(28)} ${rounds[4]?.toFixed(2)} µs (${rounds[0]?.toFixed(2)} at best)`);
}

/** Microseconds a call. */
function measure(step: () => unknown, times: number): number {
  globalThis.gc?.();
  const start = performance.now();
  for (let i = 0; i < times; i += 1) step();
  return ((performance.now() - start) * 1000) / times;
}
