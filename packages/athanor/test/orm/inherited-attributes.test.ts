import { createEngine, createSyncEngine, type Engine, insert, integer, select, varchar } from "athanor";
import {
  aliased,
  columnProperty,
  composite,
  declarativeBase,
  defer,
  hybrid,
  map,
  Session,
  SyncSession,
  synonym,
  undefer,
} from "athanor/orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forEachDatabase } from "../support/databases.ts";

class Span {
  from: number;
  to: number;
  constructor(from: number, to: number) {
    this.from = from;
    this.to = to;
  }
}

const Base = declarativeBase();
class Employee extends Base.model("staff", {
  id: integer().primaryKey(),
  name: varchar(20),
  kind: varchar(20).nullable(),
  pay: integer(),
  years: composite(Span, { from: integer(), to: integer() }),
  get label() {
    return columnProperty(() => Employee.name.concat("!"));
  },
  get rank() {
    return columnProperty(() => Employee.pay.mul(10), { deferred: true });
  },
  get isRich() {
    return hybrid(() => Employee.pay.gt(100));
  },
  get title() {
    return synonym(() => Employee.name);
  },
}) {
  static {
    map(this, [], { polymorphicOn: "kind", polymorphicIdentity: "employee" });
  }
}
class Manager extends Employee.inherit("managers", {
  id: integer()
    .primaryKey()
    .references(() => Employee.id),
  reports: integer().deferred(),
  get span() {
    return columnProperty(() => Manager.reports.add(Manager.pay));
  },
  get isBusy() {
    return hybrid(() => Manager.reports.mul(Manager.pay).gt(1000));
  },
}) {
  static {
    map(this, [], { polymorphicIdentity: "manager" });
  }
}

forEachDatabase((database) => {
  let engine: Engine;
  let session: Session;
  beforeEach(async () => {
    engine = createEngine(database.url);
    await Base.metadata.createAll(engine);
    session = new Session(engine);
    session.addAll([
      new Employee({ name: "Ann", pay: 50, years: new Span(1, 2) }),
      new Manager({ name: "Bob", pay: 200, years: new Span(3, 4), reports: 7 }),
    ]);
    await session.commit();
    session.expungeAll();
  });
  afterEach(async () => {
    await session.close();
    await engine.dispose();
  });

  describe("what is derived from columns", () => {
    test("is there in subclasses, on both sides", async () => {
      const [ann, bob] = await session.scalars(select(Employee).orderBy(Employee.id)).all();
      expect(bob).toBeInstanceOf(Manager);
      expect([ann?.label, bob?.label, ann?.isRich, bob?.isRich]).toEqual(["Ann!", "Bob!", false, true]);
      expect([bob?.years, bob?.title]).toEqual([new Span(3, 4), "Bob"]);
      session.expungeAll();
      const other = aliased(Manager, "other");
      const found = await session
        .scalars(
          select(other)
            .options(undefer(other.reports, other.rank))
            .where(
              other.isRich,
              other.isBusy,
              other.label.eq("Bob!"),
              other.years.eq(new Span(3, 4)),
              other.title.eq("Bob"),
            ),
        )
        .one();
      expect([found.span, found.reports, found.rank, found.isBusy, found.label]).toEqual([207, 7, 2000, true, "Bob!"]);
      found.years.to = 9;
      await session.commit();
      expect(await session.scalars(select(Manager.years)).all()).toEqual([new Span(3, 9)]);
    });

    test("is computed of a subquery under the class's name, and comes back after RETURNING", async () => {
      const rich = aliased(Employee, select(Employee).where(Employee.isRich).subquery());
      const found = await session.scalars(select(rich).orderBy(rich.label)).all();
      expect(found.map(({ label }) => label)).toEqual(["Bob!"]);
    });
  });
});

test("what is derived is loaded when it is read, of objects of subclasses, too", () => {
  const engine = createSyncEngine("sqlite:///:memory:");
  Base.metadata.createAll(engine);
  using session = new SyncSession(engine);
  session.add(new Manager({ name: "Bob", pay: 200, years: new Span(3, 4), reports: 7 }));
  session.commit();
  session.expungeAll();
  const [bob] = session.scalars(select(Employee).options(defer(Employee.label, Employee.pay))).all() as Manager[];
  expect([bob?.label, bob?.rank, bob?.isRich, bob?.span, bob?.reports, bob?.isBusy]).toEqual([
    "Bob!",
    2000,
    true,
    207,
    7,
    true,
  ]);
  const [made] = session
    .scalars(
      insert(Employee)
        .values({ name: "Cid", pay: 1, kind: "employee", years: new Span(0, 1) })
        .returning(Employee),
    )
    .all();
  expect([made?.label, made?.years]).toEqual(["Cid!", new Span(0, 1)]);
});
