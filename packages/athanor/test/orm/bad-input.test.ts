// Bad input is refused with an error that names what the user has written, and says what to write instead.
import {
  AmbiguousForeignKeysError,
  ArgumentError,
  and,
  createEngine,
  createSyncEngine,
  DetachedInstanceError,
  type Engine,
  enumType,
  func,
  IntegrityError,
  InvalidRequestError,
  insert,
  integer,
  LazyLoadError,
  literal,
  MultipleResultsFound,
  NoForeignKeysError,
  NoInspectionAvailable,
  NoResultFound,
  NoSuchModuleError,
  PendingRollbackError,
  ResourceClosedError,
  select,
  sqlText,
  timestamp,
  UnmappedClassError,
  UnmappedError,
  update,
  varchar,
} from "athanor";
import {
  declarativeBase,
  inspect,
  joinedload,
  many,
  map,
  one,
  oneOrNone,
  Session,
  selectinload,
  sessionmaker,
  syncSessionmaker,
} from "athanor/orm";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { refused } from "../support/refused.ts";

const Base = declarativeBase();

class User extends Base.model("users", {
  id: integer().primaryKey(),
  email: varchar(100),
  role: enumType("role", ["admin", "guest"]).default("guest"),
  createdAt: timestamp().nullable(),
  get orders() {
    return many(() => Order, { backPopulates: "user" });
  },
}) {
  static {
    map(this);
  }
}

class Order extends Base.model("orders", {
  id: integer().primaryKey(),
  userId: integer().references(() => User.id),
  total: integer().default(0),
  get user() {
    return one(() => User, { backPopulates: "orders" });
  },
  get items() {
    return many(() => Item, { backPopulates: "order", cascade: "all, delete-orphan" });
  },
}) {
  static {
    map(this);
  }
}

class Item extends Base.model("items", {
  orderId: integer()
    .primaryKey()
    .references(() => Order.id),
  line: integer().primaryKey(),
  get order() {
    return one(() => Order, { backPopulates: "items" });
  },
}) {
  static {
    map(this);
  }
}

/** A model whose static block has been forgotten. */
class Forgotten extends Base.model("forgotten", { id: integer().primaryKey() }) {}

let engine: Engine;
let session: Session;
beforeEach(async () => {
  engine = createEngine("sqlite:///:memory:");
  await Base.metadata.createAll(engine);
  session = new Session(engine);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await session.close();
  await engine.dispose();
});

/** What is wrong for the compiler, too, but reaches the library from JavaScript or through a cast. */
function untyped(value: unknown): never {
  return value as never;
}

describe("engines", () => {
  test("a URL that is none", () =>
    refused(() => createEngine("shop.db"), ArgumentError, '"shop.db"', "sqlite:///shop.db"));
  test("no URL at all, as from an environment variable that is not set", () =>
    refused(() => createEngine(untyped(undefined)), ArgumentError, "undefined", "sqlite:///shop.db"));
  test("a malformed URL does not show its password", async () => {
    await refused(() => createEngine("sqlite:user:secret@host"), ArgumentError, /^(?!.*secret)/);
  });
  test("a file in place of a host", () =>
    refused(() => createEngine("sqlite://shop.db").connect(), ArgumentError, "sqlite://shop.db", "three slashes"));
  test("a parameter of the URL that does not exist", () =>
    refused(() => createEngine("sqlite:///shop.db?chache=shared").connect(), ArgumentError, "chache", "mode"));
  test("an option that does not exist", () =>
    refused(
      () => createEngine("sqlite:///:memory:", untyped({ poolsize: 3 })),
      ArgumentError,
      '"poolsize"',
      "poolSize",
    ));
  test("an unknown database", () =>
    refused(() => createEngine("oracle://localhost/shop"), NoSuchModuleError, '"oracle"', "sqlite://"));
  test("an unknown driver", () =>
    refused(() => createEngine("sqlite+sqlite3:///shop.db"), NoSuchModuleError, '"sqlite3"', "sqlite+better-sqlite3"));
  test("a driver whose package is not installed", async () => {
    const createRequire = () => () => {
      throw new Error("Cannot find module 'better-sqlite3'");
    };
    vi.spyOn(process, "getBuiltinModule").mockReturnValue(untyped({ createRequire }));
    await refused(
      () => createEngine("sqlite+better-sqlite3:///:memory:").connect(),
      NoSuchModuleError,
      "better-sqlite3",
      "npm install better-sqlite3",
    );
  });
  test("a synchronous engine for a driver that answers later", () =>
    refused(() => createSyncEngine("postgresql://localhost/shop"), ArgumentError, "postgresql", "createEngine()"));
  test("a synchronous engine for an asynchronous session", () =>
    refused(
      () => new Session(untyped(createSyncEngine("sqlite:///:memory:"))),
      ArgumentError,
      "createEngine()",
      "SyncSession",
    ));
});

describe("what is closed", () => {
  test("a connection", async () => {
    const connection = await engine.connect();
    await connection.close();
    await refused(() => connection.execute(select(User.id)), ResourceClosedError, "closed", "engine.connect()");
  });
  test("a session", async () => {
    const user = new User({ email: "ada" });
    await session.close();
    for (const use of [
      () => session.scalars(select(User)).all(),
      () => session.get(User, 1),
      () => session.add(user),
      () => session.flush(),
      () => session.commit(),
    ]) {
      await refused(use, InvalidRequestError, "This session is closed", "Make a new one");
    }
  });
  test("a result that has been read", async () => {
    const result = await session.execute(select(User.id));
    result.first();
    await refused(() => result.all(), ResourceClosedError, "has been read");
  });
  test("a session whose flush has failed", async () => {
    session.add(new User({ id: 1, email: "ada" }));
    await session.flush();
    const other = new Session(engine);
    session.add(new Order({ userId: 99 }));
    await refused(() => session.flush(), IntegrityError, "FOREIGN KEY");
    await refused(() => session.get(User, 1), PendingRollbackError, "session.rollback()", "FOREIGN KEY");
    await session.rollback();
    expect(await session.get(User, 1)).toBeNull();
    await other.close();
  });
});

describe("classes", () => {
  test("a class that was never mapped", async () => {
    await refused(() => new Forgotten({}), UnmappedClassError, "Forgotten", "static { map(this); }");
    await refused(() => session.get(Forgotten, 1), UnmappedClassError, "Forgotten", "static { map(this); }");
    await refused(() => select(Forgotten), UnmappedClassError, "Forgotten", "static { map(this); }");
  });
  test("a class that is no model", async () => {
    class Plain {}
    await refused(() => session.get(untyped(Plain), 1), UnmappedClassError, "Plain", "Base.model(");
    await refused(() => map(untyped(Plain)), ArgumentError, "Plain", "Base.model(");
  });
  test("a class that is mapped twice", () => refused(() => map(User), ArgumentError, "twice", "User"));
  test("an object that is none of a mapped class", async () => {
    class Plain {}
    await refused(() => session.add(new Plain()), UnmappedError, "Plain");
    await refused(() => session.add({ email: "ada" }), UnmappedError, "mapped class");
    await refused(() => session.add(User), ArgumentError, "new User(");
    await refused(() => inspect({}), NoInspectionAvailable, "mapped class");
  });
});

describe("attributes", () => {
  test("unknown ones in a constructor", () =>
    refused(() => new User(untyped({ email: "ada", emial: "ada" })), ArgumentError, "User", '"emial"', "email"));
  test("undefined in a constructor", () =>
    refused(() => new User(untyped({ email: undefined })), ArgumentError, "new User({ email: undefined })", "null"));
  test("a required one that is missing at flush", async () => {
    session.add(new User(untyped({})));
    await refused(() => session.flush(), IntegrityError, "User.email", "users.email", "default()");
  });
  test("a parent that is missing at flush", async () => {
    session.add(new Order({}));
    await refused(() => session.flush(), IntegrityError, "Order.userId", "orders.user_id", "set Order.user");
  });
  test("a value of another type", async () => {
    const user = new User({ email: "ada" });
    session.add(user);
    user.createdAt = untyped("2024-01-01");
    await refused(() => session.flush(), Error, "createdAt");
  });
  test("a value that is none of an enumeration's", async () => {
    session.add(new User({ email: "ada", role: untyped("root") }));
    await refused(() => session.flush(), Error, "User.role", "admin");
  });
});

describe("relationships", () => {
  test("of tables without a foreign key between them", () => {
    const Other = declarativeBase();
    class Author extends Other.model("authors", {
      id: integer().primaryKey(),
      get books() {
        return many(() => Book);
      },
    }) {
      static {
        map(this);
      }
    }
    class Book extends Other.model("books", { id: integer().primaryKey() }) {
      static {
        map(this);
      }
    }
    return refused(() => new Author({}), NoForeignKeysError, "Author.books", '"books"', '"authors"', "references(");
  });

  test("of tables with two", () => {
    const Other = declarativeBase();
    class Person extends Other.model("people", { id: integer().primaryKey() }) {
      static {
        map(this);
      }
    }
    class Letter extends Other.model("letters", {
      id: integer().primaryKey(),
      senderId: integer().references(() => Person.id),
      receiverId: integer().references(() => Person.id),
      get sender() {
        return one(() => Person);
      },
    }) {
      static {
        map(this);
      }
    }
    return refused(
      () => select(Letter).join(Letter.sender),
      AmbiguousForeignKeysError,
      "Letter.sender",
      "letters.sender_id",
      "letters.receiver_id",
      "foreignKeys",
    );
  });

  test("whose way back does not exist", () => {
    const Other = declarativeBase();
    class Author extends Other.model("authors", {
      id: integer().primaryKey(),
      get books() {
        return many(() => Book, { backPopulates: "writer" });
      },
    }) {
      static {
        map(this);
      }
    }
    class Book extends Other.model("books", {
      id: integer().primaryKey(),
      authorId: integer().references(() => Author.id),
      get author() {
        return one(() => Author, { backPopulates: "books" });
      },
    }) {
      static {
        map(this);
      }
    }
    return refused(() => new Book({}), ArgumentError, "Author.books", '"writer"', "Book", "author");
  });

  test("to a class that was never mapped", () => {
    const Other = declarativeBase();
    class Author extends Other.model("authors", { id: integer().primaryKey() }) {}
    class Book extends Other.model("books", {
      id: integer().primaryKey(),
      authorId: integer().references(() => Author.id),
      get author() {
        return one(() => Author);
      },
    }) {
      static {
        map(this);
      }
    }
    return refused(() => new Book({}), ArgumentError, "Book.author", "Author", "map(this)");
  });

  test("with an unknown cascade", () => {
    const Other = declarativeBase();
    class Category extends Other.model("categories", {
      id: integer().primaryKey(),
      get parentId() {
        return integer()
          .nullable()
          .references(() => Category.id);
      },
      get children() {
        return many(() => Category, { cascade: "all, delete-orphans" });
      },
    }) {
      static {
        map(this);
      }
    }
    return refused(() => new Category({}), ArgumentError, "Category.children", '"delete-orphans"', "delete-orphan");
  });

  test("two that point the same way", () => {
    const Other = declarativeBase();
    class Node extends Other.model("nodes", {
      id: integer().primaryKey(),
      get parentId() {
        return integer()
          .nullable()
          .references(() => Node.id);
      },
      get parent() {
        return oneOrNone(() => Node, { backPopulates: "other" });
      },
      get other() {
        return oneOrNone(() => Node, { backPopulates: "parent" });
      },
    }) {
      static {
        map(this);
      }
    }
    return refused(() => new Node({}), ArgumentError, "Node.parent", "Node.other", "remoteSide");
  });

  test("a member of another class", async () => {
    const user = new User({ email: "ada" });
    await refused(() => user.orders.push(untyped(user)), ArgumentError, "User.orders", "Order");
    await refused(() => user.orders.push(untyped({ total: 1 })), ArgumentError, "User.orders", "new Order({");
    await refused(() => new User(untyped({ email: "ada", orders: [null] })), ArgumentError, "User.orders", "null");
    await refused(() => new Order(untyped({ user: new Order({}) })), ArgumentError, "Order.user", "User");
  });
  test("anything but an array for a collection", async () => {
    const user = new User({ email: "ada" });
    await refused(
      () => {
        user.orders = untyped(new Order({}));
      },
      ArgumentError,
      "User.orders",
      "array",
    );
  });
  test("holes in a collection", async () => {
    const user = new User({ email: "ada" });
    await refused(
      () => {
        user.orders[1] = new Order({});
      },
      ArgumentError,
      "User.orders",
      "push()",
    );
    user.orders.push(new Order({}));
    await refused(
      () => {
        delete user.orders[0];
      },
      ArgumentError,
      "User.orders",
      "splice(0, 1)",
    );
  });
});

describe("nothing by accident", () => {
  const missing = untyped(undefined);

  test.each<[string, () => unknown, string]>([
    ["eq()", () => User.id.eq(missing), "null"],
    ["ne()", () => User.id.ne(missing), "null"],
    ["in() of undefined", () => User.id.in(missing), "in()"],
    ["in() of a list with undefined", () => User.id.in([1, missing]), "in()"],
    ["like()", () => User.email.like(missing), "undefined"],
    ["where()", () => select(User).where(missing), "where()"],
    ["having()", () => select(User.id).having(missing), "having()"],
    ["and()", () => and(User.id.eq(1), missing), "and()"],
    ["where() of an UPDATE", () => update(User).where(missing), "where()"],
    ["filterBy()", () => select(User).filterBy({ email: missing }), "filterBy({ email })"],
    ["limit()", () => select(User).limit(missing), "limit()"],
    ["values() of an UPDATE", () => update(User).values({ email: missing }), '"email"'],
    ["values() of an INSERT", () => insert(User).values({ email: missing }), '"email"'],
    ["literal()", () => literal(missing), "literal()"],
    ["select()", () => select(missing), "select()"],
  ])("undefined is refused: %s", (_where, work, part) => refused(work, ArgumentError, "undefined", part));

  test("undefined as a key", async () => {
    await refused(() => session.get(User, missing), ArgumentError, "User", "undefined");
    await refused(() => session.get(Item, [1, missing]), ArgumentError, "Item", '"line"', "undefined");
    await refused(() => session.get(User, untyped(null)), ArgumentError, "User", "null");
  });
  test("undefined as a parameter of a statement", async () => {
    const statement = sqlText("SELECT :email");
    await refused(() => session.execute(statement, { email: missing }), Error, "email");
    await refused(() => session.execute(insert(User), [{ email: missing }]), Error, "email");
  });
  test("a plain value as a condition", async () => {
    await refused(() => select(User).where(untyped(true)), ArgumentError, "where()", "true", "literal(true)");
    await refused(() => select(User).where(untyped(1)), ArgumentError, "where()", "literal()");
  });
  test("strings as SQL", async () => {
    await refused(() => select(untyped("id")), ArgumentError, '"id"', "sqlText()");
    await refused(() => select(User).where(untyped("id = 1")), ArgumentError, '"id = 1"', "sqlText()");
    await refused(() => session.execute(untyped("SELECT 1")), ArgumentError, "SELECT 1", "sqlText");
  });
});

describe("queries", () => {
  test("unknown columns", async () => {
    await refused(() => select(User).filterBy(untyped({ emial: "x" })), InvalidRequestError, '"emial"', "email");
    await refused(() => insert(User).values(untyped({ emial: "x" })), ArgumentError, '"emial"', '"users"', "email");
    await refused(() => update(User).values(untyped({ emial: "x" })), ArgumentError, '"emial"', '"users"', "email");
    await refused(() => session.execute(insert(User), untyped([{ emial: "x" }])), Error, "emial");
  });
  test("filterBy() on what is no entity", () =>
    refused(() => select(func.count()).filterBy(untyped({ id: 1 })), ArgumentError, "filterBy()", "where()"));
  test("keys of another shape", async () => {
    await refused(() => session.get(Item, 1), InvalidRequestError, "Item", "2 values", "[orderId, line]");
    await refused(() => session.get(Item, [1]), InvalidRequestError, "Item", "orderId, line", "not 1");
    await refused(() => session.get(User, [1, 2]), InvalidRequestError, "User", "one value", "not 2");
    await refused(
      () => session.get(Item, { orderId: 1, row: 2 }),
      InvalidRequestError,
      "orderId, line",
      "orderId, row",
    );
  });
  test("no row, or several, where one was required", async () => {
    await refused(() => session.scalars(select(User)).one(), NoResultFound, "No row");
    await refused(() => session.getOne(User, 7), NoResultFound, "User", "7");
    session.addAll([new User({ email: "a" }), new User({ email: "b" })]);
    await refused(() => session.scalars(select(User)).one(), MultipleResultsFound, "Multiple rows");
  });
  test("joined collections without unique()", () =>
    refused(
      () => session.scalars(select(User).options(joinedload(User.orders))).all(),
      InvalidRequestError,
      "unique()",
    ));
  test("a loader option that is none, or of another class", async () => {
    await refused(() => select(User).options(untyped("orders")), ArgumentError, '"orders"', "selectinload(");
    await refused(
      () => session.scalars(select(Order).options(selectinload(User.orders))).all(),
      ArgumentError,
      "User.orders",
    );
  });
  test("any() and has() of the other kind of relationship", async () => {
    await refused(() => User.orders.has(), ArgumentError, "User.orders", "any()");
    await refused(() => Order.user.any(), ArgumentError, "Order.user", "has()");
  });
});

describe("objects and their sessions", () => {
  async function savedUser(): Promise<User> {
    const user = new User({ email: "ada", orders: [new Order({})] });
    session.add(user);
    await session.commit();
    return user;
  }

  test("two sessions for one object", async () => {
    const user = await savedUser();
    const other = new Session(engine);
    await refused(() => other.add(user), InvalidRequestError, "User(1)", "another session", "expunge()", "merge()");
    await other.close();
  });
  test("two objects for one row", async () => {
    const user = await savedUser();
    session.expunge(user);
    await session.getOne(User, 1);
    await refused(() => session.add(user), InvalidRequestError, "User(1)", "session.merge()");
  });
  test("a deleted object that is added again", async () => {
    const order = (await savedUser()).orders[0];
    if (order === undefined) return expect.unreachable();
    await session.delete(order);
    await session.commit();
    await refused(() => session.add(order), InvalidRequestError, "Order(1)", "has been deleted");
  });
  test("deletion of what has no row", () =>
    refused(() => session.delete(new User({ email: "ada" })), InvalidRequestError, "User(new)", "expunge()"));
  test("a relationship that is not loaded, in an asynchronous session", async () => {
    await savedUser();
    await using fresh = new Session(engine);
    const user = await fresh.getOne(User, 1);
    await refused(
      () => user.orders,
      LazyLoadError,
      "User.orders",
      "not loaded",
      "selectinload(User.orders)",
      "awaitable(",
    );
    const order = await fresh.getOne(Order, 1);
    order.user; // The user is there: no statement is needed.
  });
  test("a relationship of a detached object", async () => {
    await savedUser();
    const fresh = new Session(engine);
    const user = await fresh.getOne(User, 1);
    await fresh.close();
    await refused(() => user.orders, DetachedInstanceError, "User.orders", "selectinload(User.orders)");
  });
  test("an expired attribute of a detached object", async () => {
    const user = await savedUser();
    session.expire(user);
    await refused(() => user.email, LazyLoadError, "User.email", "session.refresh()", "awaitable(");
    session.expunge(user);
    await refused(() => user.email, DetachedInstanceError, "User.email");
  });
  test("the same of synchronous sessions", async () => {
    const syncEngine = createSyncEngine("sqlite:///:memory:");
    Base.metadata.createAll(syncEngine);
    const user = new User({ email: "ada" });
    syncSessionmaker(syncEngine).begin((sync) => sync.add(user));
    await refused(() => user.email, DetachedInstanceError, "User.email", "belongs to no session");
    syncEngine.dispose();
  });
  test("an option of a session that does not exist", () =>
    refused(
      () => sessionmaker(engine, untyped({ expireOnComit: false }))(),
      ArgumentError,
      '"expireOnComit"',
      "expireOnCommit",
    ));
});
