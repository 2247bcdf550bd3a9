// Drizzle on pg: relational queries, prepared by name; rows are written level by level, as it has no unit of work.
import { and, count, desc, eq, gt, relations, sql, sum } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { boolean, doublePrecision, integer, pgTable, serial, timestamp, varchar } from "drizzle-orm/pg-core";
import pg from "pg";
import { type NewPerson, type Operations, type Place, poolSize } from "../orms/operations.ts";

const people = pgTable("people", {
  id: serial().primaryKey(),
  name: varchar().notNull(),
  email: varchar().notNull(),
  city: varchar().notNull(),
  age: integer().notNull(),
  score: doublePrecision().notNull(),
  balance: integer().notNull(),
  note: varchar(),
  active: boolean().notNull(),
  createdAt: timestamp("created_at").notNull(),
});
const customers = pgTable("customers", {
  id: serial().primaryKey(),
  name: varchar().notNull(),
  email: varchar().notNull(),
  city: varchar().notNull(),
});
const orders = pgTable("orders", {
  id: serial().primaryKey(),
  customerId: integer("customer_id").notNull(),
  status: varchar().notNull(),
  total: doublePrecision().notNull(),
});
const items = pgTable("items", {
  id: serial().primaryKey(),
  orderId: integer("order_id").notNull(),
  sku: varchar().notNull(),
  quantity: integer().notNull(),
  price: doublePrecision().notNull(),
});
const schema = {
  people,
  customers,
  orders,
  items,
  customerRelations: relations(customers, ({ many }) => ({ orders: many(orders) })),
  orderRelations: relations(orders, ({ one, many }) => ({
    customer: one(customers, { fields: [orders.customerId], references: [customers.id] }),
    items: many(items),
  })),
  itemRelations: relations(items, ({ one }) => ({
    order: one(orders, { fields: [items.orderId], references: [orders.id] }),
  })),
};

/** The parameters of one statement are limited. */
const rowsAtOnce = 5_000;

export async function open(place: Place & { readonly database: "postgresql" }): Promise<Operations> {
  const { host, port, user, password, name } = place;
  const pool = new pg.Pool({ host, port, user, password, database: name, max: poolSize });
  const db = drizzle(pool, { schema });
  // Relational queries are for what is related: they make one JSON text of a row.
  const byKey = db
    .select()
    .from(people)
    .where(eq(people.id, sql.placeholder("id")))
    .prepare("person_by_key");
  const all = db.select().from(people).prepare("people");
  const withItems = db.query.customers.findMany({ with: { orders: { with: { items: true } } } }).prepare("customers");
  const withCustomers = db.query.orders.findMany({ with: { customer: true } }).prepare("orders");
  const value = (key: keyof NewPerson) => sql.placeholder(key);
  const insertPerson = db
    .insert(people)
    .values({
      name: value("name"),
      email: value("email"),
      city: value("city"),
      age: value("age"),
      score: value("score"),
      balance: value("balance"),
      note: value("note"),
      active: value("active"),
      createdAt: value("createdAt"),
    })
    .prepare("insert_person");
  const report = db
    .select({
      id: customers.id,
      name: customers.name,
      orderCount: count(orders.id),
      revenue: sum(orders.total).mapWith(Number),
    })
    .from(customers)
    .innerJoin(orders, eq(orders.customerId, customers.id))
    .where(and(eq(customers.city, sql.placeholder("city")), gt(orders.total, sql.placeholder("atLeast"))))
    .groupBy(customers.id, customers.name)
    .having(gt(count(orders.id), 1))
    .orderBy(desc(sum(orders.total)))
    .limit(50)
    .prepare("report");

  return {
    people: () => all.execute(),
    async peopleByKey(ids) {
      const found: Awaited<ReturnType<Operations["peopleByKey"]>>[number][] = [];
      for (const id of ids) found.push((await byKey.execute({ id }))[0] ?? null);
      return found;
    },
    customersWithItems: () => withItems.execute(),
    ordersWithCustomers: () => withCustomers.execute(),
    insertPerson: (person) => insertPerson.execute({ ...person }),
    insertItems: (given) =>
      db.transaction(async (own) => {
        const keys: number[] = [];
        for (let start = 0; start < given.length; start += rowsAtOnce) {
          const some = given.slice(start, start + rowsAtOnce).map((item) => ({ ...item, orderId: 1 }));
          for (const { id } of await own.insert(items).values(some).returning({ id: items.id })) keys.push(id);
        }
        return keys;
      }),
    insertGraph: (given) =>
      db.transaction(async (own) => {
        const customerKeys = await own
          .insert(customers)
          .values(given.map(({ name, email, city }) => ({ name, email, city })))
          .returning({ id: customers.id });
        const newOrders = given.flatMap((customer, n) =>
          customer.orders.map((order) => ({ ...order, customerId: customerKeys[n]?.id ?? 0 })),
        );
        const orderKeys = await own
          .insert(orders)
          .values(newOrders.map(({ customerId, status, total }) => ({ customerId, status, total })))
          .returning({ id: orders.id });
        const newItems = newOrders.flatMap((order, n) =>
          order.items.map((item) => ({ ...item, orderId: orderKeys[n]?.id ?? 0 })),
        );
        for (let start = 0; start < newItems.length; start += rowsAtOnce) {
          await own.insert(items).values(newItems.slice(start, start + rowsAtOnce));
        }
      }),
    changeBalances: (balanceOf) =>
      db.transaction(async (own) => {
        const update = own
          .update(people)
          .set({ balance: sql`${sql.placeholder("balance")}` })
          .where(eq(people.id, sql.placeholder("id")))
          .prepare("update_balance");
        const found = await own.select().from(people);
        await Promise.all(found.map(({ id }) => update.execute({ id, balance: balanceOf(id) })));
      }),
    report: (city, atLeast) => report.execute({ city, atLeast }),
    personOnPool: async (id) => (await byKey.execute({ id }))[0] ?? null,
    close: () => pool.end(),
  };
}
