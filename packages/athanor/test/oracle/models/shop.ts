import {
  boolean,
  check,
  double,
  float,
  index,
  integer,
  MetaData,
  sqlText,
  table,
  text,
  timestamp,
  unique,
  varchar,
} from "../../support/core.ts";

export const shopMetadata = new MetaData();

/** Stands where a program would ask for the time: always the same instant. */
export const clock = (): Date => new Date("2024-06-01T12:00:00Z");

export const productTags = table("product_tags", shopMetadata, {
  productId: integer().references("products.id").primaryKey(),
  tagId: integer().references("tags.id").primaryKey(),
});

export const users = table(
  "users",
  shopMetadata,
  {
    id: integer().primaryKey(),
    email: varchar(255),
    name: varchar(120),
    active: boolean().default(true),
    createdAt: timestamp().default(clock),
    role: varchar(50).default("user"),
  },
  [unique("uq_user_email").on("email"), index("ix_user_email_active").on("email", "active")],
);

export const profiles = table("user_profiles", shopMetadata, {
  id: integer().primaryKey(),
  userId: integer().references("users.id").unique(),
  bio: text().nullable(),
  score: float().default(0),
});

export const products = table(
  "products",
  shopMetadata,
  {
    id: integer().primaryKey(),
    sku: varchar(50).unique(),
    name: varchar(255),
    price: double(),
    stock: integer().default(0),
    active: boolean().default(true),
  },
  [check("ck_product_price_positive", sqlText("price >= 0"))],
);

export const orders = table("orders", shopMetadata, {
  id: integer().primaryKey(),
  userId: integer().references("users.id"),
  total: double().default(0),
  status: varchar(50).default("pending"),
  createdAt: timestamp().default(clock),
});

export const items = table("order_items", shopMetadata, {
  id: integer().primaryKey(),
  orderId: integer().references("orders.id"),
  productId: integer().references("products.id"),
  quantity: integer().default(1),
  unitPrice: double(),
});

export const tags = table("tags", shopMetadata, {
  id: integer().primaryKey(),
  name: varchar(50).unique(),
});
