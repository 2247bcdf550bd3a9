/** A library as models: what the unit of work has to do with it is not in the oracle's schemas. */
import {
  type CursorEvent,
  type Engine,
  func,
  integer,
  json,
  type Listenable,
  listen,
  table,
  text,
  varchar,
} from "athanor";
import { declarativeBase, many, map, one, oneOrNone, type SessionEvents } from "athanor/orm";

export const LibraryBase = declarativeBase();

export const bookTags = table("book_tags", LibraryBase.metadata, {
  bookId: integer().references("books.id").primaryKey(),
  tagId: integer().references("tags.id").primaryKey(),
});

export class Author extends LibraryBase.model("authors", {
  id: integer().primaryKey(),
  name: varchar(50),
  settings: json<Record<string, unknown>>().nullable(),
  get books() {
    return many(() => Book, { backPopulates: "author", orderBy: () => Book.id });
  },
  get portrait() {
    return oneOrNone(() => Portrait, { backPopulates: "author", cascade: "all, delete-orphan" });
  },
}) {
  static {
    map(this);
  }
}

/** Belongs to one author; the author has one at most. */
export class Portrait extends LibraryBase.model("portraits", {
  id: integer().primaryKey(),
  authorId: integer()
    .unique()
    .references(() => Author.id),
  file: varchar(50),
  get author() {
    return one(() => Author, { backPopulates: "portrait" });
  },
}) {
  static {
    map(this);
  }
}

export class Book extends LibraryBase.model("books", {
  id: integer().primaryKey(),
  title: varchar(50),
  authorId: integer()
    .nullable()
    .references(() => Author.id),
  edition: integer().serverDefault("1"),
  changed: text()
    .nullable()
    .onUpdate(func.call("upper", text(), "changed")),
  get author() {
    return oneOrNone(() => Author, { backPopulates: "books" });
  },
  get tags() {
    return many(() => Tag, { secondary: bookTags, backPopulates: "books" });
  },
  get loans() {
    return many(() => Loan, { cascade: "all, delete-orphan" });
  },
}) {
  static {
    map(this);
  }
}

export class Tag extends LibraryBase.model("tags", {
  id: integer().primaryKey(),
  name: varchar(50).unique(),
  get books() {
    return many(() => Book, { secondary: bookTags, backPopulates: "tags" });
  },
}) {
  static {
    map(this);
  }
}

/** Known by what it joins; the book's side alone knows of it. */
export class Loan extends LibraryBase.model("loans", {
  bookId: integer()
    .primaryKey()
    .references(() => Book.id, { onUpdate: "cascade" }),
  reader: varchar(50).primaryKey(),
  days: integer(),
}) {
  static {
    map(this);
  }
}

/** A tree. */
export class Shelf extends LibraryBase.model("shelves", {
  id: integer().primaryKey(),
  name: varchar(50),
  get parentId() {
    return integer()
      .nullable()
      .references(() => Shelf.id);
  },
  get parent() {
    return oneOrNone(() => Shelf, { remoteSide: () => Shelf.id, backPopulates: "children" });
  },
  get children() {
    return many(() => Shelf, { backPopulates: "parent", cascade: "all, delete-orphan" });
  },
}) {
  static {
    map(this);
  }
}

/** Two tables that point at each other. */
export class Team extends LibraryBase.model("teams", {
  id: integer().primaryKey(),
  get captainId() {
    return integer()
      .nullable()
      .references(() => Player.id, { useAlter: true });
  },
  get captain() {
    return oneOrNone(() => Player, { foreignKeys: () => [Team.captainId], postUpdate: true });
  },
  get players() {
    return many(() => Player, { foreignKeys: () => [Player.teamId], backPopulates: "team" });
  },
}) {
  static {
    map(this);
  }
}
export class Player extends LibraryBase.model("players", {
  id: integer().primaryKey(),
  teamId: integer().references(() => Team.id),
  get team() {
    return one(() => Team, { foreignKeys: () => [Player.teamId], backPopulates: "players" });
  },
}) {
  static {
    map(this);
  }
}

/** What an engine is sent from now on: statements, with `?` for every parameter, and in brackets what begins and ends transactions. */
export function sent(engine: Listenable<Engine extends Listenable<infer E> ? E : never>): () => string[] {
  let log: string[] = [];
  const note = ({ statement, parameters, batch }: CursorEvent): void => {
    const text = statement.replace(/\$\d+/g, "?");
    log.push(batch ? `${text} ×${parameters.length}` : text);
  };
  listen(engine, "beforeCursorExecute", (event) => {
    note(event);
  });
  for (const name of ["begin", "commit", "rollback", "savepoint", "releaseSavepoint", "rollbackSavepoint"] as const) {
    listen(engine, name, () => {
      log.push(`[${name}]`);
    });
  }
  return () => {
    const taken = log;
    log = [];
    return taken;
  };
}

/** The names of all events of a session, as far as they are told of objects. */
export const objectEvents = [
  "beforeAttach",
  "afterAttach",
  "transientToPending",
  "pendingToTransient",
  "pendingToPersistent",
  "persistentToTransient",
  "persistentToDeleted",
  "deletedToPersistent",
  "deletedToDetached",
  "persistentToDetached",
  "detachedToPersistent",
] as const satisfies readonly (keyof SessionEvents<unknown>)[];
