import { actionOf } from "../../reflection/answers.ts";
import { type ByTable, Catalog, type CatalogQuery, type Scope } from "../../reflection/catalog.ts";
import type {
  IndexSorting,
  ReflectedCheckConstraint,
  ReflectedDomain,
  ReflectedEnum,
  ReflectedForeignKey,
  ReflectedForeignKeyOptions,
  ReflectedIndex,
  ReflectedPartition,
  ReflectedPrimaryKey,
  ReflectedTableComment,
  ReflectedTableOptions,
  ReflectedUniqueConstraint,
  Relation,
} from "../../reflection/reflected.ts";
import type { IdentityOptions } from "../../schema/column-definition.ts";
import type { ConstraintDialectOptions, PostgresqlIndexOptions } from "../../schema/dialect-options.ts";
import type { ReflectedColumn } from "../../schema/reflected-column.ts";
import type { Task } from "../../util/task.ts";
import { warn } from "../../util/warn.ts";
import * as queries from "./catalog-queries.ts";
import {
  type DescribedDomain,
  type DescribedType,
  postgresqlBaseType,
  postgresqlReflectedType,
} from "./reflected-types.ts";

/** Reads schemas from PostgreSQL's catalog (https://www.postgresql.org/docs/current/catalogs.html). */
export class PostgresqlCatalog extends Catalog {
  *defaultSchema(query: CatalogQuery): Task<string | null> {
    const [row] = yield* query("SELECT current_schema()::text");
    return typeof row?.[0] === "string" ? row[0] : null;
  }

  *schemas(query: CatalogQuery): Task<readonly string[]> {
    const rows = yield* query(queries.schemas);
    return rows.map(([name]) => String(name));
  }

  *relations(query: CatalogQuery, scope: Scope): Task<readonly Relation[]> {
    const found = yield* this.#byTable<readonly [RelationRow]>(query, scope, queries.relations);
    return [...found].map(([name, [{ kind, temporary, partition }]]) => ({
      name,
      kind: relationKinds[kind] ?? "table",
      temporary,
      partition,
    }));
  }

  *columns(query: CatalogQuery, scope: Scope): Task<ByTable<readonly ReflectedColumn[]>> {
    const found = yield* this.#byTable<readonly ColumnRow[]>(query, scope, queries.columns);
    return mapValues(found, (rows, table) => rows.map((row) => column(row, table)));
  }

  *primaryKeys(query: CatalogQuery, scope: Scope): Task<ByTable<ReflectedPrimaryKey>> {
    const found = yield* this.#byTable<readonly [KeyRow]>(query, scope, queries.keys("p"));
    return mapValues(found, ([row]) => ({ ...keyConstraint(row), constrainedColumns: row.columns }));
  }

  *uniqueConstraints(query: CatalogQuery, scope: Scope): Task<ByTable<readonly ReflectedUniqueConstraint[]>> {
    const found = yield* this.#byTable<readonly KeyRow[]>(query, scope, queries.keys("u"));
    return mapValues(found, (rows) =>
      rows.map((row) => ({ ...keyConstraint(row), columnNames: row.columns, duplicatesIndex: null })),
    );
  }

  *foreignKeys(query: CatalogQuery, scope: Scope): Task<ByTable<readonly ReflectedForeignKey[]>> {
    const found = yield* this.#byTable<readonly ForeignKeyRow[]>(query, scope, queries.foreignKeys);
    return mapValues(found, (rows) => rows.map((row) => foreignKey(row, scope.schema)));
  }

  *checkConstraints(query: CatalogQuery, scope: Scope): Task<ByTable<readonly ReflectedCheckConstraint[]>> {
    const found = yield* this.#byTable<readonly CheckRow[]>(query, scope, queries.checks);
    return mapValues(found, (rows) =>
      rows.map(({ name, comment, expression, validated, noInherit }) => ({
        name,
        comment,
        sqlText: expression,
        dialectOptions: postgresqlOptions({
          ...(validated ? {} : { notValid: true }),
          ...(noInherit ? { noInherit: true } : {}),
        }),
      })),
    );
  }

  *indexes(query: CatalogQuery, scope: Scope): Task<ByTable<readonly ReflectedIndex[]>> {
    const found = yield* this.#byTable<readonly IndexRow[]>(query, scope, queries.indexes);
    return mapValues(found, (rows) => rows.map(index));
  }

  *tableOptions(query: CatalogQuery, scope: Scope): Task<ByTable<ReflectedTableOptions>> {
    const found = yield* this.#byTable<readonly [OptionsRow]>(query, scope, queries.tableOptions);
    return mapValues(found, ([row]) => {
      const postgresql = {
        ...(row.partitionBy === null ? {} : { partitionBy: row.partitionBy }),
        ...(row.inherits === null ? {} : { inherits: row.inherits }),
        ...(row.storage === null ? {} : { with: storageOf(row.storage) }),
        ...(row.using === null ? {} : { using: row.using }),
        ...(row.tablespace === null ? {} : { tablespace: row.tablespace }),
        ...(row.unlogged ? { unlogged: true } : {}),
      };
      return Object.keys(postgresql).length === 0 ? {} : { postgresql };
    });
  }

  *tableComments(query: CatalogQuery, scope: Scope): Task<ByTable<ReflectedTableComment>> {
    const found = yield* this.#byTable<readonly [{ readonly text: string }]>(query, scope, queries.tableComments);
    return mapValues(found, ([{ text }]) => ({ text }));
  }

  *viewDefinitions(query: CatalogQuery, scope: Scope): Task<ByTable<string | null>> {
    const found = yield* this.#byTable<readonly [{ readonly sql: string }]>(query, scope, queries.viewDefinitions);
    return mapValues(found, ([{ sql }]) => sql.trim().replace(/;$/, ""));
  }

  override *partitions(query: CatalogQuery, scope: Scope): Task<ByTable<readonly ReflectedPartition[]>> {
    return yield* this.#byTable<readonly ReflectedPartition[]>(query, scope, queries.partitions);
  }

  override *sequences(query: CatalogQuery, schema: string | null): Task<readonly string[]> {
    const rows = yield* query(queries.sequences(schema === null), schema === null ? [] : [schema]);
    return rows.map(([name]) => String(name));
  }

  override *enums(query: CatalogQuery, schema: string | null): Task<readonly ReflectedEnum[]> {
    const rows = yield* query(queries.enums(schema === null), schema === null ? [] : [schema]);
    return rows.map(([json]) => JSON.parse(String(json)) as ReflectedEnum);
  }

  override *domains(query: CatalogQuery, schema: string | null): Task<readonly ReflectedDomain[]> {
    const rows = yield* query(queries.domains(schema === null), schema === null ? [] : [schema]);
    return rows.map(([json]) => {
      const { notNull, format, constraints, ...rest } = JSON.parse(String(json)) as DomainRow;
      return { ...rest, type: postgresqlBaseType(format), nullable: !notNull, constraints: constraints ?? [] };
    });
  }

  /** One row for each table: its name, and a list of objects as JSON, which all drivers give alike. */
  *#byTable<T>(query: CatalogQuery, { schema, names }: Scope, question: queries.TableQuery): Task<Map<string, T>> {
    const parameters = [...(schema === null ? [] : [schema]), ...(names === null ? [] : [JSON.stringify(names)])];
    const rows = yield* query(queries.forTables(question, schema !== null, names !== null), parameters);
    return new Map(rows.map(([name, json]) => [String(name), JSON.parse(String(json)) as T]));
  }
}

// ── what the queries give ────────────────────────────────────────────────────
interface RelationRow {
  readonly kind: string;
  readonly temporary: boolean;
  readonly partition: boolean;
}
const relationKinds: Readonly<Record<string, Relation["kind"]>> = {
  v: "view",
  m: "materializedView",
  f: "foreignTable",
};

interface ColumnRow {
  readonly name: string;
  readonly notNull: boolean;
  readonly type: DescribedType;
  readonly expression: string | null;
  /** `s`: stored, `v`: virtual, empty: the expression is a default. */
  readonly generated: string;
  readonly comment: string | null;
  readonly identity: IdentityRow | null;
  readonly sequence: { readonly name: string; readonly schema: string | null; readonly owned: boolean } | null;
}

/** Numbers of 64 bits come as text. */
interface IdentityRow {
  readonly always: boolean;
  readonly start: string;
  readonly increment: string;
  readonly minValue: string;
  readonly maxValue: string;
  readonly cache: string;
  readonly cycle: boolean;
}

interface ConstraintRow {
  readonly name: string;
  readonly comment: string | null;
  readonly deferrable: boolean;
  readonly deferred: boolean;
}
interface KeyRow extends ConstraintRow {
  readonly columns: readonly string[];
  readonly include: readonly string[] | null;
  readonly nullsNotDistinct: boolean | null;
}
interface ForeignKeyRow extends ConstraintRow {
  readonly columns: readonly string[];
  readonly schema: string;
  readonly visible: boolean;
  readonly table: string;
  readonly referred: readonly string[];
  readonly onDelete: string;
  readonly onUpdate: string;
  readonly match: string;
  readonly validated: boolean;
}
interface CheckRow {
  readonly name: string;
  readonly comment: string | null;
  readonly expression: string;
  readonly validated: boolean;
  readonly noInherit: boolean;
}
interface IndexRow {
  readonly name: string;
  readonly comment: string | null;
  readonly unique: boolean;
  readonly elements: readonly IndexElementRow[];
  readonly where: string | null;
  readonly method: string;
  readonly storage: readonly string[] | null;
  readonly tablespace: string | null;
  readonly nullsNotDistinct: boolean | null;
  readonly constraint: string | null;
}
interface IndexElementRow {
  /** Null: an expression. */
  readonly column: string | null;
  readonly sql: string;
  /** Kept in the index without being searched. */
  readonly included: boolean;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
  /** An operator class that is not the type's own. */
  readonly operatorClass: string | null;
}
interface OptionsRow {
  readonly partitionBy: string | null;
  readonly inherits: readonly string[] | null;
  readonly storage: readonly string[] | null;
  readonly using: string | null;
  readonly tablespace: string | null;
  readonly unlogged: boolean;
}
interface DomainRow extends Omit<ReflectedDomain, "type" | "nullable" | "constraints">, DescribedDomain {
  readonly name: string;
  readonly default: string | null;
  readonly collation: string | null;
}

// ── how they are told ────────────────────────────────────────────────────────
function column(row: ColumnRow, table: string): ReflectedColumn {
  const { type, known } = postgresqlReflectedType(row.type);
  if (!known)
    warn(`The type ${row.type.format} of column "${table}.${row.name}" is none that PostgreSQL's dialect knows.`);
  const computed = row.generated !== "" && row.expression !== null;
  return {
    name: row.name,
    type,
    nullable: !row.notNull,
    default: computed ? null : row.expression,
    autoincrement: row.identity !== null || row.sequence?.owned === true,
    sequence: row.sequence === null ? null : { name: row.sequence.name, schema: row.sequence.schema },
    computed: computed ? { expression: row.expression, stored: row.generated === "s" } : null,
    identity: row.identity === null ? null : identity(row.identity),
    onUpdate: null,
    comment: row.comment,
  };
}

function identity({ always, cycle, cache, ...numbers }: IdentityRow): IdentityOptions {
  return {
    always,
    start: wholeNumber(numbers.start),
    increment: wholeNumber(numbers.increment),
    minValue: wholeNumber(numbers.minValue),
    maxValue: wholeNumber(numbers.maxValue),
    cache: Number(cache),
    cycle,
  };
}

function wholeNumber(text: string): number | bigint {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}

function deferral({
  deferrable,
  deferred,
}: ConstraintRow): Pick<ReflectedForeignKeyOptions, "deferrable" | "initially"> {
  return deferrable ? { deferrable: true, ...(deferred ? { initially: "deferred" as const } : {}) } : {};
}

function postgresqlOptions(postgresql: NonNullable<ConstraintDialectOptions["postgresql"]>): ConstraintDialectOptions {
  return Object.keys(postgresql).length === 0 ? {} : { postgresql };
}

function keyConstraint(row: KeyRow): Omit<ReflectedPrimaryKey, "constrainedColumns"> {
  return {
    name: row.name,
    comment: row.comment,
    ...deferral(row),
    dialectOptions: postgresqlOptions({
      ...(row.include === null ? {} : { include: row.include }),
      ...(row.nullsNotDistinct === true ? { nullsNotDistinct: true } : {}),
    }),
  };
}

/** Letters of the catalog for ON DELETE and ON UPDATE. */
const actions: Readonly<Record<string, string>> = { c: "CASCADE", r: "RESTRICT", n: "SET NULL", d: "SET DEFAULT" };

/** A foreign key says its schema where it must: it is another than the one asked for, or is not on the search path. */
function foreignKey(row: ForeignKeyRow, schema: string | null): ReflectedForeignKey {
  const onDelete = actionOf(actions[row.onDelete]);
  const onUpdate = actionOf(actions[row.onUpdate]);
  return {
    name: row.name,
    comment: row.comment,
    constrainedColumns: row.columns,
    referredSchema: row.schema === schema || !row.visible ? row.schema : null,
    referredTable: row.table,
    referredColumns: row.referred,
    options: {
      ...(onDelete === null ? {} : { onDelete }),
      ...(onUpdate === null ? {} : { onUpdate }),
      ...(row.match === "f" ? { match: "full" as const } : {}),
      ...deferral(row),
    },
    dialectOptions: postgresqlOptions(row.validated ? {} : { notValid: true }),
  };
}

function index(row: IndexRow): ReflectedIndex {
  const keys = row.elements.filter(({ included }) => !included);
  const include = row.elements.filter(({ included }) => included).map(({ sql }) => sql);
  const classes = keys.filter(({ operatorClass }) => operatorClass !== null);
  const hasExpressions = keys.some((element) => element.column === null);
  const postgresql: PostgresqlIndexOptions = {
    ...(row.method === "btree" ? {} : { using: row.method }),
    ...(include.length === 0
      ? {}
      : { include: row.elements.flatMap((each) => (each.included && each.column !== null ? [each.column] : [])) }),
    ...(classes.length === 0
      ? {}
      : { ops: Object.fromEntries(classes.map((each) => [each.column ?? each.sql, each.operatorClass ?? ""])) }),
    ...(row.storage === null ? {} : { with: storageOf(row.storage) }),
    ...(row.tablespace === null ? {} : { tablespace: row.tablespace }),
    ...(row.nullsNotDistinct === true ? { nullsNotDistinct: true } : {}),
  };
  const sorting = keys.map(sortingOf);
  return {
    name: row.name,
    unique: row.unique,
    columnNames: keys.map((element) => element.column),
    expressions: hasExpressions ? keys.map(({ sql }) => sql) : null,
    sorting: Object.fromEntries([...sorting.entries()].filter(([, words]) => words.length > 0)),
    where: row.where,
    duplicatesConstraint: row.constraint,
    comment: row.comment,
    dialectOptions: Object.keys(postgresql).length === 0 ? {} : { postgresql },
  };
}

/** NULL comes last in ascending order and first in descending order, unless something else is said. */
function sortingOf({ descending, nullsFirst }: IndexElementRow): readonly IndexSorting[] {
  if (descending) return nullsFirst ? ["desc"] : ["desc", "nullsLast"];
  return nullsFirst ? ["nullsFirst"] : [];
}

/** `fillfactor=70` and the like. */
function storageOf(parameters: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    parameters.map((each) => [each.slice(0, each.indexOf("=")), each.slice(each.indexOf("=") + 1)]),
  );
}

function mapValues<T, U>(map: ReadonlyMap<string, T>, change: (value: T, key: string) => U): Map<string, U> {
  return new Map([...map].map(([key, value]) => [key, change(value, key)]));
}
