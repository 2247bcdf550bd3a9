import { listen } from "../../../src/events/listeners.ts";
import * as mysqlTypes from "../../../src/mysql.ts";
import * as postgresqlTypes from "../../../src/postgresql.ts";
import type { AnyColumn } from "../../../src/schema/column.ts";
import type { DdlElement } from "../../../src/schema/ddl-element.ts";
import { ddl } from "../../../src/schema/ddl-element.ts";
import { createTable, createType, createView, dropType } from "../../../src/schema/ddl-elements.ts";
import type { MetaData as SchemaMetaData } from "../../../src/schema/metadata.ts";
import type { SchemaItem } from "../../../src/schema/schema-item.ts";
import { sequence } from "../../../src/schema/sequence.ts";
import type { Table, TableOptions } from "../../../src/schema/table.ts";
import type { TableArgument } from "../../../src/schema/table-arguments.ts";
import type { CompilingDialect } from "../../../src/sql/compile/compile.ts";
import { CustomExpression, compiles } from "../../../src/sql/expression/custom.ts";
import type { AnyExpression } from "../../../src/sql/expression/expression.ts";
import { wrappedType } from "../../../src/sql/expression/wrapped-type.ts";
import { createTableAs, view } from "../../../src/sql/statement/view.ts";
import {
  array,
  bigInteger,
  binary,
  boolean,
  char,
  check,
  column,
  conv,
  date,
  enumType,
  foreignKey,
  func,
  index,
  insert,
  integer,
  interval,
  json,
  literal,
  MetaData,
  numeric,
  Sequence,
  select,
  smallInteger,
  sqlText,
  table,
  text,
  time,
  timestamp,
  typeCoerce,
  typeDecorator,
  unique,
  uuid,
  varchar,
} from "../../support/core.ts";
import { blogMetadata } from "../models/blog.ts";
import { samples } from "../models/core.ts";
import { naming, orgMetadata, sites } from "../models/org.ts";
import { users } from "../models/shop.ts";

/** Steps of DDL, and the tables that must be there before; or a MetaData that is created as a whole. */
export interface DdlSteps {
  readonly setup?: SchemaMetaData;
  readonly steps: readonly (SchemaItem | DdlElement)[];
  readonly ifExists?: boolean;
}
/** A statement that is compiled, not DDL. */
export interface CompiledCase {
  readonly statement: Compilable;
}
interface Compilable {
  compile(options: { readonly dialect: CompilingDialect }): { readonly sql: string };
}
export type DdlCase = SchemaMetaData | DdlSteps | CompiledCase;

type Columns = Readonly<Record<string, AnyColumn>>;

/** One table in a MetaData of its own. */
function single(columns: Columns, args: readonly TableArgument[] = [], options?: TableOptions): SchemaMetaData {
  const metadata = new MetaData();
  table("t", metadata, columns, args, options);
  return metadata;
}

function onlyTable(metadata: SchemaMetaData): Table {
  const [found] = metadata.tables.values();
  if (found === undefined) throw new RangeError("The MetaData has no table");
  return found;
}

function createOne(columns: Columns): readonly SchemaItem[] {
  return [{ kind: "createTable", table: onlyTable(single(columns)), postponed: new Set() }];
}

const typeCase = (type: AnyColumn) => (): DdlCase => single({ x: type.nullable() });

/** The table of the index cases, with one index. */
function indexed(
  action: "createIndex" | "dropIndex",
  argument: (t: ReturnType<typeof indexTable>) => TableArgument,
): DdlSteps {
  const metadata = new MetaData();
  const t = indexTable(metadata);
  const setup = new MetaData();
  indexTable(setup);
  t.setArguments([argument(t)]);
  const [first] = t.indexes;
  if (first === undefined) throw new RangeError("The case has no index");
  return { setup: action === "createIndex" ? setup : metadata, steps: [{ kind: action, index: first }] };
}

function indexTable(metadata: SchemaMetaData) {
  return table("t", metadata, {
    id: integer().primaryKey(),
    a: integer().nullable(),
    b: varchar(20).nullable(),
    j: json<unknown>().withVariant("postgresql", postgresqlTypes.jsonb<unknown>()).nullable(),
  });
}

/** The constraint that an argument adds to a table of one column. */
function added(argument: TableArgument): DdlSteps {
  const t = onlyTable(single({ a: integer().nullable() }, [argument]));
  const [constraint] = t.constraints;
  if (constraint === undefined) throw new RangeError("The case has no constraint");
  return { setup: single({ a: integer().nullable() }), steps: [{ kind: "addConstraint", constraint }] };
}

const id = integer().primaryKey();
const anInteger = integer().nullable();

class Greatest extends CustomExpression<number, { readonly items: readonly AnyExpression[] }> {
  constructor(...items: readonly AnyExpression[]) {
    super(integer(), { items });
  }
}
compiles(Greatest, ({ items }, compiler) => `greatest(${compiler.list(items)})`);
compiles(Greatest, ({ items }, compiler) => `max(${compiler.list(items)})`, "sqlite");

export const cases: Readonly<Record<string, () => DdlCase>> = {
  "ddl-table/basic": () => single({ id, name: varchar(30).nullable() }),
  "ddl-table/not-null": () => single({ id, email: varchar(50).unique() }),
  "ddl-table/pk-no-autoincrement": () => single({ id: id.autoincrement(false) }),
  "ddl-table/pk-smallint": () => single({ id: smallInteger().primaryKey() }),
  "ddl-table/no-pk": () => single({ x: anInteger, y: anInteger }),
  "ddl-table/fk-inline": () => single({ id, userId: anInteger.references(() => users.c.id) }),
  "ddl-table/fk-composite": () =>
    single({ id, c: varchar(2).nullable(), s: varchar(8).nullable() }, [
      foreignKey("fk_site")
        .on("c", "s")
        .references(() => [sites.c.country, sites.c.code]),
    ]),
  "ddl-table/fk-self": () => single({ id, parentId: anInteger.references("t.id") }),
  "ddl-table/unique-constraint": () => single({ a: anInteger, b: anInteger }, [unique("uq_ab").on("a", "b")]),
  "ddl-table/check": () => single({ a: anInteger }, [check("ck_a", sqlText("a > 5"))]),
  "ddl-table/check-expr": () =>
    single({ a: anInteger, b: anInteger }, [check(null, column("a", integer()).lt(column("b", integer())))]),
  "ddl-table/server-default-string": () => single({ a: varchar(10).nullable().serverDefault("x'y") }),
  "ddl-table/server-default-text": () => single({ a: anInteger.serverDefault(sqlText("5")) }),
  "ddl-table/server-default-func": () => single({ a: timestamp().nullable().serverDefault(func.now()) }),
  "ddl-table/server-default-expr": () => single({ a: anInteger.serverDefault(sqlText("1 + 1")) }),
  "ddl-table/server-onupdate": () => single({ a: anInteger.serverGenerated() }),
  "ddl-table/identity-options": () =>
    single({
      id: id.identity({ always: true, start: 10, increment: 5, minValue: 1, maxValue: 1000, cycle: true, cache: 3 }),
    }),
  "ddl-table/computed-stored": () => single({ a: anInteger, b: anInteger.computed("a * 2", { stored: true }) }),
  "ddl-table/comment": () => ({
    steps: [createTable(onlyTable(single({ id: id.comment("the key's key") }, [], { comment: "a table" })))],
  }),
  "ddl-table/sqlite-options": () => single({ id }, [], { sqlite: { withoutRowid: true, strict: true } }),
  "ddl-table/sqlite-autoincrement": () => single({ id }, [], { sqlite: { autoincrement: true } }),
  "ddl-table/mysql-options": () =>
    single({ id }, [], { mysql: { engine: "InnoDB", charset: "utf8mb4", collate: "utf8mb4_bin" } }),
  "ddl-table/pg-options": () => single({ id }, [], { postgresql: { partitionBy: "RANGE (id)" } }),
  "ddl-table/pg-inherits": () =>
    single({ id: anInteger }, [], { prefixes: ["UNLOGGED"], postgresql: { with: { fillfactor: 70 } } }),
  "ddl-table/exclude-constraint": () =>
    single({ r: postgresqlTypes.int4range().nullable() }, [
      postgresqlTypes.exclude([["r", "&&"]], { name: "no_overlap", using: "gist" }),
    ]),
  "ddl-table/if-not-exists": () => ({ steps: createOne({ id: anInteger }), ifExists: true }),
  "ddl-table/drop-if-exists": () => ({
    steps: [{ kind: "dropTable", table: onlyTable(single({ id: anInteger })) }],
    ifExists: true,
  }),
  "ddl-table/naming-convention": () => {
    const metadata = new MetaData({ namingConvention: naming });
    table("dept", metadata, { id, code: varchar(5).nullable().unique().index() });
    table(
      "emp",
      metadata,
      { id, deptId: anInteger.references("dept.id"), age: anInteger.check(sqlText("age > 0"), "age") },
      [unique().on("deptId", "age"), index().on("deptId", "age")],
    );
    return metadata;
  },
  "ddl-table/naming-conv-explicit": () => {
    const metadata = new MetaData({ namingConvention: naming });
    const args = [check(conv("exact"), sqlText("a > 0")), check("short", sqlText("a < 9"))];
    table("t", metadata, { a: anInteger }, args);
    return metadata;
  },
  "ddl-table/create-cycle": () => {
    const metadata = new MetaData();
    table("a", metadata, { id, bId: anInteger.references("b.id", { name: "fk_a_b", useAlter: true }) });
    table("b", metadata, { id, aId: anInteger.references("a.id", { name: "fk_b_a" }) });
    return metadata;
  },
  "ddl-table/org-schema": () => orgMetadata,
  "ddl-table/blog-schema": () => blogMetadata,

  "ddl-types/integer": typeCase(integer()),
  "ddl-types/bigint": typeCase(bigInteger()),
  "ddl-types/smallint": typeCase(smallInteger()),
  "ddl-types/boolean-check": typeCase(boolean({ createConstraint: "ck_b" })),
  "ddl-types/string": typeCase(varchar(20)),
  "ddl-types/text": typeCase(text()),
  "ddl-types/text-length": typeCase(text(100)),
  "ddl-types/unicode-text": typeCase(text()),
  "ddl-types/numeric": typeCase(numeric(12, 4)),
  "ddl-types/numeric-plain": typeCase(numeric()),
  "ddl-types/date": typeCase(date()),
  "ddl-types/time": typeCase(time()),
  "ddl-types/datetime": typeCase(timestamp()),
  "ddl-types/interval": typeCase(interval()),
  "ddl-types/binary": typeCase(binary()),
  "ddl-types/json": typeCase(json<unknown>()),
  "ddl-types/uuid": typeCase(uuid()),
  "ddl-types/uuid-string": typeCase(uuid({ native: false })),
  "ddl-types/enum": typeCase(enumType("ab", ["a", "b"])),
  "ddl-types/enum-length": typeCase(enumType("ab", ["a", "bbb"], { native: false, length: 30 })),
  "ddl-types/char": typeCase(char(3)),
  "ddl-types/ansi-varchar": typeCase(varchar(10)),

  "ddl-types/array": typeCase(array(integer())),
  "ddl-types/pg-jsonb": typeCase(postgresqlTypes.jsonb<unknown>()),
  "ddl-types/pg-inet": typeCase(postgresqlTypes.inet()),
  "ddl-types/pg-ranges": typeCase(postgresqlTypes.tstzrange()),
  "ddl-types/pg-int8multirange": typeCase(postgresqlTypes.int8multirange()),
  "ddl-types/pg-tsvector": typeCase(postgresqlTypes.tsvector()),
  "ddl-types/pg-bit": typeCase(postgresqlTypes.varbit(5)),
  "ddl-types/pg-money": typeCase(postgresqlTypes.money()),
  "ddl-types/pg-hstore": typeCase(postgresqlTypes.hstore()),
  "ddl-types/my-unsigned": typeCase(integer().withVariant("mysql", mysqlTypes.int({ unsigned: true }))),
  "ddl-types/my-tinyint": typeCase(mysqlTypes.tinyint()),
  "ddl-types/my-set": typeCase(mysqlTypes.set(["x", "y"])),
  "ddl-types/my-longtext": typeCase(mysqlTypes.longtext()),
  "ddl-types/my-year": typeCase(mysqlTypes.year()),
  "ddl-types/decorator": () => {
    const upper = typeDecorator({
      impl: varchar(10),
      bind: (value: string) => value.toUpperCase(),
      result: (value) => `${value.slice(0, 1)}${value.slice(1).toLowerCase()}`,
    });
    const t = table("samples", new MetaData(), { id: integer(), s: upper });
    const x = typeCoerce(literal("abc"), upper).label("x");
    return { statement: select(t.c.s, x).where(t.c.s.eq("Banana")) };
  },
  "ddl-types/decorator-bind-expression": () => {
    const shout = wrappedType(varchar(50), {
      bindExpression: (value) => func.lower(value),
      columnExpression: (value) => func.upper(value),
    });
    const t = table("users", new MetaData(), { id: integer(), name: shout });
    return { statement: select(t.c.id, t.c.name).where(func.lower(t.c.name).eq("BOB")).orderBy(t.c.id) };
  },
  "ddl-types/compiles": () => ({
    statement: select(samples.c.id, new Greatest(samples.c.i, samples.c.j).label("g"))
      .where(samples.c.id.in([1, 2]))
      .orderBy(samples.c.id),
  }),

  "ddl-index/simple": () => indexed("createIndex", (t) => index("ix_a").on(t.c.a)),
  "ddl-index/composite-desc": () => indexed("createIndex", (t) => index("ix_ab").on(t.c.a, t.c.b.desc())),
  "ddl-index/nulls-last": () => indexed("createIndex", (t) => index("ix_a").on(t.c.a.desc().nullsLast())),
  "ddl-index/partial-string": () =>
    indexed("createIndex", (t) =>
      index("ix_a")
        .on(t.c.a)
        .with({ postgresql: { where: t.c.b.eq("it's") }, sqlite: { where: t.c.b.eq("x") } }),
    ),
  "ddl-index/pg-gin": () =>
    indexed("createIndex", (t) =>
      index("ix_j")
        .on(t.c.j)
        .with({ postgresql: { using: "gin" } }),
    ),
  "ddl-index/pg-gin-ops": () =>
    indexed("createIndex", (t) =>
      index("ix_j")
        .on(t.c.j)
        .with({ postgresql: { using: "gin", ops: { j: "jsonb_path_ops" } } }),
    ),
  "ddl-index/pg-concurrently": () =>
    indexed("createIndex", (t) =>
      index("ix_a")
        .on(t.c.a)
        .with({ postgresql: { concurrently: true } }),
    ),
  "ddl-index/pg-nulls-not-distinct": () =>
    indexed("createIndex", (t) =>
      index("ix_a")
        .on(t.c.a)
        .unique()
        .with({ postgresql: { nullsNotDistinct: true } }),
    ),
  "ddl-index/pg-text-pattern": () =>
    indexed("createIndex", (t) =>
      index("ix_b")
        .on(func.lower(t.c.b).label("lb"))
        .with({ postgresql: { ops: { lb: "text_pattern_ops" } } }),
    ),
  "ddl-index/mysql-prefix": () =>
    indexed("createIndex", (t) =>
      index("ix_b")
        .on(t.c.b)
        .with({ mysql: { prefix: "FULLTEXT" } }),
    ),
  "ddl-index/if-not-exists": () => ({ ...indexed("createIndex", (t) => index("ix_a").on(t.c.a)), ifExists: true }),
  "ddl-index/drop": () => indexed("dropIndex", (t) => index("ix_a").on(t.c.a)),
  "ddl-index/drop-if-exists": () => ({ ...indexed("dropIndex", (t) => index("ix_a").on(t.c.a)), ifExists: true }),
  "ddl-index/drop-concurrently": () =>
    indexed("dropIndex", (t) =>
      index("ix_a")
        .on(t.c.a)
        .with({ postgresql: { concurrently: true } }),
    ),

  "ddl-misc/sequence": () => ({
    steps: [
      {
        kind: "createSequence",
        sequence: new Sequence("s", { start: 5, increment: 2, minValue: 1, maxValue: 99, cycle: true, cache: 4 }),
      },
    ],
  }),
  "ddl-misc/sequence-plain": () => ({ steps: [{ kind: "createSequence", sequence: new Sequence("s") }] }),
  "ddl-misc/sequence-column": () => single({ id: id.sequence(new Sequence("t_id_seq", { start: 3 })) }),
  "ddl-misc/schema-drop": () => ({ steps: [{ kind: "dropSchema", name: "extra", cascade: true }], ifExists: true }),
  "ddl-misc/comment-column": () => {
    const [a] = onlyTable(single({ a: anInteger })).columns;
    return { steps: a === undefined ? [] : [{ kind: "setColumnComment", column: a, comment: "the a" }] };
  },
  "ddl-misc/comment-drop": () => ({
    steps: [{ kind: "setTableComment", table: onlyTable(single({ a: anInteger })), comment: null }],
  }),
  "ddl-misc/add-constraint": () => added(unique("uq_a").on("a")),
  "ddl-misc/add-fk": () =>
    added(
      foreignKey("fk_a")
        .on("a")
        .references(() => [users.c.id], { onDelete: "restrict" }),
    ),
  "ddl-misc/add-check": () => added(check("ck_a", column("a", integer()).gt(1))),
  "ddl-misc/add-fk-not-valid": () =>
    added(
      foreignKey("fk_a")
        .on("a")
        .references(() => [users.c.id], { dialectOptions: { postgresql: { notValid: true } } }),
    ),
  "ddl-misc/sequence-insert": () => {
    const t = table("t", new MetaData(), { id: id.sequence(sequence("t_seq")), x: anInteger });
    return { statement: insert(t).values({ x: 1 }) };
  },
  "ddl-misc/view-or-replace": () => ({
    steps: [createView(view("v", new MetaData(), select(users.c.id), { orReplace: true }))],
  }),
  "ddl-misc/view-materialized": () => ({
    steps: [createView(view("v", new MetaData(), select(users.c.id), { materialized: true }))],
  }),
  "ddl-misc/ctas-temporary": () => ({
    steps: [createTableAs("copied", select(users.c.id), { temporary: true, ifNotExists: true })],
  }),
  "ddl-misc/ctas-into": () => ({ steps: [createTableAs("copied", select(users.c.id))] }),
  "ddl-misc/enum-type": () => {
    const ab = enumType("ab", ["a", "b"]);
    return { steps: [createType(ab), dropType(ab)] };
  },
  "ddl-misc/ddl-if": () => {
    const metadata = single({ a: anInteger });
    const comment = ddl("COMMENT ON TABLE t IS 1").executeIf({ dialect: "postgresql" });
    listen(onlyTable(metadata), "afterCreate", () => comment);
    return metadata;
  },
  "ddl-misc/constraint-ddl-if": () =>
    single({ a: anInteger }, [check("only_pg", sqlText("a > 1"), { ddlIf: { dialect: "postgresql" } })]),
};

type Dialect = "sqlite" | "postgresql" | "mysql";
type PerDialect<T> = Readonly<Record<string, Partial<Readonly<Record<Dialect, T>>>>>;

/** What is written otherwise here, and why. */
export const deviations: PerDialect<{ readonly reason: string; readonly sql: readonly string[] }> = {
  "ddl-table/pk-smallint": {
    sqlite: {
      reason: "SQLite counts only keys whose type is spelled INTEGER; SMALLINT would refuse an INSERT without a key",
      sql: ["CREATE TABLE t (id INTEGER NOT NULL, PRIMARY KEY (id))"],
    },
  },
  "ddl-types/my-unsigned": {
    mysql: { reason: "INT and INTEGER are the same word", sql: ["CREATE TABLE t (x INT UNSIGNED)"] },
  },
  "ddl-types/my-tinyint": {
    mysql: { reason: "MySQL 8.0.17 has deprecated display widths", sql: ["CREATE TABLE t (x TINYINT)"] },
  },
  "ddl-types/text-length": {
    postgresql: { reason: "PostgreSQL refuses TEXT with a length", sql: ["CREATE TABLE t (x TEXT)"] },
  },
  "ddl-misc/sequence-insert": {
    postgresql: {
      reason: "a statement that is compiled by itself returns what it was told to",
      sql: ["INSERT INTO t (id, x) VALUES (nextval('t_seq'), :x)"],
    },
  },
  "ddl-index/nulls-last": {
    mysql: {
      reason: "MySQL has no NULLS LAST; NULL comes last by itself with DESC",
      sql: ["CREATE INDEX ix_a ON t (a DESC)"],
    },
  },
};

const postgresqlOnly = { reason: "the type is PostgreSQL's", raises: /has no type for (bit varying|jsonb)/ };
const noReplace = { reason: "SQLite has no OR REPLACE", raises: /has no OR REPLACE/ };
const noMaterialized = { reason: "materialized views are PostgreSQL's", raises: /has no materialized views/ };
const noSequences = { reason: "the database has no sequences", raises: /has no sequences/ };
/** What is refused here, because the database lacks it; SQLAlchemy writes it, and the database refuses. */
export const refusals: PerDialect<{ readonly reason: string; readonly raises: RegExp }> = {
  "ddl-types/pg-bit": { mysql: postgresqlOnly },
  "ddl-types/pg-jsonb": { sqlite: postgresqlOnly },
  "ddl-misc/sequence": { sqlite: noSequences, mysql: noSequences },
  "ddl-misc/sequence-plain": { sqlite: noSequences, mysql: noSequences },
  "ddl-misc/view-or-replace": { sqlite: noReplace },
  "ddl-misc/view-materialized": { sqlite: noMaterialized, mysql: noMaterialized },
};
