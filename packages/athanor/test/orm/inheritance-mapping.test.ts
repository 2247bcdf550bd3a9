import {
  ArgumentError,
  caseWhen,
  createSyncEngine,
  DuplicateColumnError,
  enumType,
  InvalidRequestError,
  integer,
  listen,
  NoForeignKeysError,
  type SyncEngine,
  select,
  sqlText,
  UnmappedClassError,
  varchar,
} from "athanor";
import { declarativeBase, discriminator, inspect, map, SyncSession } from "athanor/orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forEachDatabase } from "../support/databases.ts";
import { refused } from "../support/refused.ts";

/** A base of one's own for each test, with a topmost class. */
function animals() {
  const Base = declarativeBase();
  class Animal extends Base.model("animals", {
    id: integer().primaryKey(),
    kind: discriminator(varchar(20)),
    name: varchar(20).nullable(),
  }) {
    static {
      map(this, [], { polymorphicIdentity: "animal" });
    }
  }
  const id = integer()
    .primaryKey()
    .references(() => Animal.id);
  return { Base, Animal, id };
}

describe("the mapping of classes that inherit", () => {
  forEachDatabase(
    (database) => {
      let engine: SyncEngine;
      let s: SyncSession;
      beforeEach(() => {
        engine = createSyncEngine(database.url);
        s = new SyncSession(engine);
      });
      afterEach(() => {
        s.close();
        engine.dispose();
      });

      test("a subclass that was never mapped is refused when it is used, and when a row asks for it", async () => {
        const { Base, Animal } = animals();
        class Dog extends Animal.inherit({ bark: varchar(9).nullable() }, { polymorphicIdentity: "dog" }) {}
        Base.metadata.createAll(engine);
        await refused(() => new Dog({}), UnmappedClassError, "Dog", "map(this)");
        await refused(() => select(Dog), UnmappedClassError, "Dog");
        s.add(new Animal({ kind: "dog" }));
        s.commit();
        s.expungeAll();
        await refused(
          () => s.scalars(select(Animal)).all(),
          InvalidRequestError,
          '"dog"',
          "never mapped",
          "Animal.inherit",
        );
      });

      test("a class without objects of its own is queried, but not made", async () => {
        const { Base, Animal } = animals();
        class Pet extends Animal.inherit({}, { polymorphicAbstract: true }) {
          static {
            map(this);
          }
        }
        class Cat extends Pet.inherit({ lives: integer() }, { polymorphicIdentity: "cat" }) {
          static {
            map(this);
          }
        }
        Base.metadata.createAll(engine);
        await refused(() => new Pet({}), InvalidRequestError, "Pet", "polymorphicAbstract");
        s.addAll([new Cat({ lives: 9 }), new Animal({})]);
        s.commit();
        s.expungeAll();
        expect(
          s
            .scalars(select(Pet))
            .all()
            .map((each) => each instanceof Cat),
        ).toEqual([true]);
      });

      test("numbers, enumerations and expressions tell classes apart", () => {
        const Base = declarativeBase();
        class Shape extends Base.model("shapes", { id: integer().primaryKey(), sides: integer() }) {
          static {
            map(this, [], { polymorphicOn: "sides", polymorphicIdentity: 0 });
          }
        }
        class Triangle extends Shape.inherit({}, { polymorphicIdentity: 3 }) {
          static {
            map(this);
          }
        }
        class Job extends Base.model("jobs", {
          id: integer().primaryKey(),
          state: discriminator(enumType("state", ["open", "done"])),
          cost: integer().default(0),
        }) {
          static {
            map(this, [], { polymorphicIdentity: "open" });
          }
        }
        class Done extends Job.inherit({}, { polymorphicIdentity: "done" }) {
          static {
            map(this);
          }
        }
        class Item extends Base.model("items", { id: integer().primaryKey(), price: integer() }) {
          static {
            map(this, [], {
              polymorphicOn: () => caseWhen(Item.price.gt(100), "dear").else("cheap"),
              polymorphicIdentity: "cheap",
            });
          }
        }
        class Dear extends Item.inherit({}, { polymorphicIdentity: "dear" }) {
          static {
            map(this);
          }
        }
        Base.metadata.createAll(engine);
        s.addAll([
          new Triangle({ sides: 3 }),
          new Done({}),
          new Job({}),
          new Item({ price: 5 }),
          new Item({ price: 500 }),
        ]);
        s.commit();
        s.expungeAll();
        expect(s.scalars(select(Shape)).one()).toBeInstanceOf(Triangle);
        expect(
          s
            .scalars(select(Job).orderBy(Job.id))
            .all()
            .map((each) => each instanceof Done),
        ).toEqual([true, false]);
        expect(
          s
            .scalars(select(Item).orderBy(Item.id))
            .all()
            .map((each) => each instanceof Dear),
        ).toEqual([false, true]);
        expect(s.scalars(select(Dear)).one().price).toBe(500);
      });

      test("a concrete class has a table with everything, and shares no row", () => {
        const { Base, Animal } = animals();
        class Fish extends Animal.inherit(
          "fish",
          { depth: integer() },
          { concrete: true, polymorphicIdentity: "fish" },
        ) {
          static {
            map(this);
          }
        }
        Base.metadata.createAll(engine);
        s.addAll([new Fish({ name: "Nemo", depth: 9 }), new Animal({ name: "Rex" })]);
        s.commit();
        s.expungeAll();
        expect(s.scalars(select(Fish)).one()).toMatchObject({ id: 1, name: "Nemo", depth: 9 });
        expect(s.scalars(select(Animal.name)).all()).toEqual(["Rex"]);
        expect(s.getOne(Animal, 1)).not.toBe(s.getOne(Fish, 1));
        expect(s.getOne(Fish, 1)).toBeInstanceOf(Animal);
      });

      test("handlers of a class hear of objects of the classes below it", () => {
        const { Base, Animal, id } = animals();
        class Bird extends Animal.inherit("birds", { id, song: varchar(9) }, { polymorphicIdentity: "bird" }) {
          static {
            map(this);
          }
        }
        Base.metadata.createAll(engine);
        const heard: string[] = [];
        listen(Animal, "beforeInsert", (object) => {
          heard.push(inspect(object).mapper.className);
        });
        s.addAll([new Bird({ song: "la" }), new Animal({})]);
        s.flush();
        expect(heard.sort()).toEqual(["Animal", "Bird"]);
      });

      test("keys that are given, and columns that nobody gave, are what they are in every table", () => {
        const { Base, Animal, id } = animals();
        class Bird extends Animal.inherit(
          "birds",
          { id, song: varchar(9).nullable(), tone: varchar(9).serverDefault("C") },
          { polymorphicIdentity: "bird" },
        ) {
          static {
            map(this);
          }
        }
        Base.metadata.createAll(engine);
        const bird = new Bird({ id: 7 });
        s.add(bird);
        s.commit();
        expect([bird.id, bird.song, bird.tone]).toEqual([7, null, "C"]);
        expect(
          s
            .execute(sqlText("SELECT id, tone FROM birds"))
            .all()
            .map((row) => [...row]),
        ).toEqual([[7, "C"]]);
      });
    },
    { synchronous: true },
  );

  test("names that clash, tables without a key to the parent, and misplaced options are refused", async () => {
    const { Animal } = animals();
    await refused(
      () => {
        class A extends Animal.inherit({ name: varchar(9) }, { polymorphicIdentity: "a" }) {
          static {
            map(this);
          }
        }
        select(A);
      },
      DuplicateColumnError,
      "name",
    );
    const second = animals();
    await refused(
      () => {
        class B extends second.Animal.inherit("bs", { id: integer().primaryKey() }, { polymorphicIdentity: "b" }) {
          static {
            map(this);
          }
        }
        select(B).compile();
      },
      NoForeignKeysError,
      "B inherits from Animal",
      "references",
    );
    const third = animals();
    await refused(
      () => {
        class C extends third.Animal.inherit({}, { polymorphicIdentity: "animal" }) {
          static {
            map(this);
          }
        }
        select(C);
      },
      ArgumentError,
      "polymorphicIdentity",
      "Animal",
    );
  });
});
