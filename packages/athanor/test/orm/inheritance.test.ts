import {
  createEngine,
  deleteFrom,
  type Engine,
  func,
  InvalidRequestError,
  insert,
  LazyLoadError,
  StaleDataError,
  select,
  sqlText,
  update,
} from "athanor";
import { aliased, awaitable, inspect, Session } from "athanor/orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forEachDatabase } from "../support/databases.ts";
import { refused } from "../support/refused.ts";
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
  Tag,
  Taxi,
  Truck,
  Vehicle,
} from "./support/company.ts";
import { sent } from "./support/library.ts";

const names = (objects: readonly { readonly name: string }[]) => objects.map(({ name }) => name).sort();

describe("classes that inherit from each other", () => {
  forEachDatabase((database) => {
    let engine: Engine;
    let s: Session;

    beforeEach(async () => {
      engine = createEngine(database.url);
      await Base.metadata.createAll(engine);
      s = new Session(engine);
    });
    afterEach(async () => {
      await s.close();
      await engine.dispose();
    });

    async function stored() {
      const people = staff();
      s.add(people.company);
      await s.commit();
      s.expungeAll();
      return people;
    }
    const count = async (name: string): Promise<number> =>
      Number((await s.execute(sqlText(`SELECT count(*) FROM ${name}`)).scalarOne()) ?? 0);

    test("rows of all tables are inserted, the topmost first, with their discriminators and keys", async () => {
      const { manager, engineer, architect, intern, clerk } = staff();
      expect([manager.kind, engineer.kind, architect.kind, intern.kind, clerk.kind]).toEqual([
        "manager",
        "engineer",
        "architect",
        "intern",
        "employee",
      ]);
      s.addAll([clerk, architect, engineer, manager, intern]);
      await s.commit();
      expect(architect.employeeId).toBe(architect.id);
      expect([await count("employees"), await count("engineers"), await count("architects")]).toEqual([5, 3, 1]);
      expect(engineer.greet()).toBe("I am Eve, and speak C");
      expect(engineer.where()).toBe("Paris");
      expect(inspect(architect).modified).toBe(false);
    });

    test("a query of the base gives objects of the right classes; a query of a subclass those below it, too", async () => {
      await stored();
      const people = await s.scalars(select(Employee).orderBy(Employee.id)).all();
      expect(people.map((each) => inspect(each).mapper.className).sort()).toEqual([
        "Architect",
        "Employee",
        "Engineer",
        "Intern",
        "Manager",
      ]);
      s.expungeAll();
      const engineers = await s.scalars(select(Engineer)).all();
      expect(names(engineers)).toEqual(["Ada", "Eve", "Ian"]);
      expect(engineers.find((each) => each instanceof Architect)?.name).toBe("Ada");
      expect(names(await s.scalars(select(Intern)).all())).toEqual(["Ian"]);
      expect(await s.scalars(select(func.count()).selectFrom(Intern)).one()).toBe(1);
    });

    test("columns of a subclass that the query left out are refused by name, and loaded with awaitable()", async () => {
      await stored();
      const eve = await s.scalars(select(Employee).where(Employee.name.eq("Eve"))).one();
      if (!(eve instanceof Engineer)) expect.unreachable("Eve is an engineer");
      expect(() => eve.language).toThrow(LazyLoadError);
      const log = sent(engine);
      expect(await awaitable(eve).language).toBe("C");
      expect(log().filter((each) => each.startsWith("SELECT"))).toHaveLength(1);
      expect(eve.city).toBe("Paris");
    });

    test("get() finds a subclass by its base, and nothing by a class that the row is not of", async () => {
      const { engineer } = await stored();
      const found = await s.get(Employee, engineer.id);
      expect(found).toBeInstanceOf(Engineer);
      expect(await s.get(Manager, engineer.id)).toBeNull();
      s.expungeAll();
      expect(await s.get(Manager, engineer.id)).toBeNull();
      expect((await s.getOne(Engineer, engineer.id)).language).toBe("C");
    });

    test("an UPDATE is sent for each table that has changed; one of a joined table counts the version up", async () => {
      const { engineer } = await stored();
      const eve = await s.getOne(Engineer, engineer.id);
      const log = sent(engine);
      eve.language = "Zig";
      await s.flush();
      const updates = log().filter((each) => each.startsWith("UPDATE"));
      expect(updates).toHaveLength(2);
      expect(updates[0]).toMatch(/employees.*version/);
      expect(updates[1]).toMatch(/engineers.*language/);
      expect(eve.version).toBe(2);
      eve.name = "Eva";
      await s.flush();
      expect(log().filter((each) => each.startsWith("UPDATE"))).toHaveLength(1);
      await s.execute(sqlText("UPDATE employees SET version = 9"));
      eve.language = "C++";
      await refused(() => s.flush(), StaleDataError, "employees");
    });

    test("rows are deleted from the lowest table up, along cascades over polymorphic collections", async () => {
      const { company } = await stored();
      const found = await s.getOne(Company, company.id);
      await s.delete(found);
      await s.commit();
      for (const each of ["companies", "employees", "engineers", "architects", "managers", "machines"]) {
        expect(await count(each), each).toBe(0);
      }
    });

    test("a rollback and a savepoint give back what was, in all tables", async () => {
      const { architect } = await stored();
      const ada = await s.getOne(Architect, architect.id);
      await s
        .beginNested(async () => {
          ada.style = "baroque";
          ada.name = "Lovelace";
          await s.flush();
          throw new Error("back");
        })
        .catch(() => undefined);
      expect([ada.style, ada.name]).toEqual(["gothic", "Ada"]);
      ada.language = "none";
      await s.flush();
      await s.rollback();
      expect(ada.language).toBe("Ada");
      expect(await s.scalars(select(Architect.language)).one()).toBe("Ada");
    });

    test("refresh() and merge() work on all tables of an object", async () => {
      const { engineer } = await stored();
      const eve = await s.getOne(Engineer, engineer.id);
      await s.execute(sqlText("UPDATE engineers SET language = 'Rust'"));
      await s.refresh(eve);
      expect(eve.language).toBe("Rust");
      s.expungeAll();
      engineer.language = "Lisp";
      const merged = await s.merge(engineer);
      expect(merged).not.toBe(engineer);
      await s.commit();
      expect(await s.scalars(select(Engineer.language).where(Engineer.name.eq("Eve"))).one()).toBe("Lisp");
    });

    test("relationships lead from, to and among classes of a hierarchy", async () => {
      const { manager } = await stored();
      const mia = await s.getOne(Manager, manager.id);
      const reports = await awaitable(mia).reports;
      expect(names(reports)).toEqual(["Ada", "Eve"]);
      expect(reports.every((each) => each.boss === mia)).toBe(true);
      const [first] = await s.scalars(select(Machine).orderBy(Machine.name)).all();
      if (first === undefined) expect.unreachable("there are machines");
      const owner = await awaitable(first).engineer;
      expect(owner?.name).toBe("Eve");
      const eve = reports.find((each) => each.name === "Eve");
      if (eve === undefined) expect.unreachable("Eve reports");
      (await awaitable(eve).tags).push(new Tag({ name: "smith" }));
      await s.commit();
      s.expungeAll();
      expect(names(await s.scalars(select(Employee).where(Employee.tags.any(Tag.name.eq("smith")))).all())).toEqual([
        "Eve",
      ]);
      expect(names(await s.scalars(select(Employee).where(Employee.boss.has(Manager.level.gt(2)))).all())).toEqual([
        "Ada",
        "Eve",
      ]);
      expect(
        names(await s.scalars(select(Engineer).join(Engineer.company).where(Company.name.eq("Athanor"))).all()),
      ).toEqual(["Ada", "Eve", "Ian"]);
    });

    test("an unknown discriminator is refused with its value and all that there are", async () => {
      await stored();
      await s.execute(sqlText("UPDATE employees SET kind = 'ghost' WHERE name = 'Cid'"));
      await refused(
        () => s.scalars(select(Employee)).all(),
        InvalidRequestError,
        '"ghost"',
        "Employee.kind",
        '"engineer" (Engineer)',
      );
    });

    describe("single-table inheritance", () => {
      beforeEach(async () => {
        const truck = new Truck({ plate: "T", seats: 2, payload: 9 });
        s.addAll([
          truck,
          new Car({ plate: "C", seats: 4, carrier: truck }),
          new Taxi({ plate: "X", seats: 3, licence: "L1" }),
          new Vehicle({ plate: "V" }),
        ]);
        await s.commit();
        s.expungeAll();
      });

      test("asks for the discriminators of a class and of those below it, wherever the class is read", async () => {
        const plates = async (rows: Promise<readonly string[]>) => [...(await rows)].sort();
        expect(await plates(s.scalars(select(Car.plate)).all())).toEqual(["C", "X"]);
        expect(await plates(s.scalars(select(Truck.plate).where(Truck.seats.gt(1))).all())).toEqual(["T"]);
        expect(await plates(s.scalars(select(Vehicle.plate).where(Vehicle.carrier.has())).all())).toEqual(["C"]);
        expect(await s.scalars(select(func.count()).selectFrom(Car)).one()).toBe(2);
        expect(await s.scalars(select(func.count(Car.id))).one()).toBe(2);
        const inner = select(Car.id).scalarSubquery();
        expect(inner).toBeDefined();
        expect(await plates(s.scalars(select(Vehicle.plate).where(Vehicle.id.in(select(Taxi.id)))).all())).toEqual([
          "X",
        ]);
      });

      test("columns of siblings share what they say they share, and rows of others have none", async () => {
        const vehicles = await s.scalars(select(Vehicle).orderBy(Vehicle.plate)).all();
        expect(vehicles.map((each) => inspect(each).mapper.className)).toEqual(["Car", "Truck", "Vehicle", "Taxi"]);
        const [car] = vehicles;
        if (!(car instanceof Car)) expect.unreachable("C is a car");
        expect(await awaitable(car).seats).toBe(4);
        expect(Object.keys(vehicles[2] ?? {})).not.toContain("seats");
      });

      test("joins to a subclass ask in ON, so that an outer join keeps its rows", async () => {
        const carrier = aliased(Truck, "carrier");
        const query = select(Vehicle.plate, carrier.payload).outerJoin(Vehicle.carrier.ofType(carrier));
        expect((await s.execute(query.orderBy(Vehicle.plate)).all()).map((row) => [...row])).toEqual([
          ["C", 9],
          ["T", null],
          ["V", null],
          ["X", null],
        ]);
      });

      test("UPDATE and DELETE touch rows of the class alone", async () => {
        expect((await s.execute(update(Car).values({ seats: 5 }))).rowCount).toBe(2);
        expect((await s.execute(deleteFrom(Car).where(Car.seats.eq(5)))).rowCount).toBe(2);
        expect((await s.scalars(select(Vehicle.plate)).all()).toSorted()).toEqual(["T", "V"]);
      });
    });

    describe("statements", () => {
      test("an INSERT of a joined class is split, and fills the discriminators in", async () => {
        await s.execute(insert(Manager), [
          { name: "a", level: 1 },
          { name: "b", level: 2 },
        ]);
        await s.execute(insert(Manager).values({ name: "c", level: 3 }));
        await s.execute(insert(Car), [{ plate: "p", seats: 1 }]);
        const people = await s.scalars(select(Employee).orderBy(Employee.name)).all();
        expect(people.map((each) => [each.name, each.kind, each.version, each instanceof Manager])).toEqual([
          ["a", "manager", 1, true],
          ["b", "manager", 1, true],
          ["c", "manager", 1, true],
        ]);
        expect((await s.scalars(select(Car)).one()).plate).toBe("p");
      });

      test("an UPDATE of a joined class writes each table, and the objects of the session follow", async () => {
        const { engineer } = await stored();
        const eve = await s.getOne(Engineer, engineer.id);
        const result = await s.execute(
          update(Engineer)
            .values({ name: "N", language: "L" })
            .where(Engineer.language.eq("C"), Engineer.name.eq("Eve")),
        );
        expect(result.rowCount).toBe(1);
        expect([eve.name, eve.language]).toEqual(["N", "L"]);
        expect(await s.scalars(select(func.count()).selectFrom(Engineer).where(Engineer.language.eq("L"))).one()).toBe(
          1,
        );
        await s.execute(update(Engineer).values({ name: "all" }));
        expect(names(await s.scalars(select(Engineer)).all())).toEqual(["all", "all", "all"]);
        expect(await s.scalars(select(func.count()).selectFrom(Employee).where(Employee.name.eq("all"))).one()).toBe(3);
      });

      test("an UPDATE by primary key goes to the tables that it has values for", async () => {
        const { engineer, architect } = await stored();
        await s.execute(update(Engineer), [
          { id: engineer.id, version: 1, language: "1" },
          { id: architect.id, version: 1, language: "2" },
        ]);
        expect(await s.scalars(select(Engineer.language).orderBy(Engineer.language)).all()).toEqual(["1", "2", "Go"]);
      });

      test("a DELETE of a joined class deletes from all tables, those of classes below it, too", async () => {
        await stored();
        await s.execute(deleteFrom(Machine));
        const result = await s.execute(deleteFrom(Engineer).where(Engineer.language.in(["C", "Ada"])));
        expect(result.rowCount).toBe(2);
        expect([await count("employees"), await count("engineers"), await count("architects")]).toEqual([3, 1, 0]);
      });
    });
  });
});
