// The tables that are measured on: one wide, and a shop of three that belong together.
import { boolean, double, integer, timestamp, varchar } from "athanor";
import { declarativeBase, many, map, one } from "athanor/orm";

export const Base = declarativeBase();

/** Ten columns, two of which need a conversion. */
export class Person extends Base.model("people", {
  id: integer().primaryKey(),
  name: varchar(100),
  email: varchar(100),
  city: varchar(50),
  age: integer(),
  score: double(),
  balance: integer(),
  note: varchar(200).nullable(),
  active: boolean(),
  createdAt: timestamp(),
}) {
  static {
    map(this);
  }
}

export class Customer extends Base.model("customers", {
  id: integer().primaryKey(),
  name: varchar(100),
  email: varchar(100),
  city: varchar(50),
  get orders() {
    return many(() => Order, { backPopulates: "customer", cascade: "all, delete-orphan" });
  },
}) {
  static {
    map(this);
  }
}

export class Order extends Base.model("orders", {
  id: integer().primaryKey(),
  customerId: integer()
    .references(() => Customer.id)
    .index(),
  status: varchar(20),
  total: double(),
  get customer() {
    return one(() => Customer, { backPopulates: "orders" });
  },
  get items() {
    return many(() => Item, { backPopulates: "order", cascade: "all, delete-orphan" });
  },
}) {
  static {
    map(this);
  }
}

export class Item extends Base.model("items", {
  id: integer().primaryKey(),
  orderId: integer()
    .references(() => Order.id)
    .index(),
  sku: varchar(20),
  quantity: integer(),
  price: double(),
  get order() {
    return one(() => Order, { backPopulates: "items" });
  },
}) {
  static {
    map(this);
  }
}
