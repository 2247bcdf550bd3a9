// Drizzle on better-sqlite3: relational queries, prepared; rows are written level by level, as it has no unit of work.
import Database from "better-sqlite3";
import { and, count, desc, eq, gt, relations, sql, sum } from "drizzle-orm";
import { drizzle } from "drizzle-orm/better-sqlite3";
import { customType, integer, real, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { readInstant, writeInstant } from "../conversions.ts";
import type { NewPerson, Operations } from "../orms/operations.ts";

/** It has no type for instants in texts; this is quicker than what `new Date()` makes of one. */
const instant = customType<{ data: Date; driverData: string }>({
  dataType: () => "text",
  fromDriver: readInstant,
  toDriver: writeInstant,
});

const people = sqliteTable("people", {
  id: integer().primaryKey(),
  name: text().notNull(),
  email: text().notNull(),
  city: text().notNull(),
  age: integer().notNull(),
  score: real().notNull(),
  balance: integer().notNull(),
  note: text(),
  active: integer({ mode: "boolean" }).notNull(),
  createdAt: instant("created_at").notNull(),
});
const customers = sqliteTable("customers", {
  id: integer().primaryKey(),
  name: text().notNull(),
  email: text().notNull(),
  city: text().notNull(),
});
const orders = sqliteTable("orders", {
  id: integer().primaryKey(),
  customerId: integer("customer_id").notNull(),
  status: text().notNull(),
  total: real().notNull(),
});
const items = sqliteTable("items", {
  id: integer().primaryKey(),
  orderId: integer("order_id").notNull(),
  sku: text().notNull(),
  quantity: integer().notNull(),
  price: real().notNull(),
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

export async function open(file: string): Promise<Operations> {
  const client = new Database(file);
  const db = drizzle(client, { schema });
  // Relational queries are for what is related: they make one JSON text of a row.
  const byKey = db
    .select()
    .from(people)
    .where(eq(people.id, sql.placeholder("id")))
    .prepare();
  const all = db.select().from(people).prepare();
  const withItems = db.query.customers.findMany({ with: { orders: { with: { items: true } } } }).prepare();
  const withCustomers = db.query.orders.findMany({ with: { customer: true } }).prepare();
  const value = (name: keyof NewPerson) => sql.placeholder(name);
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
    .prepare();
  const updateBalance = db
    .update(people)
    .set({ balance: sql`${sql.placeholder("balance")}` })
    .where(eq(people.id, sql.placeholder("id")))
    .prepare();
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
    .prepare();

  return {
    people: async () => all.all(),
    peopleByKey: async (ids) => ids.map((id) => byKey.get({ id }) ?? null),
    customersWithItems: async () => withItems.execute().sync(),
    ordersWithCustomers: async () => withCustomers.execute().sync(),
    insertPerson: async (person) => insertPerson.run({ ...person }),
    insertItems: async (given) =>
      db.transaction((own) => {
        const keys: number[] = [];
        for (let start = 0; start < given.length; start += rowsAtOnce) {
          const some = given.slice(start, start + rowsAtOnce).map((item) => ({ ...item, orderId: 1 }));
          for (const { id } of own.insert(items).values(some).returning({ id: items.id }).all()) keys.push(id);
        }
        return keys;
      }),
    insertGraph: async (given) =>
      db.transaction((own) => {
        const customerKeys = own
          .insert(customers)
          .values(given.map(({ name, email, city }) => ({ name, email, city })))
          .returning({ id: customers.id })
          .all();
        const newOrders = given.flatMap((customer, n) =>
          customer.orders.map((order) => ({ ...order, customerId: customerKeys[n]?.id ?? 0 })),
        );
        const orderKeys = own
          .insert(orders)
          .values(newOrders.map(({ customerId, status, total }) => ({ customerId, status, total })))
          .returning({ id: orders.id })
          .all();
        const newItems = newOrders.flatMap((order, n) =>
          order.items.map((item) => ({ ...item, orderId: orderKeys[n]?.id ?? 0 })),
        );
        for (let start = 0; start < newItems.length; start += rowsAtOnce) {
          own
            .insert(items)
            .values(newItems.slice(start, start + rowsAtOnce))
            .run();
        }
      }),
    changeBalances: async (balanceOf) =>
      db.transaction(() => {
        for (const { id } of all.all()) updateBalance.run({ id, balance: balanceOf(id) });
      }),
    report: async (city, atLeast) => report.all({ city, atLeast }),
    personOnPool: async (id) => byKey.get({ id }) ?? null,
    close: async () => client.close(),
  };
}
