import { ArgumentError, boolean, createEngine, type Engine, func, integer, select, update, varchar } from "athanor";
import {
  aliased,
  awaitable,
  columnProperty,
  containsEager,
  declarativeBase,
  discriminator,
  hybrid,
  inspect,
  joinedload,
  loadOnly,
  many,
  map,
  oneOrNone,
  Session,
  selectinload,
  synonym,
  withPolymorphic,
} from "athanor/orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forEachDatabase } from "../support/databases.ts";
import { refused } from "../support/refused.ts";
import { sent } from "./support/library.ts";

const Base = declarativeBase();
class Zoo extends Base.model("zoos", {
  id: integer().primaryKey(),
  name: varchar(20),
  get animals() {
    return many(() => Animal, { backPopulates: "zoo" });
  },
  get fish() {
    return many(() => Fish, { overlaps: "zoo" });
  },
}) {
  static {
    map(this);
  }
}
class Animal extends Base.model("animals", {
  id: integer().primaryKey(),
  name: varchar(20),
  weight: integer(),
  zooId: integer()
    .references(() => Zoo.id)
    .nullable(),
  get zoo() {
    return oneOrNone(() => Zoo, { backPopulates: "animals" });
  },
  get label() {
    return columnProperty(() => Animal.name.concat("!"));
  },
  get namesakes() {
    const count = () => {
      const other = aliased(Animal, "other");
      return select(func.count(other.id)).where(other.name.eq(Animal.name)).scalarSubquery();
    };
    return columnProperty(count, { deferred: true });
  },
  get isHeavy() {
    return hybrid(() => Animal.weight.gt(100));
  },
  get title() {
    return synonym(() => Animal.name);
  },
}) {
  static {
    map(this);
  }
}
class Fish extends Animal.inherit("fish", { depth: integer(), isSalty: boolean() }, { concrete: true }) {
  static {
    map(this);
  }
}
/** Concrete below a concrete class, and the top of a hierarchy of a single table. */
class Bird extends Animal.inherit(
  "birds",
  { sort: discriminator(varchar(10)), song: varchar(20).nullable() },
  { concrete: true, polymorphicIdentity: "bird" },
) {
  static {
    map(this);
  }
}
class Duck extends Bird.inherit({ ponds: integer() }, { polymorphicIdentity: "duck" }) {
  static {
    map(this);
  }
}
class Shark extends Fish.inherit("sharks", { teeth: integer(), depth: integer() }, { concrete: true }) {
  static {
    map(this);
  }
}

const classOf = (object: object) => inspect(object).mapper.className;
const selects = (log: readonly string[]) => log.filter((each) => each.startsWith("SELECT")).length;

describe("classes that share no rows", () => {
  forEachDatabase((database) => {
    let engine: Engine;
    let s: Session;
    beforeEach(async () => {
      engine = createEngine(database.url);
      await Base.metadata.createAll(engine);
      s = new Session(engine);
      const zoo = new Zoo({ name: "Berlin" });
      s.addAll([
        new Animal({ name: "Rex", weight: 30, zoo }),
        new Fish({ name: "Nemo", weight: 1, depth: 9, isSalty: true, zoo }),
        new Fish({ name: "Moby", weight: 200, depth: 900, isSalty: true }),
        new Bird({ name: "Tux", weight: 20, song: "la" }),
        new Duck({ name: "Donald", weight: 5, ponds: 2, zoo }),
        new Shark({ name: "Jaws", weight: 500, depth: 50, teeth: 300, isSalty: true }),
      ]);
      await s.commit();
      s.expungeAll();
    });
    afterEach(async () => {
      await s.close();
      await engine.dispose();
    });

    test("a query for all of them is one statement, and rows become objects of their classes", async () => {
      const log = sent(engine);
      const all = withPolymorphic(Animal, "*");
      const found = await s.scalars(select(all).orderBy(all.name)).all();
      expect(selects(log())).toBe(1);
      expect(found.map((each) => [each.name, classOf(each), each.id])).toEqual([
        ["Donald", "Duck", 2],
        ["Jaws", "Shark", 1],
        ["Moby", "Fish", 2],
        ["Nemo", "Fish", 1],
        ["Rex", "Animal", 1],
        ["Tux", "Bird", 1],
      ]);
      const [donald, jaws, moby, , , tux] = found as [Duck, Shark, Fish, Fish, Animal, Bird];
      expect([donald.ponds, donald.sort, donald.song, tux.song]).toEqual([2, "duck", null, "la"]);
      expect([jaws.teeth, jaws.depth, jaws.isSalty, moby.depth, moby.isSalty]).toEqual([300, 50, true, 900, true]);
      expect(found.map(({ label }) => label)).toEqual(["Donald!", "Jaws!", "Moby!", "Nemo!", "Rex!", "Tux!"]);
      expect(inspect(moby).unloaded.filter((key) => key !== "zoo" && key !== "namesakes")).toEqual([]);
    });

    test("equal keys of two classes are two objects, and each is the one that its own class gives", async () => {
      const all = withPolymorphic(Animal, "*");
      const found = await s.scalars(select(all).where(all.id.eq(1)).orderBy(all.name)).all();
      expect(found.map(classOf)).toEqual(["Shark", "Fish", "Animal", "Bird"]);
      expect(new Set(found).size).toBe(4);
      expect(await s.get(Fish, 1)).toBe(found[1]);
      expect(await s.get(Animal, 1)).toBe(found[2]);
      expect((await s.get(Animal, 2)) === null).toBe(true);
      const [, nemo] = found;
      if (nemo !== undefined) nemo.name = "Dory";
      await s.commit();
      expect(await s.scalars(select(Fish.name).orderBy(Fish.id)).all()).toEqual(["Dory", "Moby"]);
      expect(await s.scalars(select(Animal.name)).all()).toEqual(["Rex"]);
    });

    test("conditions, orders and limits on attributes of all, and of one of them", async () => {
      const all = withPolymorphic(Animal, { Fish, Duck });
      const heavy = await s.scalars(select(all).where(all.isHeavy).orderBy(all.label)).all();
      expect(heavy.map(classOf)).toEqual(["Fish"]);
      const lightest = await s.scalars(select(all).orderBy(all.weight.desc()).limit(2).offset(1)).all();
      expect(lightest.map(({ title }) => title)).toEqual(["Rex", "Donald"]);
      const deep = select(all).where(all.Fish.depth.gt(10));
      expect((await s.scalars(deep).all()).map(({ name }) => name)).toEqual(["Moby"]);
      const rows = await s.execute(select(all.name, all.Duck.ponds).orderBy(all.name));
      expect(rows.all().map((row) => [...row])).toEqual([
        ["Donald", 2],
        ["Moby", null],
        ["Nemo", null],
        ["Rex", null],
      ]);
      const parts = await s.execute(select(all.name, all.Fish).orderBy(all.name));
      expect(parts.all().map((row) => row[1]?.depth ?? null)).toEqual([null, 900, 9, null]);
      const counted = withPolymorphic(Animal, "*");
      expect(await s.scalar(select(func.count()).selectFrom(counted))).toBe(6);
    });

    test("an intermediate class is asked for with those below it, and twice beside itself", async () => {
      const fish = withPolymorphic(Fish, "*", { name: "f" });
      const other = withPolymorphic(Fish, [Shark], { aliased: true });
      const pairs = await s.execute(
        select(fish, other).join(other, other.weight.gt(fish.weight)).orderBy(fish.name, other.name),
      );
      expect(pairs.all().map(([a, b]) => [a.name, b.name])).toEqual([
        ["Moby", "Jaws"],
        ["Nemo", "Jaws"],
        ["Nemo", "Moby"],
      ]);
    });

    test("relationships that the tables have are there for each class, and are loaded for all", async () => {
      const all = withPolymorphic(Animal, "*");
      const log = sent(engine);
      const found = await s.scalars(select(all).options(selectinload(all.zoo)).orderBy(all.name)).all();
      expect(found.map(({ zoo }) => zoo?.name ?? null)).toEqual(["Berlin", null, null, "Berlin", "Berlin", null]);
      expect(selects(log())).toBeLessThanOrEqual(4);
      s.expungeAll();
      const inBerlin = await s
        .scalars(
          select(all)
            .where(all.zoo.has(Zoo.name.eq("Berlin")))
            .orderBy(all.name),
        )
        .all();
      expect(inBerlin.map(({ name }) => name)).toEqual(["Donald", "Nemo", "Rex"]);
      const zoo = await s.scalars(select(Zoo).options(selectinload(Zoo.animals), selectinload(Zoo.fish))).one();
      expect([zoo.animals.map(({ name }) => name), zoo.fish.map(({ name }) => name)]).toEqual([["Rex"], ["Nemo"]]);
    });

    test("joins of the query fill the relationship of each class, and joinedload() is a statement of its own", async () => {
      const all = withPolymorphic(Animal, "*");
      const joined = select(all).join(all.zoo).options(containsEager(all.zoo)).orderBy(all.name);
      const found = await s.scalars(joined).all();
      expect(found.map(({ name, zoo }) => [name, zoo?.name])).toEqual([
        ["Donald", "Berlin"],
        ["Nemo", "Berlin"],
        ["Rex", "Berlin"],
      ]);
      s.expungeAll();
      const again = await s.scalars(select(all).options(joinedload(all.zoo)).orderBy(all.name).limit(2)).all();
      expect(again.map(({ zoo }) => zoo?.name ?? null)).toEqual(["Berlin", null]);
    });

    test("joins that cannot be are refused, and a class that is not among those that were given", async () => {
      await refused(() => withPolymorphic(Animal, { Fish }, { innerJoin: true }), ArgumentError, "Fish", "innerJoin");
      await refused(() => withPolymorphic(Animal, { Fish }).of(Shark), ArgumentError, "Shark", "Fish");
    });

    test("what is left out is loaded when it is asked for", async () => {
      const all = withPolymorphic(Animal, "*");
      const found = await s
        .scalars(select(all).options(loadOnly(all.name), selectinload(all.zoo)).orderBy(all.name))
        .all();
      const [donald] = found;
      expect(inspect(donald as object).unloaded).toContain("weight");
      if (!(donald instanceof Duck)) return expect.unreachable("Donald is a duck");
      expect(await awaitable(donald).weight).toBe(5);
      expect([donald.zoo?.name, await awaitable(donald).ponds]).toEqual(["Berlin", 2]);
    });

    test("statements of a class leave objects of concrete classes below it alone", async () => {
      const nemo = await s.getOne(Fish, 1);
      const rex = await s.getOne(Animal, 1);
      await s.execute(update(Animal).values({ weight: 77 }).where(Animal.weight.lt(1000)));
      expect([nemo.weight, rex.weight]).toEqual([1, 77]);
    });

    test("what is derived from columns is derived from the class's own table", async () => {
      const [moby] = await s
        .scalars(select(Fish).where(Fish.isHeavy, Fish.label.eq("Moby!"), Fish.title.eq("Moby")))
        .all();
      expect([moby?.name, moby?.label, moby?.isHeavy]).toEqual(["Moby", "Moby!", true]);
      expect(String(select(Fish.label))).not.toContain("animals");
      expect(await s.scalars(select(Fish.namesakes).where(Fish.name.eq("Moby"))).all()).toEqual([0]);
      const other = aliased(Duck, "other");
      expect(await s.scalars(select(other.label).where(other.isHeavy.eq(false))).all()).toEqual(["Donald!"]);
    });
  });

  test("a relationship whose foreign keys lead to the table of the class above has to be declared again", async () => {
    const make = (again: boolean) => {
      const Other = declarativeBase();
      class Thing extends Other.model("things", {
        id: integer().primaryKey(),
        ownerId: integer().references("owners.id"),
        houseId: again ? integer().references("houses.id").nullable() : integer().nullable(),
      }) {
        static {
          map(this);
        }
      }
      const things = {
        get things() {
          return many(() => Thing);
        },
      };
      class Owner extends Other.model("owners", {
        id: integer().primaryKey(),
        get things() {
          return many(() => Thing);
        },
      }) {
        static {
          map(this);
        }
      }
      class House extends Owner.inherit("houses", again ? things : {}, { concrete: true }) {
        static {
          map(this);
        }
      }
      return House;
    };
    await refused(
      () => select(make(false)),
      ArgumentError,
      "House.things",
      "Owner",
      '"houses"',
      "Declare things again",
    );
    expect(String(select(make(true)))).toContain("houses");
  });
});
