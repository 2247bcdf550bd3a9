// One model for each kind of relationship. Rows are recognised by their label, which a test gives.
import { integer, table, varchar } from "athanor";
import { declarativeBase, many, map, one, oneOrNone } from "athanor/orm";

export const Base = declarativeBase();

export class Owner extends Base.model("owners", {
  id: integer().primaryKey(),
  label: integer().unique(),
  name: varchar(20),
  /** Members that cannot be without their owner. */
  get items() {
    return many(() => Item, { backPopulates: "owner", cascade: "all, delete-orphan" });
  },
  /** At most one, which cannot be without its owner either. */
  get profile() {
    return oneOrNone(() => Profile, { backPopulates: "owner", cascade: "all, delete-orphan" });
  },
  /** Members that can. */
  get boxes() {
    return many(() => Box, { backPopulates: "owner" });
  },
}) {
  static {
    map(this);
  }
}

export class Item extends Base.model("items", {
  id: integer().primaryKey(),
  label: integer().unique(),
  name: varchar(20),
  ownerId: integer().references(() => Owner.id),
  get owner() {
    return one(() => Owner, { backPopulates: "items" });
  },
  get tags() {
    return many(() => Tag, { secondary: () => itemTags, backPopulates: "items" });
  },
}) {
  static {
    map(this);
  }
}

export class Profile extends Base.model("profiles", {
  id: integer().primaryKey(),
  label: integer().unique(),
  name: varchar(20),
  ownerId: integer()
    .unique()
    .references(() => Owner.id),
  get owner() {
    return one(() => Owner, { backPopulates: "profile" });
  },
}) {
  static {
    map(this);
  }
}

export class Box extends Base.model("boxes", {
  id: integer().primaryKey(),
  label: integer().unique(),
  name: varchar(20),
  ownerId: integer()
    .nullable()
    .references(() => Owner.id),
  get owner() {
    return oneOrNone(() => Owner, { backPopulates: "boxes" });
  },
}) {
  static {
    map(this);
  }
}

export class Tag extends Base.model("tags", {
  id: integer().primaryKey(),
  label: integer().unique(),
  name: varchar(20),
  get items() {
    return many(() => Item, { secondary: () => itemTags, backPopulates: "tags" });
  },
}) {
  static {
    map(this);
  }
}

export const itemTags = table("item_tags", Base.metadata, {
  itemId: integer()
    .primaryKey()
    .references(() => Item.id),
  tagId: integer()
    .primaryKey()
    .references(() => Tag.id),
});

/** A tree; who deletes a node deletes what hangs on it. */
export class TreeNode extends Base.model("nodes", {
  id: integer().primaryKey(),
  label: integer().unique(),
  name: varchar(20),
  get parentId() {
    return integer()
      .nullable()
      .references(() => TreeNode.id);
  },
  get parent() {
    return oneOrNone(() => TreeNode, { backPopulates: "children", remoteSide: () => TreeNode.id });
  },
  get children() {
    return many(() => TreeNode, { backPopulates: "parent", cascade: "all" });
  },
}) {
  static {
    map(this);
  }
}
