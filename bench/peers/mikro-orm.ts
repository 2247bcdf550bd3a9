// MikroORM: entities without decorators, a fork of the entity manager for each request, `select-in` where it loads many.
import { defineEntity, type Options, p } from "@mikro-orm/core";
import type { NewCustomer, NewPerson, Operations, Peer, Place } from "../orms/operations.ts";
import { poolSize } from "../orms/operations.ts";

const PersonSchema = defineEntity({
  name: "Person",
  tableName: "people",
  properties: {
    id: p.integer().primary().autoincrement(),
    name: p.string(),
    email: p.string(),
    city: p.string(),
    age: p.integer(),
    score: p.double(),
    balance: p.integer(),
    note: p.string().nullable(),
    active: p.boolean(),
    createdAt: p.datetime(),
  },
});
class Person extends PersonSchema.class {}
PersonSchema.setClass(Person);

const CustomerSchema = defineEntity({
  name: "Customer",
  tableName: "customers",
  properties: {
    id: p.integer().primary().autoincrement(),
    name: p.string(),
    email: p.string(),
    city: p.string(),
    orders: () => p.oneToMany(Order).mappedBy("customer"),
  },
});
class Customer extends CustomerSchema.class {}
CustomerSchema.setClass(Customer);

const OrderSchema = defineEntity({
  name: "Order",
  tableName: "orders",
  properties: {
    id: p.integer().primary().autoincrement(),
    customer: () => p.manyToOne(Customer),
    status: p.string(),
    total: p.double(),
    items: () => p.oneToMany(Item).mappedBy("order"),
  },
});
class Order extends OrderSchema.class {}
OrderSchema.setClass(Order);

const ItemSchema = defineEntity({
  name: "Item",
  tableName: "items",
  properties: {
    id: p.integer().primary().autoincrement(),
    order: () => p.manyToOne(Order),
    sku: p.string(),
    quantity: p.integer(),
    price: p.double(),
  },
});
class Item extends ItemSchema.class {}
ItemSchema.setClass(Item);

export const peer: Peer = {
  name: "MikroORM",
  async open(place) {
    const orm = await connect(place, { entities: [Person, Customer, Order, Item] });
    const fork = () => orm.em.fork();
    const operations: Operations = {
      people: () => fork().find(Person, {}),
      async peopleByKey(ids) {
        const em = fork();
        const found: (Person | null)[] = [];
        for (const id of ids) found.push(await em.findOne(Person, id));
        return found;
      },
      customersWithItems: () => fork().find(Customer, {}, { populate: ["orders.items"], strategy: "select-in" }),
      ordersWithCustomers: () => fork().find(Order, {}, { populate: ["customer"], strategy: "select-in" }),
      async insertPerson(person) {
        const em = fork();
        em.create(Person, person as NewPerson);
        await em.flush();
      },
      insertItems(items) {
        const em = fork();
        // Of plain data, SQLite gives the first key only.
        return em.insertMany(items.map((item) => em.create(Item, { ...item, order: 1 }, { persist: false })));
      },
      async insertGraph(customers) {
        const em = fork();
        for (const customer of customers as NewCustomer[]) em.create(Customer, customer);
        await em.flush();
      },
      async changeBalances(balanceOf) {
        const em = fork();
        for (const person of await em.find(Person, {})) person.balance = balanceOf(person.id);
        await em.flush();
      },
      report: (city, atLeast) =>
        fork()
          .getKysely()
          .selectFrom("customers")
          .innerJoin("orders", "orders.customer_id", "customers.id")
          .select(({ fn }) => [
            "customers.id",
            "customers.name",
            fn.count("orders.id").as("orderCount"),
            fn.sum("orders.total").as("revenue"),
          ])
          .where("customers.city", "=", city)
          .where("orders.total", ">", atLeast)
          .groupBy(["customers.id", "customers.name"])
          .having(({ fn }) => fn.count("orders.id"), ">", 1)
          .orderBy(({ fn }) => fn.sum("orders.total"), "desc")
          .limit(50)
          .execute(),
      personOnPool: (id) => fork().findOne(Person, id),
      async holdPeople() {
        const em = fork();
        const held = await em.find(Person, {});
        return async () => {
          await em.flush();
          return held.length;
        };
      },
      close: () => orm.close(true),
    };
    return operations;
  },
};

async function connect(place: Place, options: Options) {
  if (place.database === "sqlite") {
    const { MikroORM } = await import("@mikro-orm/sqlite");
    return MikroORM.init({ ...options, dbName: place.file });
  }
  const { MikroORM } = await import("@mikro-orm/postgresql");
  const { host, port, user, password, name } = place;
  return MikroORM.init({ ...options, host, port, user, password, dbName: name, pool: { min: 0, max: poolSize } });
}
