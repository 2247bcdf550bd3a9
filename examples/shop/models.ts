// The shop's models. A model is a class; what it extends says which columns and relationships its table has, and
// TypeScript infers the rest: what `new User({ … })` takes, what `user.email` is, what a query returns.
import { boolean, check, double, func, index, integer, text, timestamp, unique, varchar } from "athanor";
import { declarativeBase, many, map, one, oneOrNone } from "athanor/orm";

/** What the models have in common: one set of tables, `Base.metadata`. */
export const Base = declarativeBase();

/** A customer, with a profile and orders. */
export class User extends Base.model("users", {
  id: integer().primaryKey(), // an integer key counts itself
  email: varchar(255),
  name: varchar(120),
  active: boolean().default(true), // a default makes the value optional in `new User({ … })`
  createdAt: timestamp().default(() => new Date()), // the column is called created_at
  role: varchar(50).default("user"),
  // What speaks of another model stands in a getter, so the order of the classes does not matter.
  get orders() {
    return many(() => Order, { backPopulates: "user", cascade: "all, delete-orphan" });
  },
  get profile() {
    return oneOrNone(() => UserProfile, { backPopulates: "user", cascade: "all, delete-orphan" });
  },
}) {
  static {
    map(this, [unique("uq_user_email").on(this.email), index("ix_user_email_active").on(this.email, this.active)]);
  }

  /** Plain JavaScript lives beside the mapping. */
  get domain(): string {
    return this.email.split("@")[1] ?? "";
  }
}

/** What a user says about themselves. At most one for each user: its foreign key is unique. */
export class UserProfile extends Base.model("user_profiles", {
  id: integer().primaryKey(),
  userId: integer()
    .unique()
    .references(() => User.id),
  bio: text().nullable(), // columns are NOT NULL unless they say otherwise
  score: double().default(0),
  get user() {
    return one(() => User, { backPopulates: "profile" });
  },
}) {
  static {
    map(this);
  }
}

export class Product extends Base.model("products", {
  id: integer().primaryKey(),
  sku: varchar(50).unique(),
  name: varchar(255),
  price: double(),
  stock: integer().default(0),
  active: boolean().default(true),
  get orderItems() {
    return many(() => OrderItem, { backPopulates: "product" });
  },
}) {
  static {
    map(this, [check("ck_product_price_positive", this.price.ge(0))]);
  }
}

export class Order extends Base.model("orders", {
  id: integer().primaryKey(),
  userId: integer().references(() => User.id), // optional in `new Order({ … })`: the relationship brings it
  total: double().default(0),
  status: varchar(50).default("pending"),
  createdAt: timestamp().serverDefault(func.now()), // the database fills it in
  get user() {
    return one(() => User, { backPopulates: "orders" });
  },
  get items() {
    return many(() => OrderItem, { backPopulates: "order", cascade: "all, delete-orphan" });
  },
}) {
  static {
    map(this);
  }
}

/** So many pieces of a product in an order, at the price of the day. */
export class OrderItem extends Base.model("order_items", {
  id: integer().primaryKey(),
  orderId: integer().references(() => Order.id),
  productId: integer().references(() => Product.id),
  quantity: integer().default(1),
  unitPrice: double(),
  get order() {
    return one(() => Order, { backPopulates: "items" });
  },
  get product() {
    return one(() => Product, { backPopulates: "orderItems" });
  },
}) {
  static {
    map(this);
  }
}
