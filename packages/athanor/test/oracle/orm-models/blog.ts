import { boolean, func, integer, numeric, table, text, timestamp, varchar } from "athanor";
import { declarativeBase, many, map, mixin, one, oneOrNone } from "athanor/orm";

export const BlogBase = declarativeBase();

const stamp = timestamp({ timezone: true }).serverDefault(func.now());

export const postTags = table("post_tags", BlogBase.metadata, {
  postId: integer().references("posts.id").primaryKey(),
  tagId: integer().references("blog_tags.id").primaryKey(),
});

const SoftDelete = mixin(
  { deletedAt: timestamp().nullable() },
  {
    get isDeleted(): boolean {
      return this.deletedAt !== null;
    },
  },
);

const Audit = mixin({
  createdAt: stamp,
  updatedAt: stamp.onUpdate(func.now()),
  createdBy: integer().references("blog_users.id").nullable(),
  updatedBy: integer().references("blog_users.id").nullable(),
});

export class BlogUser extends BlogBase.model("blog_users", SoftDelete, {
  id: integer().primaryKey(),
  email: varchar(255).unique().index(),
  username: varchar(50).unique(),
  hashedPassword: varchar(255),
  fullName: varchar(100).nullable(),
  isActive: boolean().default(true),
  balance: numeric(10, 2).default("0"),
  createdAt: stamp,
  updatedAt: stamp.onUpdate(func.now()),
  get posts() {
    return many(() => Post, { backPopulates: "author" });
  },
}) {
  static {
    map(this);
  }
}

export class Post extends BlogBase.model("posts", {
  id: integer().primaryKey(),
  title: varchar(200),
  content: text(),
  userId: integer().references(() => BlogUser.id),
  get author() {
    return one(() => BlogUser, { backPopulates: "posts" });
  },
  get tags() {
    return many(() => BlogTag, { secondary: "post_tags", backPopulates: "posts" });
  },
}) {
  static {
    map(this);
  }
}

export class BlogTag extends BlogBase.model("blog_tags", {
  id: integer().primaryKey(),
  name: varchar(50).unique(),
  get posts() {
    return many(() => Post, { secondary: postTags, backPopulates: "tags" });
  },
}) {
  static {
    map(this);
  }
}

/** Audited: two foreign keys to the same table. */
export class Page extends BlogBase.model("pages", Audit, {
  id: integer().primaryKey(),
  title: varchar(200),
  get creator() {
    return oneOrNone(() => BlogUser, { foreignKeys: () => [Page.createdBy] });
  },
  get editor() {
    return oneOrNone(() => BlogUser, { foreignKeys: () => [Page.updatedBy] });
  },
}) {
  static {
    map(this);
  }
}
