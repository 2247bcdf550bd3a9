// Keys that mean something, and change.
import { and, createEngine, type Engine, foreignKey, integer, select, sqlText, table, varchar } from "athanor";
import { declarativeBase, inspect, many, map, one, oneOrNone, Session } from "athanor/orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forEachDatabase } from "../support/databases.ts";
import { sent } from "./support/library.ts";

// ── the database changes along ───────────────────────────────────────────────
const Base = declarativeBase();

const countryLanguages = table("country_languages", Base.metadata, {
  country: varchar(2).references("countries.code", { onUpdate: "cascade" }).primaryKey(),
  language: varchar(2).references("languages.code", { onUpdate: "cascade" }).primaryKey(),
});

class Language extends Base.model("languages", { code: varchar(2).primaryKey() }) {
  static {
    map(this);
  }
}
class Country extends Base.model("countries", {
  code: varchar(2).primaryKey(),
  name: varchar(20),
  get sites() {
    return many(() => Site, { backPopulates: "land" });
  },
  get languages() {
    return many(() => Language, { secondary: countryLanguages });
  },
}) {
  static {
    map(this);
  }
}
class Site extends Base.model("sites", {
  country: varchar(2)
    .references(() => Country.code, { onUpdate: "cascade" })
    .primaryKey(),
  number: integer().primaryKey().autoincrement(false),
  city: varchar(20),
  get land() {
    return one(() => Country, { backPopulates: "sites" });
  },
  get rooms() {
    return many(() => Room);
  },
}) {
  static {
    map(this);
  }
}
class Room extends Base.model("rooms", {
  id: integer().primaryKey(),
  country: varchar(2),
  siteNumber: integer(),
}) {
  static {
    map(this, [
      foreignKey()
        .on(this.country, this.siteNumber)
        .references(() => [Site.country, Site.number], { onUpdate: "cascade" }),
    ]);
  }
}

// ── the session changes along ────────────────────────────────────────────────
const LooseBase = declarativeBase();

const userGroups = table("user_groups", LooseBase.metadata, {
  userName: varchar(20).primaryKey(),
  groupName: varchar(20).primaryKey(),
});

class Group extends LooseBase.model("groups_", {
  name: varchar(20).primaryKey(),
  get users() {
    return many(() => User, {
      secondary: userGroups,
      backPopulates: "groups",
      passiveUpdates: false,
      primaryJoin: () => Group.name.eq(userGroups.c.groupName),
      secondaryJoin: () => User.name.eq(userGroups.c.userName),
      foreignKeys: () => [userGroups.c.groupName, userGroups.c.userName],
    });
  },
}) {
  static {
    map(this);
  }
}
class User extends LooseBase.model("users_", {
  name: varchar(20).primaryKey(),
  get addresses() {
    return many(() => Address, {
      backPopulates: "user",
      passiveUpdates: false,
      primaryJoin: () => User.name.eq(Address.userName),
      foreignKeys: () => [Address.userName],
    });
  },
  get groups() {
    return many(() => Group, {
      secondary: userGroups,
      backPopulates: "users",
      passiveUpdates: false,
      primaryJoin: () => User.name.eq(userGroups.c.userName),
      secondaryJoin: () => Group.name.eq(userGroups.c.groupName),
      foreignKeys: () => [userGroups.c.groupName, userGroups.c.userName],
    });
  },
}) {
  static {
    map(this);
  }
}
/** Its key begins with that of its user, and notes refer to it. */
class Address extends LooseBase.model("addresses_", {
  userName: varchar(20).primaryKey(),
  number: integer().primaryKey().autoincrement(false),
  get user() {
    return one(() => User, {
      backPopulates: "addresses",
      primaryJoin: () => User.name.eq(Address.userName),
      foreignKeys: () => [Address.userName],
    });
  },
}) {
  static {
    map(this);
  }
}
class Note extends LooseBase.model("notes_", {
  id: integer().primaryKey(),
  userName: varchar(20).nullable(),
  addressNumber: integer().nullable(),
  text: varchar(20),
  get address() {
    return oneOrNone(() => Address, {
      passiveUpdates: false,
      primaryJoin: () => and(Address.userName.eq(Note.userName), Address.number.eq(Note.addressNumber)),
      foreignKeys: () => [Note.userName, Note.addressNumber],
    });
  },
}) {
  static {
    map(this);
  }
}

forEachDatabase((database) => {
  let engine: Engine;
  let session: Session;
  let log: () => string[];
  const begin = async (base: typeof Base) => {
    engine = createEngine(database.sharedUrl);
    await base.metadata.createAll(engine);
    log = sent(engine);
    session = new Session(engine);
  };
  afterEach(async () => {
    await session.close();
    await engine.dispose();
  });
  const rows = async (sql: string) =>
    (await session.execute(sqlText(sql)).all()).map((row) => [...(row as unknown as unknown[])]);
  const writes = () => log().filter((each) => /^(INSERT|UPDATE|DELETE)/.test(each));

  describe("a key that the database changes along", () => {
    beforeEach(() => begin(Base));
    const fixture = async () => {
      const country = new Country({ code: "de", name: "Germany", languages: [new Language({ code: "de" })] });
      const site = new Site({ land: country, number: 1, city: "Berlin" });
      const room = new Room({ country: "de", siteNumber: 1 });
      site.rooms.push(room);
      session.addAll([country, site, new Site({ land: country, number: 2, city: "Bonn" })]);
      await session.commit();
      log();
      return { country, site, room };
    };

    test("takes one UPDATE; objects of the session know their new keys, however deep", async () => {
      const { country, site, room } = await fixture();
      country.code = "dd";
      await session.flush();
      expect(writes()).toEqual(["UPDATE countries SET code = ? WHERE countries.code = ?"]);
      expect([site.country, room.country, inspect(site).identity]).toEqual(["dd", "dd", ["dd", 1]]);
      expect(session.dirty.size).toBe(0);
      expect(await session.get(Site, ["dd", 1])).toBe(site);
      expect(await session.get(Country, "dd")).toBe(country);
      site.city = "B";
      await session.commit();
      expect(writes()).toEqual(["UPDATE sites SET city = ? WHERE sites.country = ? AND sites.number = ?"]);
      expect(await rows("SELECT country, site_number FROM rooms")).toEqual([["dd", 1]]);
      expect(await rows("SELECT country FROM country_languages")).toEqual([["dd"]]);
    });

    test("reaches objects whose parent was loaded without them", async () => {
      await fixture();
      session.expungeAll();
      const site = await session.getOne(Site, ["de", 1]);
      const country = await session.getOne(Country, "de");
      country.code = "dd";
      site.city = "B";
      await session.commit();
      expect([site.country, inspect(site).identity]).toEqual(["dd", ["dd", 1]]);
      expect(writes()).toEqual([
        "UPDATE countries SET code = ? WHERE countries.code = ?",
        "UPDATE sites SET city = ? WHERE sites.country = ? AND sites.number = ?",
      ]);
    });

    test("is what it was after a rollback, also of a savepoint", async () => {
      const { country, site, room } = await fixture();
      const failed = session.beginNested(async () => {
        country.code = "xx";
        await session.flush();
        expect([site.country, room.country]).toEqual(["xx", "xx"]);
        throw new Error("no");
      });
      await expect(failed).rejects.toThrow("no");
      expect([country.code, site.country, room.country, inspect(site).identity]).toEqual(["de", "de", "de", ["de", 1]]);
      country.code = "yy";
      await session.flush();
      await session.rollback();
      expect([country.code, site.country, room.country, inspect(country).identity]).toEqual(["de", "de", "de", ["de"]]);
      expect(await session.get(Site, ["de", 1])).toBe(site);
      expect(await session.get(Country, "yy")).toBe(null);
    });

    test("is what it was also for objects that were loaded in the meantime", async () => {
      await fixture();
      session.expungeAll();
      const country = await session.getOne(Country, "de");
      let site: Site | undefined;
      const failed = session.beginNested(async () => {
        country.code = "xx";
        await session.flush();
        site = await session.getOne(Site, ["xx", 1]);
        throw new Error("no");
      });
      await expect(failed).rejects.toThrow("no");
      expect([site!.country, inspect(site!).identity]).toEqual(["de", ["de", 1]]);
      site!.city = "B";
      await session.commit();
      expect(await rows("SELECT country, city FROM sites WHERE number = 1")).toEqual([["de", "B"]]);
    });

    test("may change twice, and rows may be deleted by it, in one transaction", async () => {
      const { country, site, room } = await fixture();
      country.code = "aa";
      await session.flush();
      country.code = "bb";
      await session.delete(room);
      await session.flush();
      await session.delete(site);
      await session.commit();
      expect(await rows("SELECT country, number FROM sites")).toEqual([["bb", 2]]);
    });

    test("may be changed by the parent that an object moves to", async () => {
      const { site, room } = await fixture();
      room.siteNumber = 2;
      await session.commit();
      const other = new Country({ code: "fr", name: "France" });
      session.add(other);
      site.land = other;
      await session.commit();
      expect(inspect(site).identity).toEqual(["fr", 1]);
      expect(await rows("SELECT country, number FROM sites ORDER BY number")).toEqual([
        ["fr", 1],
        ["de", 2],
      ]);
    });

    test("can be taken over by a new object when its own is deleted", async () => {
      const { site } = await fixture();
      session.expungeAll();
      const old = await session.getOne(Site, ["de", 2]);
      await session.delete(old);
      const next = new Site({ country: "de", number: 2, city: "Bremen" });
      session.add(next);
      await session.commit();
      expect(writes()).toEqual(["UPDATE sites SET city = ? WHERE sites.country = ? AND sites.number = ?"]);
      expect([inspect(next).status, inspect(old).status, site.city]).toEqual(["persistent", "detached", "Berlin"]);
    });
  });

  describe("a key that the session changes along (passiveUpdates: false)", () => {
    beforeEach(() => begin(LooseBase));
    const fixture = async () => {
      const user = new User({ name: "ada" });
      const [a, b] = [new Group({ name: "a" }), new Group({ name: "b" })];
      const address = new Address({ user, userName: "ada", number: 1 });
      const note = new Note({ text: "n", address });
      user.groups.push(a, b);
      session.addAll([user, address, new Address({ user, userName: "ada", number: 2 }), note]);
      await session.commit();
      session.expungeAll();
      log();
      return session.getOne(User, "ada");
    };

    test("updates members that it loads, what refers to them in turn, and links", async () => {
      const user = await fixture();
      const note = await session.getOne(Note, 1);
      user.name = "eve";
      await session.commit();
      expect(await rows("SELECT user_name, number FROM addresses_ ORDER BY number")).toEqual([
        ["eve", 1],
        ["eve", 2],
      ]);
      expect(await rows("SELECT user_name, address_number FROM notes_")).toEqual([["eve", 1]]);
      expect(await rows("SELECT user_name, group_name FROM user_groups ORDER BY group_name")).toEqual([
        ["eve", "a"],
        ["eve", "b"],
      ]);
      expect([note.userName, inspect(await session.getOne(Address, ["eve", 1])).identity]).toEqual(["eve", ["eve", 1]]);
    });

    test("goes with links that come and go in the same flush, and with keys of both sides", async () => {
      const user = await fixture();
      const groups = await session.scalars(select(Group).orderBy(Group.name)).all();
      await session.refresh(user, ["groups"]);
      user.name = "eve";
      groups[0]!.name = "z";
      user.groups.splice(user.groups.indexOf(groups[1]!), 1);
      user.groups.push(new Group({ name: "c" }));
      await session.commit();
      expect(await rows("SELECT user_name, group_name FROM user_groups ORDER BY group_name")).toEqual([
        ["eve", "c"],
        ["eve", "z"],
      ]);
    });

    test("leaves alone what moves elsewhere, and deletes what is deleted by its former key", async () => {
      const user = await fixture();
      const other = new User({ name: "bob" });
      session.add(other);
      const addresses = await session.scalars(select(Address).orderBy(Address.number)).all();
      user.name = "eve";
      addresses[0]!.user = other;
      await session.delete(addresses[1]!);
      await session.commit();
      expect(await rows("SELECT user_name, number FROM addresses_")).toEqual([["bob", 1]]);
    });

    test("is what it was after a rollback", async () => {
      const user = await fixture();
      user.name = "eve";
      await session.flush();
      await session.rollback();
      expect(user.name).toBe("ada");
      const addresses = await session.scalars(select(Address)).all();
      expect(addresses.map(({ userName }) => userName)).toEqual(["ada", "ada"]);
      expect(session.dirty.size).toBe(0);
    });
  });
});
