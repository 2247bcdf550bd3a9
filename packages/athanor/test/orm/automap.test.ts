import {
  type Column,
  createEngine,
  type EntityClass,
  foreignKey,
  integer,
  MetaData,
  select,
  table,
  varchar,
} from "athanor";
import { type AutomapClass, automapBase, awaitable, map, type Relationship, Session, selectinload } from "athanor/orm";
import { describe, expect, test } from "vitest";
import { mapperOf } from "../../src/orm/instrumentation/entity.ts";
import { describeWithData } from "../support/data.ts";
import { forEachDatabase } from "../support/databases.ts";
import { runScript } from "../support/sql-script.ts";
import { relationshipsOf } from "./support/relationships-of.ts";

function company(): MetaData {
  const metadata = new MetaData();
  table("employee", metadata, {
    id: integer().primaryKey(),
    name: varchar(20),
    managerId: integer().nullable().references("employee.id", { name: "fk_manager", onDelete: "set null" }),
  });
  table("site", metadata, { country: varchar(2).primaryKey(), code: varchar(8).primaryKey() });
  table(
    "room",
    metadata,
    { id: integer().primaryKey(), country: varchar(2), siteCode: varchar(8), site: integer().nullable() },
    [foreignKey("fk_site").on("country", "siteCode").references(["site.country", "site.code"])],
  );
  table("task", metadata, {
    id: integer().primaryKey(),
    authorId: integer().references("employee.id", { name: "fk_author", onDelete: "cascade" }),
    reviewerId: integer().nullable().references("employee.id", { name: "fk_reviewer" }),
  });
  table("blocks", metadata, {
    taskId: integer().primaryKey().references("task.id", { name: "fk_blocker" }),
    blockedId: integer().primaryKey().references("task.id", { name: "fk_blocked" }),
  });
  table("label", metadata, { id: integer().primaryKey(), name: varchar(20) });
  table("task_label", metadata, {
    taskId: integer().primaryKey().references("task.id", { name: "fk_task" }),
    labelId: integer().primaryKey().references("label.id", { name: "fk_label" }),
  });
  table("keyless", metadata, { taskId: integer().references("task.id", { name: "fk_keyless" }), note: varchar(20) });
  return metadata;
}

interface Employee {
  readonly id: Column<number, "generated">;
  readonly name: Column<string>;
  readonly employee: Relationship<EmployeeClass, "oneOrNone">;
  readonly employee_collection: Relationship<EmployeeClass, "many">;
}
interface EmployeeClass extends AutomapClass<Employee> {}

forEachDatabase((database) => {
  describe("automap", () => {
    test("makes classes with relationships for every foreign key", async () => {
      const engine = createEngine(database.url);
      await company().createAll(engine);
      const Base = await automapBase().prepare(engine);
      expect(Object.keys(Base.classes).toSorted()).toEqual(["employee", "label", "room", "site", "task"]);
      expect(relationshipsOf(Base.classFor("employee"))).toEqual([
        "employee manyToOne employee employee_collection",
        "employee_collection oneToMany employee employee",
        "task_collection oneToMany task employee",
        "task_collection_by_reviewer_id oneToMany task employee_by_reviewer_id",
      ]);
      // The table has a column of the relationship's name.
      expect(relationshipsOf(Base.classFor("room"))).toEqual([
        "site_by_country_site_code manyToOne site room_collection",
      ]);
      expect(relationshipsOf(Base.classFor("task"))).toEqual([
        "employee manyToOne employee task_collection",
        "employee_by_reviewer_id manyToOne employee task_collection_by_reviewer_id",
        "label_collection manyToMany label task_collection",
        "task_collection manyToMany task task_collection_by_task_id",
        "task_collection_by_task_id manyToMany task task_collection",
      ]);
      const { cascades, passiveDeletes } =
        mapperOf(Base.classFor("employee")).relationshipsByKey.get("task_collection") ?? {};
      expect([cascades?.deleteOrphan, passiveDeletes]).toEqual([true, true]);
      await engine.dispose();
    });

    test("writes and reads through them", async () => {
      const engine = createEngine(database.url);
      await company().createAll(engine);
      const Base = await automapBase().prepare(engine);
      const Employee = Base.classFor<Employee>("employee");
      await using session = new Session(engine);
      const ada = new Employee({ name: "Ada" });
      ada.employee_collection.push(new Employee({ name: "Bob" }), new Employee({ name: "Cid" }));
      session.add(ada);
      await session.commit();
      session.expungeAll();
      const query = select(Employee).where(Employee.name.eq("Ada")).options(selectinload(Employee.employee_collection));
      const again = await session.scalars(query).one();
      expect(again.employee_collection.map(({ name }) => name).toSorted()).toEqual(["Bob", "Cid"]);
      const bob = await session
        .scalars(
          select(Employee)
            .where(Employee.employee.has(Employee.name.ne("x")))
            .orderBy(Employee.id),
        )
        .first();
      expect(bob?.name).toBe("Bob");
      await engine.dispose();
    });

    test("names classes and relationships as it is told", async () => {
      const engine = createEngine(database.url);
      await company().createAll(engine);
      const Base = await automapBase({
        classNameFor: (name) => name.charAt(0).toUpperCase() + name.slice(1),
        scalarRelationshipName: (_local, _referred, { columns }) => String(columns[0]?.name.replace(/_id$/, "")),
        collectionRelationshipName: (_local, referred, { columns }) =>
          `${referred.toLowerCase()}sAs_${columns[0]?.name}`,
        relationshipOptions: ({ direction }) => (direction === "manyToOne" ? { lazy: "joined" } : {}),
      }).prepare(engine, { only: ["employee", "task"] });
      expect(relationshipsOf(Base.classFor("Task"))).toEqual([
        "author manyToOne Employee tasksAs_author_id",
        "reviewer manyToOne Employee tasksAs_reviewer_id",
      ]);
      expect(mapperOf(Base.classFor("Task")).relationshipsByKey.get("author")?.lazy).toBe("joined");
      expect(() => Base.classFor("task")).toThrow('Classes are: "Employee", "Task"');
      await engine.dispose();
    });

    test("leaves classes alone that are declared, and refers to them", async () => {
      const engine = createEngine(database.url);
      await company().createAll(engine);
      const Base = automapBase();
      class Label extends Base.model("label", { id: integer().primaryKey(), text: varchar(20).name("name") }) {
        static {
          map(this);
        }
      }
      await Base.prepare(engine);
      expect(Object.keys(Base.classes)).not.toContain("label");
      expect(relationshipsOf(Label)).toEqual([]);
      expect(relationshipsOf(Base.classFor("task"))).toContain("label_collection manyToMany Label -");
      await engine.dispose();
    });
  });
});

describe("names in automap", () => {
  test("of two classes must differ", () => {
    const metadata = company();
    const Base = automapBase({ metadata, classNameFor: () => "Same" });
    expect(() => Base.prepare()).toThrow(/"employee" and "site" would both be mapped to a class "Same".*classNameFor/);
  });

  test("of two relationships must differ even with their columns", () => {
    const metadata = new MetaData();
    table("a", metadata, { id: integer().primaryKey() });
    table("b", metadata, { id: integer().primaryKey(), a: integer().references("a.id"), a_by_a: integer() });
    expect(() => automapBase({ metadata }).prepare()).toThrow(
      /b would have two attributes "a_by_a", one of them for the foreign key of "b.a".*scalarRelationshipName/,
    );
  });

  test("need no engine where the tables are known", () => {
    const Base = automapBase({ metadata: company() }).prepare();
    expect(Object.keys(Base.classes)).toHaveLength(5);
    expect(Base.prepare()).toBe(Base);
  });
});

interface Person {
  readonly employee_id: Column<number>;
  readonly last_name: Column<string>;
  readonly employees: Relationship<PersonClass, "oneOrNone">;
  readonly employees_collection: Relationship<PersonClass, "many">;
  readonly territories_collection: Relationship<EntityClass, "many">;
}
interface PersonClass extends AutomapClass<Person> {}

describeWithData("northwind/northwind-postgresql.sql", (path) => {
  forEachDatabase(
    (database) => {
      test("is mapped, and answers along composite, self-referential and many-to-many relationships", {
        timeout: 60_000,
      }, async () => {
        const engine = createEngine(database.url);
        await runScript(engine, path);
        const Base = await automapBase().prepare(engine);
        expect(Object.keys(Base.classes)).not.toContain("employee_territories");
        expect(relationshipsOf(Base.classFor("employees"))).toEqual([
          "employees manyToOne employees employees_collection",
          "employees_collection oneToMany employees employees",
          "orders_collection oneToMany orders employees",
          "territories_collection manyToMany territories employees_collection",
        ]);
        const Employee = Base.classFor<Person>("employees");
        await using session = new Session(engine);
        const boss = await session
          .scalars(
            select(Employee)
              .where(Employee.employees.eq(null))
              .options(selectinload(Employee.employees_collection), selectinload(Employee.territories_collection)),
          )
          .one();
        expect([boss.last_name, boss.employees_collection.length, boss.territories_collection.length]).toEqual([
          "Fuller",
          5,
          7,
        ]);
        const [someone] = boss.employees_collection;
        expect(someone === undefined ? null : await awaitable(someone).employees).toBe(boss);
        await engine.dispose();
      });
    },
    { dialect: "postgresql" },
  );
});
