import type { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { sqliteLiteral } from "../../src/dialects/sqlite/types.ts";
import type { Expression } from "../../src/sql/expression/expression.ts";
import {
  bindparam,
  check,
  column,
  columnValued,
  deleteFrom,
  enumType,
  exists,
  extract,
  func,
  index,
  insert,
  integer,
  json,
  literal,
  MetaData,
  select,
  sql,
  sqliteInsert,
  sqlText,
  table,
  text,
  tuple,
  unique,
  update,
  values,
  varchar,
} from "../support/core.ts";
import { databaseWith, ddlOf } from "../support/sqlite-ddl.ts";
import { compile, execute } from "../support/sqlite-statements.ts";

/** What breaks out of SQL that is put together of strings. */
const hostile = [
  "'); drop table users; --",
  '"); drop table users; --',
  "`; drop table users; --",
  "'",
  "''",
  '"',
  '""',
  "\\",
  "\\'",
  "; drop table users",
  "-- comment",
  "/* comment */",
  "%",
  "_",
  "?",
  "?1",
  ":name",
  "$1",
  "@x",
  "[x]",
  "a.b",
  "select",
  "from",
  " ",
  " two  spaces ",
  "line\nbreak",
  "tab\t",
  "é☃😀",
  "x".repeat(300),
];
const withNul = ["\u0000", "a\u0000b", "'\u0000'); drop table users; --"];

const metadata = new MetaData();
const users = table("users", metadata, {
  id: integer().primaryKey(),
  name: text(),
  data: json<unknown>().nullable(),
});

let database: DatabaseSync;
beforeEach(() => {
  database = databaseWith(ddlOf(metadata));
  execute(database, insert(users).values({ id: 1, name: "first" }));
});
afterEach(() => {
  // Whatever was tried, the table and its row are still there.
  expect(database.prepare("SELECT count(*) AS n FROM users WHERE name = 'first'").get()).toEqual({ n: 1 });
  database.close();
});

const rowsOf = (statement: unknown, parameters: Readonly<Record<string, unknown>> | null = null) =>
  execute(database, statement, parameters).rows;

describe.each([...hostile, ...withNul])("the value %j", (value) => {
  test("comes back as it was, from every place where a value can stand", () => {
    const written = insert(users).values({ id: 2, name: value, data: { [value]: [value] } });
    expect(rowsOf(written.returning(users.c.name, users.c.data))).toEqual([[value, { [value]: [value] }]]);
    const found = (condition: Expression<boolean | null, string, string>) =>
      rowsOf(select(users.c.id).where(condition));
    expect(found(users.c.name.eq(value))).toEqual([[2]]);
    expect(found(users.c.name.in([value, "x"]))).toEqual([[2]]);
    expect(found(users.c.name.in([literal(value), "x"]))).toEqual([[2]]);
    expect(found(tuple(users.c.id, users.c.name).in([[2, value]]))).toEqual([[2]]);
    expect(found(users.c.name.between(value, value))).toEqual([[2]]);
    expect(rowsOf(select(literal(value).label("x"), literal(value)))).toEqual([[value, value]]);
    expect(rowsOf(sqlText("SELECT :value", { value }))).toEqual([[value]]);
    expect(rowsOf(sqlText("SELECT :value"), { value })).toEqual([[value]]);
    expect(rowsOf(select(sql<string>`${value} || ''`.label("x")))).toEqual([[value]]);
    expect(rowsOf(select(bindparam("x", text()).label("y")), { x: value })).toEqual([[value]]);
    const list = values({ a: text() }, [{ a: value }], "v");
    expect(rowsOf(select(list.c.a))).toEqual([[value]]);
    const changed = update(users)
      .where(users.c.id.eq(2))
      .values({ name: func.coalesce(users.c.name, value) });
    expect(rowsOf(changed.returning(users.c.name))).toEqual([[value]]);
    const upserted = sqliteInsert(users)
      .values({ id: 2, name: "other" })
      .onConflictDoUpdate({ indexElements: [users.c.id], set: { name: value } });
    expect(rowsOf(upserted.returning(users.c.name))).toEqual([[value]]);
    expect(rowsOf(deleteFrom(users).where(users.c.name.eq(value)).returning(users.c.id))).toEqual([[2]]);
  });

  test("is a plain text in a pattern when it is escaped", () => {
    // LIKE ends at NUL.
    if (value.includes("\u0000")) return;
    const found = (condition: Expression<boolean | null, string, string>) =>
      rowsOf(select(literal(1).label("x")).where(condition)).length;
    const around = literal(`<${value}>`);
    expect(found(around.contains(value, { autoescape: true }))).toBe(1);
    expect(found(around.startsWith(`<${value}`, { autoescape: true, escape: "!" }))).toBe(1);
    expect(found(around.iendsWith(`${value}>`, { autoescape: true }))).toBe(1);
    expect(found(literal("<>").contains(`${value}x`, { autoescape: true }))).toBe(0);
  });

  test("comes back as a literal in the text", () => {
    const statement = select(literal(value).label("x")).where(literal(value).in([value, "y"]));
    const { statement: compiled } = compile(statement, null, undefined, true);
    const read = database.prepare(compiled.sql ?? "").all();
    expect(read).toEqual([{ x: value }]);
    expect(database.prepare(`SELECT ${sqliteLiteral(value, text().definition.type)} AS x`).get()).toEqual({ x: value });
  });
});

describe.each(hostile)("the name %j", (name) => {
  test("is the name of tables, columns, constraints and indexes", () => {
    const own = new MetaData();
    const named = table(
      `t${name}`,
      own,
      {
        id: integer().primaryKey().name(`id${name}`),
        a: text().name(name).default(name),
        b: enumType("kind", [name, "other"], { createConstraint: `c${name}` }).serverDefault(name),
      },
      [
        index(`i${name}`).on("a"),
        unique(`u${name}`).on("a", "b"),
        check(`k${name}`, column(name, text()).ne(`no ${name}`)),
      ],
    );
    for (const statement of ddlOf(own)) database.exec(statement);
    execute(database, insert(named).values({ id: 1 }));
    expect(rowsOf(select(named.c.id, named.c.a, named.c.b))).toEqual([[1, name, name]]);
    expect(rowsOf(update(named).values({ a: "x" }).returning(named.c.a))).toEqual([["x"]]);
    expect(() => rowsOf(update(named).values({ a: `no ${name}` }))).toThrow(/CHECK/);
    expect(database.prepare("SELECT name FROM sqlite_schema WHERE name = ?").get(`i${name}`)).toEqual({
      name: `i${name}`,
    });
    for (const statement of ddlOf(own, "drop")) database.exec(statement);
  });

  test("is the name of aliases, labels, subqueries, CTE and columns of lists", () => {
    const alias = users.alias(name);
    const found = execute(database, select(alias.c.id.label(name)).where(alias.c.name.eq("first")).orderBy(name));
    expect(found).toMatchObject({ columns: [name], rows: [[1]] });
    const sub = select(users.c.id.label(name)).subquery(name);
    expect(rowsOf(select(sub.c[name] as Expression<number>))).toEqual([[1]]);
    const cte = select(users.c.id.label(name)).cte(name);
    expect(rowsOf(select(cte.c[name] as Expression<number>).where(exists(cte.c[name] as Expression<number>)))).toEqual([
      [1],
    ]);
    const list = values({ [name]: integer() }, [{ [name]: 5 }], name);
    expect(rowsOf(select(list.c[name] as Expression<number>))).toEqual([[5]]);
    const each = columnValued(func.call("json_each", integer(), "[7]"), name);
    expect(compile(select(each)).statement.sql).not.toContain("drop table users; --'");
  });

  test("is refused, or quoted, as a function, an operator, a collation and a part of a date", () => {
    const harmless = (build: () => unknown) => {
      try {
        execute(database, build());
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
    };
    harmless(() => select(func.call(name, integer(), 1)));
    harmless(() => select(users.c.name.op(name, 1)));
    harmless(() => select(users.c.name.collate(name)));
    // @ts-expect-error it is no part of a date
    harmless(() => select(extract(name, users.c.name)));
    harmless(() => select(users.c.name.regexpMatch("a", name)));
    harmless(() => select(users.c.name.like("a", { escape: name })));
    harmless(() => select(users.c.name).orderBy(name));
    harmless(() => select(users.c.name.cast(varchar(5, { collation: name }))));
    expect(rowsOf(select(func.count()).selectFrom(users))).toEqual([[1]]);
  });
});

test.each(withNul)("the name %j is refused", (name) => {
  expect(() => compile(select(users.c.id.label(name)))).toThrow(/NUL/);
  expect(() => compile(select(users.alias(name).c.id))).toThrow(/NUL/);
  expect(() => compile(select(func.call(name, integer())))).toThrow(/NUL/);
  expect(() => compile(select(sqlText(`'${name}'`)))).toThrow(/NUL/);
});

test("parameters of raw SQL are found where they are, and nowhere else", () => {
  const text = String.raw`SELECT ':a', ":b", [:c] IS NULL, x'00', 'it''s :d', \:e, :f, 1::int -- :g`;
  const { statement } = compile(sqlText(text.replace("[:c]", "`:c`"), { f: 1 }));
  expect(statement.slots.length).toBe(1);
  expect(statement.sql).toBe("SELECT ':a', \":b\", `:c` IS NULL, x'00', 'it''s :d', :e, ?, 1::int -- :g");
});
