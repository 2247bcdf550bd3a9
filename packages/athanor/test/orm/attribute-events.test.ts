import { inspect as printed } from "node:util";
import {
  createEngine,
  createSyncEngine,
  hasListener,
  insert,
  integer,
  json,
  listen,
  removeListener,
  select,
  varchar,
} from "athanor";
import {
  attributeOf,
  declarativeBase,
  inspect,
  many,
  map,
  oneOrNone,
  Session,
  SyncSession,
  synonym,
  validates,
} from "athanor/orm";
import { afterEach, describe, expect, test } from "vitest";
import { forEachDatabase } from "../support/databases.ts";

const Base = declarativeBase();
class Person extends Base.model("persons", {
  id: integer().primaryKey(),
  name: varchar(50),
  nick: varchar(50).nullable(),
  tags: json<string[]>().default([]),
  get pets() {
    return many(() => Pet, { backPopulates: "owner", orderBy: () => Pet.id });
  },
  get badges() {
    return many(() => Badge, { collection: "set" });
  },
}) {
  static {
    map(this);
  }
}
class Pet extends Base.model("pets", {
  id: integer().primaryKey(),
  ownerId: integer()
    .nullable()
    .references(() => Person.id),
  name: varchar(50),
  get owner() {
    return oneOrNone(() => Person, { backPopulates: "pets" });
  },
}) {
  static {
    map(this);
  }
}
class Badge extends Base.model("badges", {
  id: integer().primaryKey(),
  personId: integer()
    .nullable()
    .references(() => Person.id),
  title: varchar(20),
}) {
  static {
    map(this);
  }
}

const undo: (() => void)[] = [];
afterEach(() => {
  for (const each of undo.splice(0)) each();
});
/** Listens until the test is over. */
const listening: typeof listen = (target, event, handler, options) => {
  listen(target, event, handler, options);
  undo.push(() => removeListener(target, event, handler));
};

describe("attributes tell", () => {
  test("of values that are assigned, and take others in their place", () => {
    const log: unknown[] = [];
    listening(attributeOf(Person, "name"), "set", (person, name, before, { className, key, operation }) => {
      log.push([person instanceof Person, name, before, className, key, operation]);
      return name.trim();
    });
    listening(attributeOf(Person, "name"), "set", (_person, name) => void log.push(name));
    const person = new Person({ name: " A " });
    person.name = "B ";
    expect(person.name).toBe("B");
    expect(log).toEqual([
      [true, " A ", undefined, "Person", "name", "set"],
      "A",
      [true, "B ", "A", "Person", "name", "set"],
      "B",
    ]);
  });

  test("and objects look as they would without", () => {
    listening(attributeOf(Person, "name"), "set", () => {});
    const person = new Person({ id: 1, name: "A" });
    expect(Object.keys(person)).toEqual(["id", "name"]);
    expect({ ...person }).toEqual({ id: 1, name: "A" });
    expect(person).toEqual({ id: 1, name: "A" });
    expect(JSON.stringify(person)).toBe('{"id":1,"name":"A"}');
    expect(structuredClone({ ...person })).toEqual(structuredClone(person));
    expect(printed(person)).toBe("Person { id: 1, name: 'A' }");
    expect(Object.hasOwn(person, "nick")).toBe(false);
    expect("name" in person).toBe(true);
  });

  test("of both sides of a relationship, each once, with the side that began", () => {
    const log: string[] = [];
    listening(
      attributeOf(Person, "pets"),
      "append",
      (person, pet, { key }) => void log.push(`${person.name} + ${pet.name} by ${key}`),
    );
    listening(
      attributeOf(Person, "pets"),
      "remove",
      (person, pet, { key }) => void log.push(`${person.name} - ${pet.name} by ${key}`),
    );
    listening(
      attributeOf(Pet, "owner"),
      "set",
      (pet, owner, before, { key }) => void log.push(`${pet.name}: ${before?.name} → ${owner?.name} by ${key}`),
    );
    const [a, b, pet] = [new Person({ name: "A" }), new Person({ name: "B" }), new Pet({ name: "x" })];
    a.pets.push(pet);
    expect(log.splice(0)).toEqual(["A + x by pets", "x: undefined → A by pets"]);
    pet.owner = b;
    expect(log.splice(0)).toEqual(["x: A → B by owner", "A - x by owner", "B + x by owner"]);
    b.pets = [];
    expect(log.splice(0)).toEqual(["B - x by pets", "x: B → undefined by pets"]);
    expect([a.pets.length, b.pets.length, pet.owner]).toEqual([0, 0, null]);
  });

  test("of a collection that is replaced: of the whole, and of what differs", () => {
    const log: string[] = [];
    listening(
      attributeOf(Person, "pets"),
      "bulkReplace",
      (_person, pets) => void log.push(`all ${pets.map(({ name }) => name)}`),
    );
    listening(attributeOf(Person, "pets"), "append", (_person, { name }) => void log.push(`+ ${name}`));
    listening(attributeOf(Person, "pets"), "remove", (_person, { name }) => void log.push(`- ${name}`));
    const [x, y, z] = ["x", "y", "z"].map((name) => new Pet({ name })) as [Pet, Pet, Pet];
    const person = new Person({ name: "A", pets: [x, y] });
    log.length = 0;
    person.pets = [y, z];
    expect(log).toEqual(["all y,z", "+ z", "- x"]);
    listening(attributeOf(Person, "pets"), "bulkReplace", (_person, pets) => void pets.push(x));
    person.pets = [z];
    expect(person.pets).toEqual([z, x]);
  });

  test("of a Set that is given what it has", () => {
    const log: string[] = [];
    listening(attributeOf(Person, "badges"), "append", (_person, { title }) => void log.push(`+ ${title}`));
    listening(attributeOf(Person, "badges"), "appendWoMutation", (_person, { title }) => void log.push(`= ${title}`));
    const badge = new Badge({ title: "b" });
    const person = new Person({ name: "A" });
    person.badges.add(badge).add(badge);
    expect([log, person.badges.size]).toEqual([["+ b", "= b"], 1]);
  });

  test("nothing when a handler throws: all is as it was", () => {
    const refuse = (): never => {
      throw new Error("no");
    };
    const [a, b, pet] = [new Person({ name: "A" }), new Person({ name: "B" }), new Pet({ name: "x" })];
    a.pets.push(pet);
    listening(attributeOf(Person, "pets"), "append", refuse);
    expect(() => b.pets.push(pet)).toThrow("no");
    expect(() => {
      pet.owner = b;
    }).toThrow("no");
    listening(attributeOf(Person, "pets"), "remove", refuse);
    expect(() => {
      pet.owner = null;
    }).toThrow("no");
    expect(() => {
      a.pets.length = 0;
    }).toThrow("no");
    expect([a.pets, b.pets, pet.owner]).toEqual([[pet], [], a]);
  });

  test("what a column without a value is read as", () => {
    listening(attributeOf(Person, "nick"), "initScalar", () => "none");
    const person = new Person({ name: "A" });
    expect([person.nick, Object.hasOwn(person, "nick")]).toEqual(["none", false]);
    person.nick = null;
    expect(person.nick).toBeNull();
  });

  test("of collections that are made and given up", () => {
    const log: string[] = [];
    listening(attributeOf(Person, "pets"), "initCollection", (_person, pets) => void log.push(`made ${pets.length}`));
    listening(
      attributeOf(Person, "pets"),
      "disposeCollection",
      (_person, pets) => void log.push(`gone ${pets.length}`),
    );
    const engine = createSyncEngine("sqlite:///:memory:");
    Base.metadata.createAll(engine);
    using session = new SyncSession(engine);
    const person = new Person({ name: "A", pets: [new Pet({ name: "x" })] });
    session.add(person);
    expect(person.pets).toHaveLength(1);
    session.commit();
    expect(person.pets).toHaveLength(1);
    expect(log).toEqual(["made 1", "gone 1", "made 1"]);
  });

  test("handlers are counted, ordered, for once, and taken back", () => {
    const log: string[] = [];
    const name = attributeOf(Person, "name");
    const last = (): void => void log.push("last");
    listening(name, "set", last);
    listening(name, "set", () => void log.push("first"), { first: true });
    listening(name, "set", () => void log.push("once"), { once: true });
    const person = new Person({ name: "A" });
    person.name = "B";
    expect([hasListener(name, "set", last), removeListener(name, "set", last), hasListener(name, "set", last)]).toEqual(
      [true, true, false],
    );
    person.name = "C";
    expect(log).toEqual(["first", "last", "once", "first", "last", "first"]);
  });

  test("what was there before, if it was asked for", () => {
    const engine = createSyncEngine("sqlite:///:memory:");
    Base.metadata.createAll(engine);
    using session = new SyncSession(engine);
    const person = new Person({ name: "A", nick: "a" });
    session.add(person);
    session.commit();
    const log: unknown[] = [];
    listening(attributeOf(Person, "nick"), "set", (_person, _nick, before) => void log.push(before));
    person.nick = "b";
    session.rollback();
    listening(attributeOf(Person, "nick"), "set", (_person, _nick, before) => void log.push(before), {
      activeHistory: true,
    });
    person.nick = "c";
    expect(log).toEqual([undefined, "a", "a"]);
    expect(inspect(person).history("nick")).toEqual({ added: ["c"], unchanged: [], deleted: ["a"] });
  });

  test("unknown attributes and events are refused, and what follows from others", () => {
    const Other = declarativeBase();
    class Thing extends Other.model("things", { id: integer().primaryKey(), other: synonym("id") }) {
      static {
        map(this);
      }
    }
    expect(() => attributeOf(Thing, "other")).toThrow("follows from other attributes");
    expect(() => attributeOf(Person, "age" as "name")).toThrow('Person has no attribute "age"');
    expect(() => attributeOf({} as typeof Person, "name")).toThrow("takes a mapped class first");
    expect(() => listen(attributeOf(Person, "name"), "unset" as "set", () => {})).toThrow("There are: set, append");
  });
});

forEachDatabase((database) => {
  test("loading tells nobody; changes are found and written as ever", async () => {
    const engine = createEngine(database.url);
    await Base.metadata.createAll(engine);
    const log: unknown[] = [];
    listening(attributeOf(Person, "name"), "set", (_person, name, before) => void log.push([name, before]));
    listening(attributeOf(Person, "tags"), "set", (_person, tags) => void log.push(tags));
    listening(attributeOf(Pet, "ownerId"), "set", (_pet, id) => void log.push(["owner", id]));
    {
      await using session = new Session(engine);
      session.add(new Person({ name: "A", pets: [new Pet({ name: "x" })] }));
      await session.commit();
      expect(log.splice(0)).toEqual([
        ["A", undefined],
        ["owner", 1],
      ]);
    }
    await using session = new Session(engine);
    const person = await session.getOne(Person, 1);
    const [pet] = await session.scalars(select(Pet)).all();
    expect([Object.keys(person), person.tags, pet?.ownerId, log]).toEqual([["id", "name", "nick", "tags"], [], 1, []]);
    expect(session.dirty.size).toBe(0);
    person.tags.push("t");
    person.name = "B";
    expect(inspect(person).history("name")).toEqual({ added: ["B"], unchanged: [], deleted: ["A"] });
    await session.flush();
    expect(log.splice(0)).toEqual([["B", "A"]]);
    await session.refresh(person);
    person.name = "C";
    await session.rollback();
    expect([person.name, log.splice(0)]).toEqual(["A", [["C", "B"]]]);
    expect(await session.scalars(select(Person.name)).all()).toEqual(["A"]);
    await engine.dispose();
  });
});

describe("validators", () => {
  const Checked = declarativeBase();
  class User extends Checked.model("users", {
    id: integer().primaryKey(),
    email: varchar(50),
    backup: varchar(50).nullable(),
    get addresses() {
      return many(() => Address, { backPopulates: "user" });
    },
  }) {
    static {
      map(this);
      validates(this, ["email", "backup"], (_user, email, { key }) => {
        if (email !== null && !email.includes("@")) throw new RangeError(`${key}: ${email}`);
        return email === null ? null : email.toLowerCase();
      });
    }
  }
  class Address extends Checked.model("addresses", {
    id: integer().primaryKey(),
    userId: integer().references(() => User.id),
    street: varchar(50),
    get user() {
      return oneOrNone(() => User, { backPopulates: "addresses" });
    },
  }) {
    static {
      map(this);
    }
  }
  const asked: string[] = [];
  validates(
    User,
    "addresses",
    (_user, address, { isRemove }) => {
      asked.push(`${isRemove ? "-" : "+"} ${address.street}`);
      if (address.street === "" && !isRemove) throw new RangeError("no street");
      return address;
    },
    { includeRemoves: true, includeBackrefs: false },
  );

  test("check and change what is assigned, in constructors too", () => {
    const user = new User({ email: "A@X.org" });
    expect(user.email).toBe("a@x.org");
    expect(() => {
      user.email = "nobody";
    }).toThrow("email: nobody");
    expect(() => new User({ email: "a@b", backup: "nobody" })).toThrow("backup: nobody");
    expect(user.email).toBe("a@x.org");
    user.backup = null;
    expect(user.backup).toBeNull();
  });

  test("check members, those that leave where that was asked for, and the other side only if so", () => {
    const user = new User({ email: "a@x.org" });
    const [x, y] = [new Address({ street: "x" }), new Address({ street: "y" })];
    user.addresses.push(x);
    expect(() => user.addresses.push(new Address({ street: "" }))).toThrow("no street");
    user.addresses = [x, y];
    user.addresses.pop();
    y.user = user;
    expect(asked.splice(0)).toEqual(["+ x", "+ ", "+ x", "+ y", "- y"]);
    expect(user.addresses).toEqual([x, y]);
  });

  test("do not look at what is loaded", () => {
    const engine = createSyncEngine("sqlite:///:memory:");
    Checked.metadata.createAll(engine);
    using session = new SyncSession(engine);
    session.execute(insert(User).values({ email: "NOBODY" }));
    expect(session.getOne(User, 1).email).toBe("NOBODY");
  });

  test("have to return a value, and the attribute has to be there", () => {
    const Other = declarativeBase();
    class Thing extends Other.model("things", { id: integer().primaryKey(), name: varchar(20) }) {
      static {
        map(this);
      }
    }
    validates(Thing, "name", (() => undefined) as never);
    expect(() => new Thing({ name: "x" })).toThrow("The validator of Thing.name has returned nothing");
    expect(() => validates(Thing, "nam" as "name", (_thing, name) => name)).toThrow('Thing has no attribute "nam"');
  });
});
