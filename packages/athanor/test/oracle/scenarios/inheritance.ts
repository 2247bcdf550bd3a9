import { integer, select, sqlText, varchar } from "athanor";
import { declarativeBase, discriminator, inspect, map, selectinPolymorphic, withPolymorphic } from "athanor/orm";
import { Boss, Employee, Engineer, OrgBase, Vehicle } from "../orm-models/org.ts";
import type { ScenarioArea } from "../scenario-case.ts";
import { loaded } from "../trace.ts";

export const keyOnce = {
  reason: "the key of tables that are joined is one value, which is selected once",
  statements: true,
} as const;

const classOf = (object: object | null) => (object === null ? null : inspect(object).mapper.className);

export const inheritance: ScenarioArea = {
  name: "inheritance",
  scenarios: {
    "inheritance/joined-batch": (t) => {
      t.create(OrgBase.metadata);
      const s = t.session();
      const common = { dept: "d", salary: "1", hired: "2024-01-01", versionId: 0 };
      s.addAll([
        new Engineer({ name: "a", language: "x", ...common }),
        new Boss({ name: "b", budget: 1, ...common }),
        new Engineer({ name: "c", language: "y", ...common }),
        new Employee({ name: "d", ...common }),
      ]);
      s.flush();
      s.commit();
      t.fact("rows", t.rows("select kind, name from employees order by name"));
    },

    "inheritance/polymorphic-load": (t) => {
      t.fixture();
      const s = t.session();
      const people = s.scalars(select(Employee).orderBy(Employee.id)).all();
      t.fact("classes", people.map(classOf));
      t.count("languages", () => people.map((each) => (each instanceof Engineer ? each.language : null)));
    },

    "inheritance/polymorphic-get": (t) => {
      t.fixture();
      const s = t.session();
      t.fact("class", classOf(s.get(Employee, 2)));
      t.fact("wrong", s.get(Boss, 2));
      s.expungeAll();
      t.fact("wrong cold", s.get(Boss, 2));
      t.fact("right", s.get(Engineer, 2)?.language);
    },

    "inheritance/polymorphic-strategies": (t) => {
      t.fixture();
      const languages = (people: readonly Employee[]) =>
        people.map((each) => (each instanceof Engineer ? each.language : null));
      const first = t.session();
      t.count("selectin", () => {
        const query = select(Employee)
          .options(selectinPolymorphic(Employee, [Engineer, Boss]))
          .orderBy(Employee.id);
        t.fact("a", languages(first.scalars(query).all()));
      });
      first.close();
      const second = t.session();
      t.count("with_polymorphic", () => {
        const people = withPolymorphic(Employee, "*");
        t.fact("b", languages(second.scalars(select(people).orderBy(people.id)).all()));
      });
      second.close();
    },

    "inheritance/polymorphic-load-mapping": (t) => {
      const Base = declarativeBase();
      class Animal extends Base.model("animal", { id: integer().primaryKey(), type: discriminator(varchar(20)) }) {
        static {
          map(this, [], { polymorphicIdentity: "animal" });
        }
      }
      const id = integer()
        .primaryKey()
        .references(() => Animal.id);
      class Dog extends Animal.inherit(
        "dog",
        { id, bark: varchar(20) },
        { polymorphicIdentity: "dog", polymorphicLoad: "inline" },
      ) {
        static {
          map(this);
        }
      }
      class Cat extends Animal.inherit(
        "cat",
        { id, purr: varchar(20) },
        { polymorphicIdentity: "cat", polymorphicLoad: "selectin" },
      ) {
        static {
          map(this);
        }
      }
      t.create(Base.metadata);
      const s = t.session();
      t.quiet(() => {
        s.addAll([new Dog({ bark: "w" }), new Cat({ purr: "p" }), new Animal({})]);
        s.commit();
        s.expungeAll();
      });
      t.count("query", () => {
        const animals = s.scalars(select(Animal).orderBy(Animal.id)).all();
        t.fact(
          "loaded",
          animals.map((each) => [classOf(each), loaded(each)]),
        );
      });
    },

    "inheritance/unknown-identity": (t) => {
      t.fixture();
      const s = t.session();
      t.quiet(() => s.execute(sqlText("update vehicles set type = 'boat' where id = 4")));
      t.raises("load", () => s.scalars(select(Vehicle)).all());
    },
  },
  deviations: {
    "inheritance/polymorphic-get": keyOnce,
    "inheritance/polymorphic-strategies": keyOnce,
    "inheritance/polymorphic-load-mapping": keyOnce,
  },
};
