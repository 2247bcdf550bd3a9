import { boolean, func, integer, MetaData, numeric, table, text, timestamp, varchar } from "../../support/core.ts";

export const blogMetadata = new MetaData();

const stamp = timestamp({ timezone: true }).serverDefault(func.now());

export const blogUsers = table("blog_users", blogMetadata, {
  id: integer().primaryKey(),
  email: varchar(255).unique().index(),
  username: varchar(50).unique(),
  hashedPassword: varchar(255),
  fullName: varchar(100).nullable(),
  isActive: boolean().default(true),
  balance: numeric(10, 2).default("0"),
  createdAt: stamp,
  updatedAt: stamp.onUpdate(func.now()),
  deletedAt: timestamp().nullable(),
});

export const posts = table("posts", blogMetadata, {
  id: integer().primaryKey(),
  title: varchar(200),
  content: text(),
  userId: integer().references("blog_users.id"),
});

export const blogTags = table("blog_tags", blogMetadata, {
  id: integer().primaryKey(),
  name: varchar(50).unique(),
});

export const pages = table("pages", blogMetadata, {
  id: integer().primaryKey(),
  title: varchar(200),
  createdAt: stamp,
  updatedAt: stamp.onUpdate(func.now()),
  createdBy: integer().references("blog_users.id").nullable(),
  updatedBy: integer().references("blog_users.id").nullable(),
});

export const postTags = table("post_tags", blogMetadata, {
  postId: integer().references("posts.id").primaryKey(),
  tagId: integer().references("blog_tags.id").primaryKey(),
});
