// Whatever a name or a value holds, a database reads the same statement: on every dialect, with parameters and with literals.
import {
  AthanorError,
  bindparam,
  caseWhen,
  check,
  column,
  createIndex,
  createSchema,
  createSequence,
  createTable,
  createType,
  dropSequence,
  dropTable,
  enumType,
  extract,
  func,
  index,
  insert,
  integer,
  json,
  literal,
  MetaData,
  select,
  sequence,
  sql,
  sqlText,
  table,
  text,
  tuple,
  unique,
  update,
  values,
  varchar,
} from "athanor";
import { dialect as mysql } from "athanor/mysql";
import { dialect as postgresql } from "athanor/postgresql";
import { dialect as sqlite } from "athanor/sqlite";
import { describe, expect, test } from "vitest";
import type { Table } from "../../src/schema/table.ts";
import {
  mysqlRules,
  mysqlWithoutBackslashes,
  postgresqlRules,
  type QuotingRules,
  skeleton,
  sqliteRules,
} from "../support/sql-skeleton.ts";

const hostile = [
  "'); drop table users; --",
  '"); drop table users; --',
  "`; drop table users; --",
  "\\'; drop table users; --",
  "\\\\'; drop table users; --",
  "it''s",
  'two ""',
  "``",
  "\\",
  "'\\",
  "; drop table users",
  "-- comment",
  "/* comment */",
  "*/ x",
  "# comment",
  "$1 $2",
  "? ? ?1",
  ":x :name ::int",
  "%s %(x)s %",
  "@x @@version",
  "$$ drop $$",
  "$tag$ drop $tag$",
  "[x] ]",
  "dot.ted.name",
  "select from",
  "line\nbreak\r\n",
  "é☃😀 ' \u2019 \uff07",
  "\u0001\u00010\u0001",
  "{fn now()}",
  "a\u0000b",
  "\u0000'; drop table users; --\u0000",
  "\u00000\u0000",
] as const;
/** Needs quotes, too, so that it is written in the same way. */
const harmless = "two words";

const dialects = [
  { name: "sqlite", dialect: sqlite(), rules: [sqliteRules] },
  { name: "postgresql", dialect: postgresql(), rules: [postgresqlRules] },
  { name: "mysql", dialect: mysql({ serverVersion: "8.0.36" }), rules: [mysqlRules, mysqlWithoutBackslashes] },
  {
    name: "mariadb",
    dialect: mysql({ serverVersion: "10.11.6-MariaDB" }),
    rules: [mysqlRules, mysqlWithoutBackslashes],
  },
] as const;
type Dialect = (typeof dialects)[number]["dialect"];

interface Compiles {
  compile(options: { readonly dialect: Dialect; readonly literalBinds?: boolean }): { readonly sql: string };
}
type Place = (given: string) => Compiles | readonly Compiles[];

const users = table("users", new MetaData(), {
  id: integer().primaryKey(),
  name: varchar(50),
  data: json<Readonly<Record<string, unknown>>>(),
});
const { id, name, data } = users.c;

function single(build: (metadata: MetaData) => Table): readonly Compiles[] {
  const made = build(new MetaData());
  return [createTable(made), dropTable(made), ...made.indexes.map((each) => createIndex(each))];
}

/** Every place of a statement that takes a value. */
const valuePlaces: Readonly<Record<string, Place>> = {
  "a comparison": (given) => select(id).where(name.eq(given)),
  "a list": (given) => select(id).where(name.in([given, "x"]), name.notIn([given])),
  "a list of pairs": (given) => select(id).where(tuple(id, name).in([[1, given]])),
  "a range": (given) => select(id).where(name.between(given, given)),
  "a pattern": (given) => select(id).where(name.like(given), name.ilike(given)),
  "a pattern that is escaped": (given) => select(id).where(name.contains(given, { autoescape: true })),
  "a pattern escaped by a backslash": (given) =>
    select(id).where(name.istartsWith(given, { autoescape: true, escape: "\\" })),
  "a regular expression": (given) => select(id).where(name.regexpMatch(given)),
  "a literal": (given) => select(literal(given).label("x")),
  "a function's argument": (given) => select(func.coalesce(name, given), func.replace(name, given, given)),
  "an aggregate's separator": (given) => select(func.aggregateStrings(name, given)),
  "a branch of CASE": (given) => select(caseWhen(name.eq(given), given).else(given).label("x")),
  "a named parameter": (given) => select(id).where(name.eq(bindparam("p", varchar(), given))),
  "raw SQL": (given) => select(id).where(sql<boolean>`name = ${given}`),
  "parameters of raw SQL": (given) => sqlText("SELECT 1 WHERE 'x' = :given", { given }),
  INSERT: (given) => insert(users).values({ id: 1, name: given, data: { [given]: given } }),
  UPDATE: (given) => update(users).values({ name: given }).where(name.ne(given)),
  "a list of rows": (given) => select(values({ a: text() }, [{ a: given }], "v").c.a),
  "a key of a document": (given) => select(data.at(given), data.path([given, 0, given]).asString()),
};

/** Every place that takes a name. */
const namePlaces: Readonly<Record<string, Place>> = {
  "a table": (given) => single((metadata) => table(given, metadata, { id: integer().primaryKey() })),
  "a table in statements": (given) => {
    const t = table(given, new MetaData(), { id: integer().primaryKey(), x: text().name(given) });
    return [select(t.c.id, t.c.x), insert(t).values({ x: "a" }), update(t).values({ x: "a" })];
  },
  "a schema": (given) => {
    const t = table("t", new MetaData(), { id: integer().primaryKey() }, [], { schema: given });
    return [select(t.c.id)];
  },
  "columns, constraints and indexes": (given) =>
    single((metadata) =>
      table("t", metadata, { id: integer().primaryKey(), a: varchar(20).name(given) }, [
        unique(`u${given}`).on("a"),
        check(`k${given}`, column(given, varchar()).ne(given)),
        index(`i${given}`).on("a"),
      ]),
    ),
  "a default": (given) => single((metadata) => table("t", metadata, { a: varchar(90).serverDefault(given) })),
  "values of an enumeration": (given) =>
    single((metadata) =>
      table("t", metadata, {
        a: enumType("kind", [given, "x".repeat(50)], { createConstraint: "ck" }).serverDefault(given),
      }),
    ),
  "an alias": (given) => select(users.alias(given).c.id),
  "a label": (given) => select(id.label(given)).orderBy(given),
  "a subquery and its columns": (given) => {
    const sub = select(id.label(given)).subquery(given);
    return select(sub);
  },
  "a CTE": (given) => {
    const cte = select(id).cte(given);
    return select(cte.c.id);
  },
  "a list of rows": (given) => select(values({ [given]: integer() }, [{ [given]: 1 }], given).c[given] ?? id),
  "a collation": (given) => select(name.collate(given)),
};

/** Places of some dialects only; elsewhere, and for what is no plain name, they refuse. */
const somePlaces: Readonly<Record<string, Place>> = {
  "a function": (given) => select(func.call(given, integer(), 1)),
  "a function in a schema": (given) => select(func.call(`s.${given}`, integer(), 1)),
  "an operator": (given) => select(name.op(given, 1).label("x")),
  // @ts-expect-error it is no part of a date
  "a part of a date": (given) => select(extract(given, name)),
  "flags of a regular expression": (given) => select(name.regexpMatch("a", given)),
  "an escape character": (given) => select(name.like("a", { escape: given })),
  comments: (given) =>
    single((metadata) => table("t", metadata, { a: integer().comment(given) }, [], { comment: given })),
  "a sequence": (given) => [
    createSequence(sequence(given, { schema: given })),
    dropSequence(sequence(given)),
    select(func.nextValue(sequence(given, { schema: given }))),
  ],
  "a schema of its own": (given) => createSchema(given),
  "a type": (given) => createType(enumType(given, [given, "x"])),
  "a collation of a column": (given) =>
    single((metadata) => table("t", metadata, { a: varchar(9, { collation: given }) })),
  "options of PostgreSQL's tables": (given) =>
    single((metadata) =>
      table("t", metadata, { a: integer() }, [], {
        postgresql: { inherits: given, using: given, tablespace: given, with: { fillfactor: given } },
      }),
    ),
  "options of PostgreSQL's indexes": (given) =>
    single((metadata) =>
      table("t", metadata, { a: integer() }, [
        index("i")
          .on("a")
          .with({ postgresql: { using: given, tablespace: given, ops: { a: given }, with: { x: given } } }),
      ]),
    ),
  "options of MySQL's tables": (given) =>
    single((metadata) =>
      table("t", metadata, { a: integer() }, [], {
        mysql: { engine: given, charset: given, collate: given, rowFormat: given, comment: given },
      }),
    ),
  "options of MySQL's indexes": (given) =>
    single((metadata) =>
      table("t", metadata, { a: varchar(9) }, [
        index("i")
          .on("a")
          .with({ mysql: { prefix: "FULLTEXT", withParser: given } }),
      ]),
    ),
};

/** The text of a place, or the error with which it is refused. */
function texts(place: Place, given: string, dialect: Dialect, literalBinds: boolean): readonly string[] | AthanorError {
  try {
    return [place(given)].flat().map((each) => each.compile({ dialect, literalBinds }).sql);
  } catch (error) {
    if (error instanceof AthanorError) return error;
    throw error;
  }
}

function bones(sql: readonly string[], rules: QuotingRules): readonly string[] {
  // Where no text can hold NUL, bytes stand for a text that does.
  const plain = (text: string) =>
    text.replaceAll(/CAST\(X'…' AS TEXT\)|_utf8mb4 X'…'/g, "'…'").replaceAll("DEFAULT ('…')", "DEFAULT '…'");
  return sql.map((each) => plain(skeleton(each, rules)));
}

describe.each(dialects)("on $name", ({ dialect, rules }) => {
  const forms = [false, true];

  describe.each([...Object.entries(valuePlaces), ...Object.entries(namePlaces)])("%s", (_name, place) => {
    test.each(hostile)("holds %j", (given) => {
      for (const literalBinds of forms) {
        const expected = texts(place, harmless, dialect, literalBinds);
        const found = texts(place, given, dialect, literalBinds);
        if (expected instanceof AthanorError) {
          // The dialect lacks it, whatever the name.
          expect(found).toBeInstanceOf(AthanorError);
          continue;
        }
        if (found instanceof AthanorError) {
          expect(given, found.message).toContain("\u0000");
          continue;
        }
        for (const each of rules) expect(bones(found, each)).toEqual(bones(expected, each));
        expect(found.join()).not.toContain("\u0000");
      }
    });
  });

  describe.each(Object.entries(somePlaces))("%s", (_name, place) => {
    test.each(hostile)("holds or refuses %j", (given) => {
      const found = texts(place, given, dialect, true);
      if (found instanceof AthanorError) return;
      for (const each of rules) for (const sql of found) expect(() => skeleton(sql, each), sql).not.toThrow();
      expect(found.join()).not.toContain("\u0000");
    });
  });
});
