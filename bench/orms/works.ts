// What the ORMs are measured with, in the order of the budget table.
import type { Baseline, Rows } from "./baseline.ts";
import type {
  Customer,
  CustomerWithOrders,
  DatabaseName,
  NewCustomer,
  NewItem,
  NewPerson,
  Operations,
  OrderWithCustomer,
  Person,
  ReportLine,
} from "./operations.ts";

/** An ORM, or the driver alone. */
export type Side = Operations | Baseline;

export interface OrmWork {
  readonly name: string;
  /** Where it can be measured. Default: everywhere. */
  readonly databases?: readonly DatabaseName[];
  /** How many rows the tables have at first. */
  readonly people?: number;
  readonly shop?: readonly [customers: number, orders: number, items: number];
  run(side: Side): unknown;
  /** What the result of a run says, for comparison with the driver's. */
  facts?(result: unknown): readonly unknown[];
  /** A query that shows what a run has written, likewise. */
  readonly stored?: string;
  /** Tables that are emptied before each run. */
  readonly emptied?: readonly string[];
}

/** A work that the driver has no part in: it is held against others only. */
export interface LoneWork {
  readonly name: string;
  readonly unit: "ms" | "bytes";
  readonly people: number;
}

const fullShop = [1_000, 10_000, 30_000] as const;
const keys = Array.from({ length: 5_000 }, (_, n) => n + 1);
const perSession = 100;

export const works: Readonly<Record<string, OrmWork>> = {
  "select-entities": {
    name: "50,000 rows × 10 columns as entities",
    people: 50_000,
    run: (side) => side.people(),
    facts: (result) => (result as readonly Person[]).map(personFacts).sort(byFirst),
  },
  "get-by-key": {
    name: "entity by key, fresh session per 100",
    people: keys.length,
    async run(side) {
      const found: unknown[] = [];
      for (let start = 0; start < keys.length; start += perSession) {
        found.push(await side.peopleByKey(keys.slice(start, start + perSession)));
      }
      return found.flat();
    },
    facts: (result) => (result as readonly Person[]).map(personFacts),
  },
  "selectin-load": {
    name: "two-level load, 1,000 → 10,000 → 30,000",
    shop: fullShop,
    run: (side) => side.customersWithItems(),
    facts: (result) => (isRows(result) ? itemFactsOfRows(result) : itemFacts(result as readonly CustomerWithOrders[])),
  },
  "many-to-one-load": {
    name: "many-to-one load, 5,000",
    shop: [1_000, 5_000, 0],
    run: (side) => side.ordersWithCustomers(),
    facts: (result) => (isRows(result) ? orderFactsOfRows(result) : orderFacts(result as readonly OrderWithCustomer[])),
  },
  "insert-one": {
    name: "insert and commit one entity, 100 times",
    async run(side) {
      for (let n = 0; n < 100; n += 1) await side.insertPerson(newPerson(n));
    },
    stored: "SELECT name, email, city, age, score, balance, note, active FROM people ORDER BY name",
    emptied: ["people"],
  },
  "bulk-insert": {
    name: "bulk insert of 20,000 with keys returned",
    shop: [1, 1, 0],
    run: (side) => side.insertItems(newItems),
    // Keys differ from run to run; there is one for each row.
    facts: (result) => [new Set(result as readonly number[]).size],
    stored: "SELECT sku, quantity, price FROM items ORDER BY price",
    emptied: ["items"],
  },
  "insert-graph": {
    name: "unit of work: insert a graph of 16,000 rows",
    run: (side) => side.insertGraph(newCustomers),
    stored: `SELECT customers.name, orders.total, items.sku, items.quantity, items.price FROM items
      JOIN orders ON orders.id = items.order_id JOIN customers ON customers.id = orders.customer_id
      ORDER BY customers.name, orders.total, items.sku`,
    emptied: ["items", "orders", "customers"],
  },
  "update-entities": {
    name: "unit of work: change one column of 2,000 entities",
    people: 2_000,
    run(side) {
      round += 1;
      const by = round;
      return side.changeBalances((id) => id * 100 + (by % 100), 2_000);
    },
    stored: "SELECT id, balance / 100 AS balance FROM people ORDER BY id",
  },
  "report-query": {
    name: "grouped report query, 300 times",
    shop: [500, 5_000, 0],
    async run(side) {
      const reports: unknown[] = [];
      for (let n = 0; n < 300; n += 1) reports.push(await side.report(`City ${n % 10}`, n));
      return reports;
    },
    facts: (result) =>
      (result as readonly (readonly ReportLine[])[]).map((lines) =>
        lines.map(({ id, name, orderCount, revenue }) => [id, name, Number(orderCount), revenue]).sort(byFirst),
      ),
  },
  workers: {
    name: "20 workers on a pool of 10, by key",
    databases: ["postgresql"],
    people: 1_000,
    run: (side) =>
      Promise.all(
        Array.from({ length: 20 }, async (_, worker) => {
          const found: unknown[] = [];
          for (let n = 0; n < 50; n += 1) found.push(await side.personOnPool(1 + ((worker * 50 + n) % 1_000)));
          return found;
        }),
      ),
    facts: (result) => (result as readonly Person[][]).flat().map(personFacts),
  },
};

export const loneWorks: Readonly<Record<string, LoneWork>> = {
  "clean-flush": { name: "flush of a clean session with 10,000 loaded objects", unit: "ms", people: 10_000 },
  memory: { name: "memory of a loaded entity of 10 columns", unit: "bytes", people: 50_000 },
};

// ── what is written ──────────────────────────────────────────────────────────
let round = 0;

function newPerson(n: number): NewPerson {
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

const newItems: readonly NewItem[] = Array.from({ length: 20_000 }, (_, n) => ({
  sku: `SKU-${n % 500}`,
  quantity: n % 5,
  price: n / 100,
}));

const newCustomers: readonly NewCustomer[] = Array.from({ length: 1_000 }, (_, n) => ({
  name: `Customer ${n}`,
  email: `customer${n}@example.com`,
  city: "Prague",
  orders: Array.from({ length: 5 }, (_, m) => ({
    status: "open",
    total: m * 1.5,
    items: Array.from({ length: 2 }, (_, k) => ({ sku: `SKU-${k}`, quantity: k, price: m })),
  })),
}));

// ── what results say ─────────────────────────────────────────────────────────
function personFacts(person: Person): readonly unknown[] {
  const { id, name, email, city, age, score, balance, note, active, createdAt } = person;
  return [id, name, email, city, age, score, balance, note, active, createdAt.toISOString()];
}

function isRows(result: unknown): result is Rows {
  return typeof result === "object" && result !== null && "orders" in result;
}

function byFirst(a: readonly unknown[], b: readonly unknown[]): number {
  return Number(a[0]) - Number(b[0]);
}

function itemFacts(customers: readonly CustomerWithOrders[]): readonly unknown[] {
  const facts: (readonly unknown[])[] = [];
  for (const customer of customers) {
    for (const order of customer.orders) {
      for (const { id, sku, quantity, price } of order.items)
        facts.push([id, sku, quantity, price, order.id, order.total, customer.id, customer.name]);
    }
  }
  return facts.sort(byFirst);
}

interface Row {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly total: number;
  readonly sku: string;
  readonly quantity: number;
  readonly price: number;
  readonly order_id: number;
  readonly customer_id: number;
}

function byKey(rows: readonly unknown[]): ReadonlyMap<number, Row> {
  return new Map((rows as readonly Row[]).map((row) => [row.id, row]));
}

function itemFactsOfRows({ customers, orders, items = [] }: Rows): readonly unknown[] {
  const [customersByKey, ordersByKey] = [byKey(customers), byKey(orders)];
  return (items as readonly Row[])
    .map(({ id, sku, quantity, price, order_id }) => {
      const order = ordersByKey.get(order_id);
      const customer = customersByKey.get(order?.customer_id ?? 0);
      return [id, sku, quantity, price, order?.id, order?.total, customer?.id, customer?.name];
    })
    .sort(byFirst);
}

function orderFact({ id, status, total }: Pick<Row, "id" | "status" | "total">, customer?: Customer | Row | null) {
  return [id, status, total, customer?.id, customer?.name];
}

function orderFacts(orders: readonly OrderWithCustomer[]): readonly unknown[] {
  return orders.map((order) => orderFact(order, order.customer)).sort(byFirst);
}

function orderFactsOfRows({ customers, orders }: Rows): readonly unknown[] {
  const customersByKey = byKey(customers);
  return (orders as readonly Row[])
    .map((order) => orderFact(order, customersByKey.get(order.customer_id)))
    .sort(byFirst);
}
