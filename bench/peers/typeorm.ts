// TypeORM: entity schemas, relations by joins (by queries of their own they take minutes), `insert` where nothing has to be
// looked up.
import { DataSource, type DataSourceOptions, EntitySchema, type EntitySchemaColumnOptions, MoreThan } from "typeorm";
import type { Operations, Peer, Place } from "../orms/operations.ts";
import { poolSize } from "../orms/operations.ts";

interface Person {
  id: number;
  name: string;
  email: string;
  city: string;
  age: number;
  score: number;
  balance: number;
  note: string | null;
  active: boolean;
  createdAt: Date;
}
interface Customer {
  id: number;
  name: string;
  email: string;
  city: string;
  orders: Order[];
}
interface Order {
  id: number;
  customer: Customer;
  status: string;
  total: number;
  items: Item[];
}
interface Item {
  id: number;
  order: Order;
  sku: string;
  quantity: number;
  price: number;
}

const key: EntitySchemaColumnOptions = { type: "integer", primary: true, generated: true };
const text: EntitySchemaColumnOptions = { type: "varchar" };
const whole: EntitySchemaColumnOptions = { type: "integer" };
const real: EntitySchemaColumnOptions = { type: "double precision" };

const customers = new EntitySchema<Customer>({
  name: "Customer",
  tableName: "customers",
  columns: { id: key, name: text, email: text, city: text },
  relations: { orders: { type: "one-to-many", target: "Order", inverseSide: "customer", cascade: true } },
});
const orders = new EntitySchema<Order>({
  name: "Order",
  tableName: "orders",
  columns: { id: key, status: text, total: real },
  relations: {
    customer: {
      type: "many-to-one",
      target: "Customer",
      inverseSide: "orders",
      joinColumn: { name: "customer_id" },
    },
    items: { type: "one-to-many", target: "Item", inverseSide: "order", cascade: true },
  },
});
const items = new EntitySchema<Item>({
  name: "Item",
  tableName: "items",
  columns: { id: key, sku: text, quantity: whole, price: real },
  relations: {
    order: { type: "many-to-one", target: "Order", inverseSide: "items", joinColumn: { name: "order_id" } },
  },
});

function peopleOf(instant: "datetime" | "timestamp") {
  return new EntitySchema<Person>({
    name: "Person",
    tableName: "people",
    columns: {
      id: key,
      name: text,
      email: text,
      city: text,
      age: whole,
      score: real,
      balance: whole,
      note: { type: "varchar", nullable: true },
      active: { type: "boolean" },
      createdAt: { type: instant, name: "created_at" },
    },
  });
}

export const peer: Peer = {
  name: "TypeORM",
  async open(place) {
    const people = peopleOf(place.database === "sqlite" ? "datetime" : "timestamp");
    const source = new DataSource(optionsOf(place, [people, customers, orders, items]));
    await source.initialize();
    const { manager } = source;
    const persons = manager.getRepository(people);
    /** The parameters of one statement are limited. */
    const rowsAtOnce = 5_000;
    const operations: Operations = {
      people: () => persons.find(),
      async peopleByKey(ids) {
        const found: (Person | null)[] = [];
        for (const id of ids) found.push(await persons.findOneBy({ id }));
        return found;
      },
      customersWithItems: () => manager.find(customers, { relations: { orders: { items: true } } }),
      ordersWithCustomers: () => manager.find(orders, { relations: { customer: true } }),
      insertPerson: (person) => persons.insert(person),
      insertItems: (given) =>
        manager.transaction(async (own) => {
          const keys: number[] = [];
          for (let start = 0; start < given.length; start += rowsAtOnce) {
            const some = given.slice(start, start + rowsAtOnce).map((item) => ({ ...item, order: { id: 1 } }));
            const { identifiers } = await own.insert(items, some);
            for (const { id } of identifiers) keys.push(Number(id));
          }
          return keys;
        }),
      insertGraph: (given) =>
        manager.transaction((own) => own.save(customers, own.create(customers, structuredClone(given) as Customer[]))),
      async changeBalances(balanceOf) {
        const found = await persons.find();
        for (const person of found) person.balance = balanceOf(person.id);
        await persons.save(found, { chunk: 1_000 });
      },
      report: (city, atLeast) =>
        manager
          .createQueryBuilder(customers, "customer")
          .innerJoin("customer.orders", "orders")
          .select(["customer.id AS id", "customer.name AS name"])
          .addSelect("count(orders.id)", "orderCount")
          .addSelect("sum(orders.total)", "revenue")
          .where({ city, orders: { total: MoreThan(atLeast) } })
          .groupBy("customer.id")
          .addGroupBy("customer.name")
          .having("count(orders.id) > 1")
          .orderBy("revenue", "DESC")
          .limit(50)
          .getRawMany(),
      personOnPool: (id) => persons.findOneBy({ id }),
      close: () => source.destroy(),
    };
    return operations;
  },
};

function optionsOf(place: Place, entities: EntitySchema[]): DataSourceOptions {
  if (place.database === "sqlite") return { type: "better-sqlite3", database: place.file, entities };
  const { host, port, user, password, name } = place;
  return { type: "postgres", host, port, username: user, password, database: name, poolSize, entities };
}
