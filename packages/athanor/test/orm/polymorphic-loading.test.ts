import { createEngine, type Engine, integer, or, select, varchar } from "athanor";
import {
  aliased,
  containsEager,
  declarativeBase,
  discriminator,
  inspect,
  joinedload,
  loadOnly,
  map,
  Session,
  selectinload,
  selectinPolymorphic,
  subqueryload,
  withPolymorphic,
} from "athanor/orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forEachDatabase } from "../support/databases.ts";
import {
  Architect,
  Base,
  Car,
  Company,
  Employee,
  Engineer,
  Intern,
  Machine,
  Manager,
  staff,
  Truck,
  Vehicle,
} from "./support/company.ts";
import { sent } from "./support/library.ts";

const unloaded = (object: object) => inspect(object).unloaded;
const selects = (log: readonly string[]) => log.filter((each) => each.startsWith("SELECT")).length;

describe("what is loaded of classes below the one that is asked for", () => {
  forEachDatabase((database) => {
    let engine: Engine;
    let s: Session;

    beforeEach(async () => {
      engine = createEngine(database.url);
      await Base.metadata.createAll(engine);
      s = new Session(engine);
      s.add(staff().company);
      await s.commit();
      s.expungeAll();
    });
    afterEach(async () => {
      await s.close();
      await engine.dispose();
    });

    test("withPolymorphic() loads the columns of all, or of some, with one statement", async () => {
      const log = sent(engine);
      const all = withPolymorphic(Employee, "*");
      const people = await s.scalars(select(all).orderBy(all.name)).all();
      expect(selects(log())).toBe(1);
      expect(people.map((each) => inspect(each).mapper.className)).toEqual([
        "Architect",
        "Employee",
        "Engineer",
        "Intern",
        "Manager",
      ]);
      for (const each of people) {
        const columns = Object.keys(each);
        expect(unloaded(each).filter((key) => columns.includes(key))).toEqual([]);
        if (each instanceof Architect) expect([each.language, each.style]).toEqual(["Ada", "gothic"]);
        if (each instanceof Intern) expect([each.language, each.school]).toEqual(["Go", "ENS"]);
        if (each instanceof Manager) expect(each.level).toBe(3);
      }
      s.expungeAll();
      const some = withPolymorphic(Employee, { Manager, Architect });
      const query = select(some)
        .where(or(some.Manager.level.eq(3), some.Architect.style.eq("gothic")))
        .orderBy(some.name);
      expect((await s.scalars(query).all()).map(({ name }) => name)).toEqual(["Ada", "Mia"]);
    });

    test("columns of a subclass are null in rows of other classes", async () => {
      const people = withPolymorphic(Employee, [Engineer], { aliased: true });
      const rows = await s.execute(select(people.name, people.of(Engineer).language).orderBy(people.name)).all();
      expect(rows.map((row) => [...row])).toEqual([
        ["Ada", "Ada"],
        ["Cid", null],
        ["Eve", "C"],
        ["Ian", "Go"],
        ["Mia", null],
      ]);
      const inner = withPolymorphic(Employee, { Engineer }, { innerJoin: true });
      expect((await s.scalars(select(inner)).all()).length).toBe(3);
    });

    test("withPolymorphic() selects from a subquery that it is given", async () => {
      const log = sent(engine);
      const manager = aliased(Manager, "m");
      const query = select(Employee, manager.level).outerJoin(manager, manager.id.eq(Employee.id));
      const some = withPolymorphic(Employee, { Manager }, { selectable: query.subquery() });
      const people = await s.scalars(select(some).orderBy(some.name)).all();
      expect(people.map(({ name }) => name)).toEqual(["Ada", "Cid", "Eve", "Ian", "Mia"]);
      expect(people.map((each) => (each instanceof Manager ? each.level : null))).toEqual([null, null, null, null, 3]);
      const [mia] = await s.scalars(select(some).where(some.Manager.level.eq(3))).all();
      expect(mia).toBe(people[4]);
      expect(selects(log())).toBe(2);
    });

    test("selectinPolymorphic() loads columns with a statement for each subclass; what lies beyond follows", async () => {
      const log = sent(engine);
      const people = await s
        .scalars(
          select(Employee)
            .options(selectinPolymorphic(Employee, [Engineer, Manager]), selectinload(Engineer.machines))
            .orderBy(Employee.name),
        )
        .all();
      expect(selects(log())).toBe(4);
      const [ada, , eve, , mia] = people;
      if (!(ada instanceof Architect && eve instanceof Engineer && mia instanceof Manager)) expect.unreachable();
      expect([ada.language, eve.language, mia.level]).toEqual(["Ada", "C", 3]);
      expect(eve.machines.map(({ name }) => name).sort()).toEqual(["forge", "still"]);
      expect(unloaded(ada)).toContain("style");
    });

    test("on a path", async () => {
      const log = sent(engine);
      const company = await s
        .scalars(select(Company).options(selectinload(Company.employees).selectinPolymorphic([Engineer])))
        .one();
      expect(selects(log())).toBe(3);
      const eve = company.employees.find((each): each is Engineer => each.name === "Eve");
      expect(eve?.language).toBe("C");
    });

    test("ofType() leads to subclasses and to polymorphic aliases, with every strategy", async () => {
      for (const load of [selectinload, joinedload, subqueryload]) {
        s.expungeAll();
        const all = withPolymorphic(Employee, "*", { flat: true });
        const result = await s.scalars(select(Company).options(load(Company.employees.ofType(all)))).unique();
        const { employees } = result.one();
        expect(employees.length).toBe(5);
        expect(employees.flatMap((each) => (each instanceof Architect ? [each.style] : []))).toEqual(["gothic"]);
      }
      s.expungeAll();
      const engineers = aliased(Engineer, "eng");
      const company = (
        await s
          .scalars(
            select(Company)
              .join(Company.employees.ofType(engineers))
              .options(containsEager(Company.employees.ofType(engineers)))
              .orderBy(engineers.name),
          )
          .unique()
      ).one();
      expect(company.employees.map(({ name }) => name)).toEqual(["Ada", "Eve", "Ian"]);
    });

    test("a relationship to a subclass is joined as a join, and loaded with every strategy", async () => {
      for (const load of [selectinload, joinedload, subqueryload]) {
        s.expungeAll();
        const log = sent(engine);
        const machines = await s.scalars(select(Machine).options(load(Machine.engineer))).all();
        expect(selects(log())).toBe(load === joinedload ? 1 : 2);
        expect(machines.map((each) => each.engineer?.language)).toEqual(["C", "C"]);
      }
      const eager = joinedload(Machine.engineer).joinedload(Engineer.boss);
      s.expungeAll();
      const machines = await s.scalars(select(Machine).options(eager)).all();
      expect(machines[0]?.engineer?.boss?.level).toBe(3);
    });

    test("loadOnly() of a subclass keeps what tells its rows", async () => {
      const [ada] = await s
        .scalars(select(Engineer).where(Engineer.name.eq("Ada")).options(loadOnly(Engineer.language)))
        .all();
      expect(ada).toBeInstanceOf(Architect);
      expect(ada?.language).toBe("Ada");
    });

    test("an alias of a joined class is a join of aliases", async () => {
      const other = aliased(Engineer, "other");
      const pairs = await s
        .execute(
          select(Engineer.name, other.name)
            .join(other, other.language.gt(Engineer.language))
            .orderBy(Engineer.name, other.name),
        )
        .all();
      expect(pairs.length).toBe(3);
      const sub = select(Engineer).where(Engineer.language.eq("C")).subquery();
      const some = aliased(Engineer, sub);
      expect((await s.scalars(select(some)).all()).map(({ name, language }) => [name, language])).toEqual([
        ["Eve", "C"],
      ]);
    });

    test("single-table classes are loaded with their columns on demand", async () => {
      s.addAll([new Car({ plate: "C", seats: 4 }), new Truck({ plate: "T", seats: 2, payload: 7 })]);
      await s.commit();
      s.expungeAll();
      const vehicles = withPolymorphic(Vehicle, { Car, Truck });
      const found = await s.scalars(select(vehicles).orderBy(vehicles.plate)).all();
      expect(
        found.map((each) => (each instanceof Car ? each.seats : each instanceof Truck ? each.payload : null)),
      ).toEqual([4, 7]);
      s.expungeAll();
      const log = sent(engine);
      const others = await s.scalars(select(Vehicle).options(selectinPolymorphic(Vehicle, [Car]))).all();
      expect(selects(log())).toBe(2);
      expect(others.flatMap((each) => (each instanceof Car ? [each.seats] : []))).toEqual([4]);
    });
  });

  test("polymorphicLoad says it in the mapping", async () => {
    const Own = declarativeBase();
    class Animal extends Own.model("animals", { id: integer().primaryKey(), type: discriminator(varchar(9)) }) {
      static {
        map(this, [], { polymorphicIdentity: "animal" });
      }
    }
    const id = integer()
      .primaryKey()
      .references(() => Animal.id);
    class Dog extends Animal.inherit(
      "dogs",
      { id, bark: varchar(9) },
      { polymorphicIdentity: "dog", polymorphicLoad: "inline" },
    ) {
      static {
        map(this);
      }
    }
    class Cat extends Animal.inherit(
      "cats",
      { id, purr: varchar(9) },
      { polymorphicIdentity: "cat", polymorphicLoad: "selectin" },
    ) {
      static {
        map(this);
      }
    }
    const engine = createEngine("sqlite:///:memory:");
    await Own.metadata.createAll(engine);
    const s = new Session(engine);
    s.addAll([new Dog({ bark: "woof" }), new Cat({ purr: "r" }), new Animal({})]);
    await s.commit();
    s.expungeAll();
    const log = sent(engine);
    const animals = await s.scalars(select(Animal).where(Animal.id.gt(0)).orderBy(Animal.id)).all();
    expect(animals.map((each) => (each instanceof Dog ? each.bark : each instanceof Cat ? each.purr : ""))).toEqual([
      "woof",
      "r",
      "",
    ]);
    expect(selects(log())).toBe(2);
    s.expungeAll();
    expect((await s.get(Animal, 1)) instanceof Dog).toBe(true);
    const other = aliased(Animal, "other");
    expect((await s.scalars(select(other).where(other.id.eq(1))).one()) instanceof Dog).toBe(true);
    await engine.dispose();
  });
});
