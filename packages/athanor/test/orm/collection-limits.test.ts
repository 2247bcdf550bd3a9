import { createEngine, type Engine, foreignKey, func, integer, select, table, varchar } from "athanor";
import {
  awaitable,
  declarativeBase,
  immediateload,
  joinedload,
  lazyload,
  load,
  many,
  map,
  one,
  oneOrNone,
  Session,
  selectinload,
  sessionmaker,
  withLoaderCriteria,
} from "athanor/orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forEachDatabase } from "../support/databases.ts";
import { sent } from "./support/library.ts";

const Base = declarativeBase();
const labels = table("invoice_labels", Base.metadata, {
  invoiceId: integer().references("invoices.id").primaryKey(),
  labelId: integer().references("labels.id").primaryKey(),
});
class Account extends Base.model("accounts", {
  id: integer().primaryKey(),
  name: varchar(20),
  get parentId() {
    return integer()
      .nullable()
      .references(() => Account.id);
  },
  get parent() {
    return oneOrNone(() => Account, { backPopulates: "children", remoteSide: () => Account.id });
  },
  get children() {
    return many(() => Account, { backPopulates: "parent" });
  },
  get invoices() {
    return many(() => Invoice, { backPopulates: "account", cascade: "all, delete-orphan" });
  },
}) {
  static {
    map(this);
  }
}
class Invoice extends Base.model("invoices", {
  id: integer().primaryKey(),
  accountId: integer().references(() => Account.id),
  day: integer(),
  status: varchar(10).default("open"),
  get account() {
    return one(() => Account, { backPopulates: "invoices" });
  },
  get lines() {
    return many(() => Line, { backPopulates: "invoice", cascade: "all, delete-orphan" });
  },
  get labels() {
    return many(() => Label, { secondary: labels, backPopulates: "invoices" });
  },
}) {
  static {
    map(this);
  }
}
class Line extends Base.model("lines", {
  id: integer().primaryKey(),
  invoiceId: integer().references(() => Invoice.id),
  amount: integer(),
  get invoice() {
    return one(() => Invoice, { backPopulates: "lines" });
  },
}) {
  static {
    map(this);
  }
}
class Label extends Base.model("labels", {
  id: integer().primaryKey(),
  name: varchar(10),
  get invoices() {
    return many(() => Invoice, { secondary: labels, backPopulates: "labels" });
  },
}) {
  static {
    map(this);
  }
}
/** Known by two columns. */
class Room extends Base.model("rooms", {
  house: integer().primaryKey(),
  number: integer().primaryKey(),
  get seats() {
    return many(() => Seat);
  },
}) {
  static {
    map(this);
  }
}
class Seat extends Base.model("seats", {
  id: integer().primaryKey(),
  house: integer(),
  number: integer(),
}) {
  static {
    map(this, [
      foreignKey()
        .on(this.house, this.number)
        .references(() => [Room.house, Room.number]),
    ]);
  }
}

forEachDatabase((database) => {
  let engine: Engine;
  let session: Session;
  let log: () => string[];
  beforeEach(async () => {
    engine = createEngine(database.url);
    await Base.metadata.createAll(engine);
    await sessionmaker(engine).begin((setup) => {
      const all = new Label({ id: 1, name: "all" });
      const some = new Label({ id: 2, name: "some" });
      const account = (id: number, parentId: number | null, days: readonly number[]) =>
        new Account({
          id,
          name: `a${id}`,
          parentId,
          invoices: days.map(
            (day) =>
              new Invoice({
                id: id * 100 + day,
                day,
                status: day % 2 === 0 ? "paid" : "open",
                lines: [1, 2, 3].map((amount) => new Line({ id: id * 1000 + day * 10 + amount, amount })),
                labels: day > 2 ? [all, some] : [all],
              }),
          ),
        });
      setup.add(account(1, null, [1, 2, 3, 4, 5]));
      setup.add(account(2, 1, [1, 2]));
      setup.add(account(3, 1, []));
      setup.add(account(4, 1, [4, 5, 6]));
      setup.add(account(5, 2, []));
      for (const number of [1, 2]) {
        setup.add(
          new Room({
            house: 7,
            number,
            seats: [1, 2, 3].map((seat) => new Seat({ id: number * 10 + seat, house: 7, number })),
          }),
        );
      }
    });
    log = sent(engine);
    session = new Session(engine);
  });
  afterEach(async () => {
    await session.close();
    await engine.dispose();
  });

  const accounts = () => select(Account).orderBy(Account.id);
  const days = ({ invoices }: Account) => invoices.map(({ day }) => day);
  const newest = { orderBy: Invoice.day.desc(), limit: 2 };
  const count = async (model: typeof Account | typeof Invoice | typeof Line) =>
    await session.scalar(select(func.count()).selectFrom(model));

  describe("an order and a limit for each parent", () => {
    test("take the first of each collection, with two statements", async () => {
      const found = await session.scalars(accounts().options(selectinload(Account.invoices, newest))).all();
      expect(found.map(days)).toEqual([[5, 4], [2, 1], [], [6, 5], []]);
      expect(log().filter((each) => each.startsWith("SELECT"))).toHaveLength(2);
      expect(found[0]?.invoices[0]?.account).toBe(found[0]);
    });

    test("skip an offset, and take an order without a limit", async () => {
      const page = selectinload(Account.invoices, { ...newest, offset: 1 });
      expect((await session.scalars(accounts().options(page)).all()).map(days)).toEqual([[4, 3], [1], [], [5, 4], []]);
      session.expungeAll();
      const rest = selectinload(Account.invoices, { orderBy: [Invoice.day], offset: 2 });
      expect((await session.scalars(accounts().options(rest)).all()).map(days)).toEqual([[3, 4, 5], [], [], [6], []]);
      session.expungeAll();
      const ordered = selectinload(Account.invoices, { orderBy: [Invoice.status.desc(), Invoice.day.desc()] });
      const [first] = await session.scalars(accounts().options(ordered)).all();
      expect(first && days(first)).toEqual([4, 2, 5, 3, 1]);
    });

    test("without an order it is that of the keys", async () => {
      const option = selectinload(Account.invoices, { limit: 1 });
      expect((await session.scalars(accounts().options(option)).all()).map(days)).toEqual([[1], [1], [], [4], []]);
    });

    test("count among the members that conditions leave", async () => {
      const paid = selectinload(Account.invoices.and(Invoice.status.eq("paid")), newest);
      expect((await session.scalars(accounts().options(paid)).all()).map(days)).toEqual([[4, 2], [2], [], [6, 4], []]);
      session.expungeAll();
      const option = selectinload(Account.invoices, newest);
      const criteria = withLoaderCriteria(Invoice, Invoice.day.lt(5));
      expect((await session.scalars(accounts().options(option, criteria)).all()).map(days)).toEqual([
        [4, 3],
        [2, 1],
        [],
        [4],
        [],
      ]);
    });

    test("go on below, as limits of limits or with other loaders", async () => {
      const lines = { orderBy: Line.amount.desc(), limit: 1 };
      const nested = selectinload(Account.invoices, newest).selectinload(Invoice.lines, lines);
      const [first] = await session.scalars(accounts().options(nested)).all();
      expect(first?.invoices.map((invoice) => invoice.lines.map(({ amount }) => amount))).toEqual([[3], [3]]);
      session.expungeAll();
      const joined = selectinload(Account.invoices, newest).joinedload(Invoice.lines);
      const found = await session.scalars(accounts().options(joined)).all();
      expect(found.map(days)).toEqual([[5, 4], [2, 1], [], [6, 5], []]);
      expect(found[3]?.invoices.map((invoice) => invoice.lines.length)).toEqual([3, 3]);
    });

    test("of a many-to-many, of a class that refers to itself, of keys of several columns", async () => {
      const byLabel = select(Label)
        .orderBy(Label.id)
        .options(selectinload(Label.invoices, { orderBy: [Invoice.day.desc(), Invoice.id], limit: 2 }));
      const found = await session.scalars(byLabel).all();
      expect(found.map(({ invoices }) => invoices.map(({ id }) => id))).toEqual([
        [406, 105],
        [406, 105],
      ]);
      const tree = selectinload(Account.children, { orderBy: Account.id.desc(), limit: 2, recursionDepth: -1 });
      const root = await session.scalars(accounts().where(Account.id.eq(1)).options(tree)).one();
      expect(root.children.map(({ id, children }) => [id, children.length])).toEqual([
        [4, 0],
        [3, 0],
      ]);
      const rooms = select(Room)
        .orderBy(Room.number)
        .options(selectinload(Room.seats, { orderBy: Seat.id.desc(), limit: 1 }));
      expect((await session.scalars(rooms).all()).map(({ seats }) => seats.map(({ id }) => id))).toEqual([[13], [23]]);
    });

    test("count for objects that are loaded one by one, and later", async () => {
      const immediate = await session.scalars(accounts().options(immediateload(Account.invoices, newest))).all();
      expect(immediate.map(days)).toEqual([[5, 4], [2, 1], [], [6, 5], []]);
      session.expungeAll();
      const [first] = await session.scalars(accounts().options(lazyload(Account.invoices, newest))).all();
      expect(first && (await awaitable(first).invoices).map(({ day }) => day)).toEqual([5, 4]);
    });

    test("are values, and not part of what is cached", async () => {
      for (const limit of [1, 2]) {
        const option = load(Account).options(selectinload(Account.invoices, { ...newest, limit }));
        const [first] = await session.scalars(accounts().options(option)).all();
        expect(first?.invoices).toHaveLength(limit);
        session.expungeAll();
      }
      const statements = log().filter((each) => each.startsWith("SELECT"));
      expect(new Set(statements).size).toBe(2);
    });

    test("are refused where they cannot be", async () => {
      // @ts-expect-error joinedload() takes no limit
      expect(() => joinedload(Account.invoices, { limit: 2 })).toThrow(/options of selectinload/);
      expect(() => select(Invoice).options(selectinload(Invoice.account, { limit: 1 }))).toThrow(/are for collections/);
      expect(() => selectinload(Account.invoices, { limit: -1 })).toThrow(/not negative/);
      expect(() => select(Account).options(selectinload(Account.invoices, { chunkSize: 0 }))).toThrow(/chunkSize/);
    });
  });

  describe("a part of a collection", () => {
    const one1 = async () =>
      await session.scalars(accounts().where(Account.id.eq(1)).options(selectinload(Account.invoices, newest))).one();

    test("takes members and gives members, and leaves alone what is not in it", async () => {
      const account = await one1();
      const [gone] = account.invoices;
      account.invoices.splice(0, 1, new Invoice({ id: 199, day: 9 }));
      await session.flush();
      expect(await count(Invoice)).toBe(10);
      session.expungeAll();
      const whole = await session.getOne(Account, 1, { options: [selectinload(Account.invoices)] });
      expect(days(whole).toSorted()).toEqual([1, 2, 3, 4, 9]);
      expect(gone?.day).toBe(5);
    });

    test("is completed when its parent is deleted, with what was changed in it", async () => {
      const account = await one1();
      account.invoices.push(new Invoice({ id: 199, day: 9 }));
      await session.delete(account);
      await session.flush();
      expect(await count(Invoice)).toBe(5);
      expect(await count(Line)).toBe(15);
    });

    test("loses nothing when it is merged into another session", async () => {
      const account = await one1();
      session.expungeAll();
      account.name = "merged";
      const merged = await session.merge(account);
      await session.flush();
      expect(merged.name).toBe("merged");
      expect(await count(Invoice)).toBe(10);
    });
  });

  test("keys are looked for in chunks", async () => {
    const query = accounts().options(selectinload(Account.invoices, { chunkSize: 2 }));
    const found = await session.scalars(query).all();
    expect(found.map(({ invoices }) => invoices.length)).toEqual([5, 2, 0, 3, 0]);
    expect(log().filter((each) => each.startsWith("SELECT"))).toHaveLength(4);
  });
});
