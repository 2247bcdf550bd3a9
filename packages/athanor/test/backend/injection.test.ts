// Values are values and names are names, wherever they stand and whatever is in them.
import {
  bindparam,
  caseWhen,
  column,
  createEngine,
  createSyncEngine,
  deleteFrom,
  func,
  index,
  insert,
  integer,
  json,
  literal,
  MetaData,
  select,
  sql,
  sqlText,
  table,
  tuple,
  unique,
  update,
  varchar,
} from "athanor";
import { aliased, declarativeBase, many, map, one, Session } from "athanor/orm";
import { insert as upsert } from "athanor/sqlite";
import { describe, expect, test } from "vitest";
import { forEachDatabase } from "../support/databases.ts";

const hostile = [
  "'); drop table users; --",
  '"; drop table users; --',
  "\\'; drop table users; --",
  "' OR '1'='1",
  "%' OR 1=1 --",
  ":name ? $1 %s $x {{y}}",
  "[users]; `users`",
  "a\u0000b",
  "ÜñïçØđę 🦊",
  "",
] as const;

const names = [
  'quo"te',
  "spa ce",
  "dot.ted",
  "select",
  "sem;i",
  "ap'os",
  "col:on",
  "que?ry",
  "Ünïcödé",
  "UPPER",
] as const;

const metadata = new MetaData();
const users = table("users", metadata, {
  id: integer().primaryKey(),
  name: varchar(200),
  note: varchar(200).nullable(),
  data: json<{ readonly text: string }>().nullable(),
});

const Base = declarativeBase();
class Person extends Base.model("people", {
  name: varchar(200).primaryKey(),
  note: varchar(200).default(() => hostile[0]),
  data: json<{ text: string }>().nullable(),
  get pets() {
    return many(() => Pet, { backPopulates: "owner" });
  },
}) {
  static {
    map(this);
  }
}
class Pet extends Base.model("pets", {
  id: integer().primaryKey(),
  ownerName: varchar(200).references(() => Person.name),
  name: varchar(200),
  get owner() {
    return one(() => Person, { backPopulates: "pets" });
  },
}) {
  static {
    map(this);
  }
}

forEachDatabase(
  (database) => {
    describe("a hostile value", () => {
      const kept = hostile.filter((value) => database.keepsNul || !value.includes("\u0000"));

      test("is kept as it is, or refused", () => {
        const engine = createSyncEngine(database.url);
        using connection = engine.connect();
        const read = () => connection.scalar(select(literal("a\u0000b")));
        if (database.keepsNul) expect(read()).toBe("a\u0000b");
        else expect(read).toThrow(/NUL/);
        connection.close();
        engine.dispose();
      });

      test.each(kept)("goes through every place of a statement: %j", (value) => {
        const engine = createSyncEngine(database.url);
        metadata.createAll(engine);
        using connection = engine.connect();
        const { id, name, note } = users.c;

        connection.execute(insert(users).values({ name: value, note: value, data: { text: value } }));
        connection.execute(insert(users), [{ name: "x", note: value }, { name: value }]);
        const returned = connection
          .execute(insert(users).values({ name: value }).returning(name, literal(value)))
          .one();
        expect([...returned]).toEqual([value, value]);

        const ids = (statement: Parameters<typeof connection.scalars<number, unknown>>[0]): number[] =>
          connection.scalars<number, unknown>(statement).all();
        const by = select(id).orderBy(id);
        expect(ids(by.where(name.eq(value)))).toEqual([1, 3, 4]);
        expect(ids(by.where(name.in([value, "y"])))).toEqual([1, 3, 4]);
        expect(ids(by.where(name.notIn([value])))).toEqual([2]);
        expect(ids(by.where(name.between(value, value)))).toEqual([1, 3, 4]);
        expect(ids(by.where(tuple(name, note).in([[value, value]])))).toEqual([1]);
        expect(ids(by.where(note.eq(value)))).toEqual([1, 2]);
        expect(ids(by.where(func.coalesce(note, value).eq(value)))).toEqual([1, 2, 3, 4]);
        expect(ids(by.where(name.eq(bindparam("wanted", varchar(), value))))).toEqual([1, 3, 4]);
        expect(ids(by.where(sql<boolean>`${name} = ${value}`))).toEqual([1, 3, 4]);
        expect(ids(by.having(func.max(name).eq(value)).groupBy(id))).toEqual([1, 3, 4]);
        expect(
          connection
            .execute(sqlText("SELECT id FROM users WHERE name = :value").columns(column("id", integer())), { value })
            .scalars()
            .all(),
        ).toEqual([1, 3, 4]);
        // SQLite compares up to a NUL in LIKE and in ||.
        if (!value.includes("\u0000")) {
          expect(ids(by.where(name.startsWith(value, { autoescape: true }), name.eq(value)))).toEqual([1, 3, 4]);
          expect(connection.scalar(select(name.concat(value)).where(id.eq(1)))).toBe(value + value);
        }
        const chosen = caseWhen(name.eq(value), value).else("other");
        expect(connection.scalars(select(chosen).orderBy(id)).all()).toEqual([value, "other", value, value]);
        expect(connection.scalar(select(literal(value)))).toBe(value);
        expect(connection.scalar(select(users.c.data).where(id.eq(1)))).toEqual({ text: value });

        connection.execute(
          update(users)
            .where(name.eq("x"))
            .values({ name: value, note: func.coalesce(note, value) }),
        );
        const statement = upsert(users).values({ id: 2, name: "y" });
        connection.execute(statement.onConflictDoUpdate({ indexElements: [id], set: { note: value } }));
        expect(connection.execute(select(name, note).where(id.eq(2))).one()).toEqual([value, value]);
        expect(connection.execute(deleteFrom(users).where(name.eq(value))).rowCount).toBe(4);
        expect(connection.scalar(select(func.count()).selectFrom(users))).toBe(0);
        connection.commit();
        engine.dispose();
      });

      test.each(kept)("goes through objects, keys and relationships: %j", async (value) => {
        const engine = createEngine(database.url);
        await Base.metadata.createAll(engine);
        await using session = new Session(engine);
        session.add(new Person({ name: value, data: { text: value }, pets: [new Pet({ name: value })] }));
        await session.commit();
        session.expungeAll();
        const person = await session.getOne(Person, value);
        expect({ ...person }).toEqual({ name: value, note: hostile[0], data: { text: value } });
        const pet = await session.scalars(select(Pet).where(Pet.owner.has(Person.name.eq(value)))).one();
        expect([pet.ownerName, pet.owner === person]).toEqual([value, true]);
        person.note = value;
        if (person.data !== null) person.data.text = `${value}!`;
        await session.commit();
        expect(await session.scalars(select(Person).filterBy({ note: value })).one()).toBe(person);
        await session.refresh(person);
        expect(person.data).toEqual({ text: `${value}!` });
        await session.delete(pet);
        await session.delete(person);
        await session.commit();
        expect(await session.scalar(select(func.count()).selectFrom(Person))).toBe(0);
        await session.close();
        await engine.dispose();
      });

      test.each(hostile.filter((value) => !value.includes("\u0000")))("goes through DEFAULT and CHECK: %j", (value) => {
        const own = new MetaData();
        const things = table("things", own, {
          id: integer().primaryKey(),
          name: varchar(200).serverDefault(value),
          kind: varchar(200).check(sql<boolean>`kind <> ${`not ${value}`}`),
        });
        const engine = createSyncEngine(database.url);
        own.createAll(engine);
        using connection = engine.connect();
        connection.execute(insert(things).values({ kind: value }));
        expect(connection.execute(select(things.c.name, things.c.kind)).one()).toEqual([value, value]);
        expect(() => connection.execute(insert(things).values({ kind: `not ${value}` }))).toThrow(/CHECK/);
        connection.close();
        engine.dispose();
      });
    });

    describe("a name", () => {
      test.each(names)("can be that of a table, column, index, constraint, alias, label and CTE: %j", (name) => {
        const own = new MetaData();
        const things = table(name, own, { id: integer().primaryKey(), value: varchar(50).name(`${name} column`) }, [
          index(`ix ${name}`).on("value"),
          unique(`uq ${name}`).on("value", "id"),
        ]);
        const engine = createSyncEngine(database.url);
        own.createAll(engine);
        using connection = engine.connect();
        connection.execute(insert(things), [{ value: "a" }, { value: "b" }]);
        connection.execute(update(things).where(things.c.value.eq("a")).values({ value: "c" }));
        const alias = things.alias(`${name} alias`);
        const part = select(things.c.id, things.c.value).where(things.c.value.eq("c")).cte(`${name} cte`);
        const [row] = connection
          .execute(
            select(alias.c.value.label(`${name} label`), part.c.id)
              .join(part, part.c.id.eq(alias.c.id))
              .orderBy(alias.c.id),
          )
          .mappings()
          .all();
        expect(row).toEqual({ [`${name} label`]: "c", id: 1 });
        const sub = select(things.c.value).subquery(`${name} sub`);
        expect(connection.scalars(select(sub.c.value).orderBy(sub.c.value)).all()).toEqual(["b", "c"]);
        expect(connection.execute(deleteFrom(things).where(things.c.value.eq("b"))).rowCount).toBe(1);
        connection.commit();
        connection.close();
        own.dropAll(engine);
        engine.dispose();
      });

      test.each(names)("can be that of a model's table and columns, and of an alias: %j", async (name) => {
        const Own = declarativeBase();
        class Thing extends Own.model(name, {
          id: integer().name(`${name} id`).primaryKey(),
          value: varchar(50).name(name),
        }) {
          static {
            map(this);
          }
        }
        const engine = createEngine(database.url);
        await Own.metadata.createAll(engine);
        await using session = new Session(engine);
        const thing = new Thing({ value: "a" });
        session.add(thing);
        await session.commit();
        thing.value = "b";
        await session.commit();
        session.expungeAll();
        const other = aliased(Thing, `${name} other`);
        const found = await session.scalars(select(other).where(other.value.eq("b"))).one();
        expect({ ...found }).toEqual({ id: 1, value: "b" });
        await session.delete(found);
        await session.commit();
        await session.close();
        await engine.dispose();
      });
    });
  },
  { dialect: "sqlite" },
);
