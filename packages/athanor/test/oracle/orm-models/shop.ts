import { boolean, check, double, float, index, integer, table, text, timestamp, unique, varchar } from "athanor";
import { declarativeBase, many, map, one, oneOrNone } from "athanor/orm";
import { clock } from "../models/shop.ts";

export const ShopBase = declarativeBase();

export const productTags = table("product_tags", ShopBase.metadata, {
  productId: integer().references("products.id").primaryKey(),
  tagId: integer().references("tags.id").primaryKey(),
});

export class User extends ShopBase.model("users", {
  id: integer().primaryKey(),
  email: varchar(255),
  name: varchar(120),
  active: boolean().default(true),
  createdAt: timestamp().default(clock),
  role: varchar(50).default("user"),
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
}

export class UserProfile extends ShopBase.model("user_profiles", {
  id: integer().primaryKey(),
  userId: integer()
    .references(() => User.id)
    .unique(),
  bio: text().nullable(),
  score: float().default(0),
  get user() {
    return one(() => User, { backPopulates: "profile" });
  },
}) {
  static {
    map(this);
  }
}

export class Product extends ShopBase.model("products", {
  id: integer().primaryKey(),
  sku: varchar(50).unique(),
  name: varchar(255),
  price: double(),
  stock: integer().default(0),
  active: boolean().default(true),
  get orderItems() {
    return many(() => OrderItem, { backPopulates: "product" });
  },
  get tags() {
    return many(() => Tag, { secondary: productTags, backPopulates: "products", orderBy: () => Tag.id });
  },
}) {
  static {
    map(this, [check("ck_product_price_positive", this.price.ge(0))]);
  }
}

export class Order extends ShopBase.model("orders", {
  id: integer().primaryKey(),
  userId: integer().references(() => User.id),
  total: double().default(0),
  status: varchar(50).default("pending"),
  createdAt: timestamp().default(clock),
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

export class OrderItem extends ShopBase.model("order_items", {
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

export class Tag extends ShopBase.model("tags", {
  id: integer().primaryKey(),
  name: varchar(50).unique(),
  get products() {
    return many(() => Product, { secondary: productTags, backPopulates: "tags", orderBy: () => Product.id });
  },
}) {
  static {
    map(this);
  }
}
