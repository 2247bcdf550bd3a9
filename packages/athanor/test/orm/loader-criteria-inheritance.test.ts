import { createEngine, type Engine, func, integer, select, varchar } from "athanor";
import {
  declarativeBase,
  joinedload,
  many,
  map,
  one,
  Session,
  selectinload,
  sessionmaker,
  withLoaderCriteria,
} from "athanor/orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forEachDatabase } from "../support/databases.ts";

const Base = declarativeBase();
class Team extends Base.model("teams", {
  id: integer().primaryKey(),
  get staff() {
    return many(() => Person, { backPopulates: "team", orderBy: () => Person.id });
  },
}) {
  static {
    map(this);
  }
}
class Person extends Base.model("people", {
  id: integer().primaryKey(),
  kind: varchar(10).nullable(),
  name: varchar(20),
  left: integer().nullable(),
  teamId: integer().references(() => Team.id),
  get team() {
    return one(() => Team, { backPopulates: "staff" });
  },
}) {
  static {
    map(this, [], { polymorphicOn: "kind", polymorphicIdentity: "person" });
  }
}
/** With a table of its own. */
class Engineer extends Person.inherit("engineers", {
  id: integer()
    .references(() => Person.id)
    .primaryKey(),
  language: varchar(10),
}) {
  static {
    map(this, [], { polymorphicIdentity: "engineer" });
  }
}
/** In the table of its parent. */
class Clerk extends Person.inherit({ desk: integer().nullable() }) {
  static {
    map(this, [], { polymorphicIdentity: "clerk" });
  }
}

forEachDatabase((database) => {
  let engine: Engine;
  let session: Session;
  beforeEach(async () => {
    engine = createEngine(database.url);
    await Base.metadata.createAll(engine);
    await sessionmaker(engine).begin((setup) => {
      setup.add(
        new Team({
          id: 1,
          staff: [
            new Person({ id: 1, name: "p" }),
            new Engineer({ id: 2, name: "e1", language: "C" }),
            new Engineer({ id: 3, name: "e2", language: "ML", left: 5 }),
            new Clerk({ id: 4, name: "c1", desk: 1 }),
            new Clerk({ id: 5, name: "c2", desk: 2, left: 6 }),
          ],
        }),
      );
    });
    session = new Session(engine);
  });
  afterEach(async () => {
    await session.close();
    await engine.dispose();
  });

  const here = withLoaderCriteria(Person, (person) => person.left.is(null));
  const names = (people: readonly Person[]) => people.map(({ name }) => name);

  describe("criteria of a class with subclasses", () => {
    test("count for all of them, whichever tables they have", async () => {
      expect(names(await session.scalars(select(Person).orderBy(Person.id).options(here)).all())).toEqual([
        "p",
        "e1",
        "c1",
      ]);
      expect(names(await session.scalars(select(Engineer).options(here)).all())).toEqual(["e1"]);
      expect(names(await session.scalars(select(Clerk).options(here)).all())).toEqual(["c1"]);
      expect(await session.scalars(select(Engineer.language).options(here)).all()).toEqual(["C"]);
      expect(await session.scalar(select(func.count()).selectFrom(Engineer).options(here))).toBe(1);
    });

    test("of a subclass, count for it alone", async () => {
      const inC = withLoaderCriteria(Engineer, Engineer.language.ne("ML"));
      expect(names(await session.scalars(select(Engineer).options(inC)).all())).toEqual(["e1"]);
      const firstDesk = withLoaderCriteria(Clerk, Clerk.desk.eq(1));
      expect(names(await session.scalars(select(Clerk).options(firstDesk)).all())).toEqual(["c1"]);
      expect(await session.scalars(select(Person).options(inC, firstDesk)).all()).toHaveLength(5);
    });

    test("count for what is loaded along", async () => {
      for (const loader of [selectinload, joinedload]) {
        const team = await session
          .scalars(select(Team).options(loader(Team.staff), here))
          .unique()
          .one();
        expect(names(team.staff)).toEqual(["p", "e1", "c1"]);
        session.expungeAll();
      }
      const two = selectinload(Team.staff, { orderBy: Person.id.desc(), limit: 2 });
      const team = await session.scalars(select(Team).options(two, here)).one();
      expect(team.staff.map((person) => [person.constructor, person.name])).toEqual([
        [Clerk, "c1"],
        [Engineer, "e1"],
      ]);
    });
  });
});
