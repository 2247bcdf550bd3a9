import type { ConnectionCore } from "../engine/connection-core.ts";
import { ArgumentError, NoSuchTableError, UnreflectableTableError } from "../errors/errors.ts";
import type { ReflectedColumn } from "../schema/reflected-column.ts";
import { settled, type Task } from "../util/task.ts";
import type { Catalog, CatalogQuery, TableAnswers, TableQuestion, TableQuestions } from "./catalog.ts";
import type { ReflectedDomain, ReflectedEnum, Relation, SortedTableNames } from "./reflected.ts";
import { sortTableNames } from "./sort-table-names.ts";

/** Which kinds of tables a question is about. */
export type ObjectKind = "table" | "view" | "materializedView" | "anyView" | "any";
/** Temporary tables, which belong to one connection, or the others. */
export type ObjectScope = "default" | "temporary" | "any";

export interface SchemaOptions {
  /** The schema to look in. Without it, the default one; tables are then described as they are named without a schema. */
  readonly schema?: string;
}

export interface MultiOptions extends SchemaOptions {
  /** Only these; names that do not exist are left out. Without it, all. */
  readonly filterNames?: readonly string[];
  /** Default `table`. */
  readonly kind?: ObjectKind;
  /** Default `default`. */
  readonly scope?: ObjectScope;
}

const kinds: Readonly<Record<ObjectKind, readonly Relation["kind"][]>> = {
  table: ["table"],
  view: ["view"],
  materializedView: ["materializedView"],
  anyView: ["view", "materializedView"],
  any: ["table", "foreignTable", "view", "materializedView"],
};

/** What is said of a table for which the catalog has no answer. */
const nothing: TableAnswers = {
  columns: [],
  primaryKeys: { name: null, constrainedColumns: [], comment: null, dialectOptions: {} },
  foreignKeys: [],
  uniqueConstraints: [],
  checkConstraints: [],
  indexes: [],
  tableOptions: {},
  tableComments: { text: null },
  viewDefinitions: null,
  partitions: [],
};

/** Beyond this many tables, reading the whole schema is cheaper than naming them. */
const mostNames = 500;

type Answers = { readonly [Q in TableQuestion]: Map<string, TableAnswers[Q]> };

function noAnswers(): Answers {
  return {
    columns: new Map(),
    primaryKeys: new Map(),
    foreignKeys: new Map(),
    uniqueConstraints: new Map(),
    checkConstraints: new Map(),
    indexes: new Map(),
    tableOptions: new Map(),
    tableComments: new Map(),
    viewDefinitions: new Map(),
    partitions: new Map(),
  };
}

function keyOf(schema: string | null, name: string): string {
  return JSON.stringify([schema, name]);
}

/**
 * Reads a schema and keeps what it has read, until `clear`: the part that both faces of the inspector share. What it is
 * asked of one table, it need not be asked again when all tables are read.
 */
export class InspectorCore {
  readonly catalog: Catalog;
  /** Each schema's tables and views, where all of them have been read. */
  #relations = new Map<string | null, readonly Relation[]>();
  /** Single ones; null: there is none. */
  #known = new Map<string, Relation | null>();
  #answers = noAnswers();
  #lists = new Map<string, unknown>();

  constructor(catalog: Catalog) {
    this.catalog = catalog;
  }

  clear(): void {
    this.#relations = new Map();
    this.#known = new Map();
    this.#answers = noAnswers();
    this.#lists = new Map();
  }

  // ── tables and views ───────────────────────────────────────────────────────
  /** All tables and views of a schema. */
  *relations(connection: ConnectionCore, schema: string | null): Task<readonly Relation[]> {
    const known = this.#relations.get(schema);
    if (known !== undefined) return known;
    const found = yield* this.catalog.relations(queryOf(connection), { schema, names: null });
    this.#relations.set(schema, found);
    for (const relation of found) this.#known.set(keyOf(schema, relation.name), relation);
    return found;
  }

  /** Those of the names that exist. */
  *existing(connection: ConnectionCore, schema: string | null, names: readonly string[]): Task<readonly Relation[]> {
    const unknown = names.filter((name) => !this.#known.has(keyOf(schema, name)));
    if (unknown.length > mostNames) yield* this.relations(connection, schema);
    else if (unknown.length > 0 && !this.#relations.has(schema)) {
      for (const name of unknown) this.#known.set(keyOf(schema, name), null);
      const found = yield* this.catalog.relations(queryOf(connection), { schema, names: unknown });
      for (const relation of found) this.#known.set(keyOf(schema, relation.name), relation);
    }
    return names.map((name) => this.#known.get(keyOf(schema, name)) ?? null).filter((relation) => relation !== null);
  }

  *hasTable(connection: ConnectionCore, name: string, { schema = null }: Named): Task<boolean> {
    return (yield* this.existing(connection, schema, [checkedName(name)])).length > 0;
  }

  *hasTables(
    connection: ConnectionCore,
    names: readonly string[],
    { schema = null }: Named,
  ): Task<ReadonlyMap<string, boolean>> {
    const found = new Set((yield* this.existing(connection, schema, names)).map(({ name }) => name));
    return new Map(names.map((name) => [name, found.has(name)]));
  }

  /** The names of one kind of tables or views. */
  *names(
    connection: ConnectionCore,
    { schema = null }: Named,
    kind: ObjectKind,
    scope: ObjectScope,
  ): Task<readonly string[]> {
    const relations = yield* this.relations(connection, schema);
    return relations.filter((relation) => fits(relation, kind, scope)).map(({ name }) => name);
  }

  // ── what is asked of tables ────────────────────────────────────────────────
  /** The answer for one table; throws NoSuchTableError where there is none. */
  *one<Q extends TableQuestion>(
    connection: ConnectionCore,
    question: Q,
    name: string,
    { schema = null }: Named,
  ): Task<TableAnswers[Q]> {
    const [relation] = yield* this.existing(connection, schema, [checkedName(name)]);
    if (relation === undefined) throw noSuchTable(name, schema);
    yield* this.#ask(connection, question, schema, [name]);
    return this.#answer(question, schema, name);
  }

  /**
   * The columns of one table or view.
   *
   * @throws NoSuchTableError when there is none; UnreflectableTableError when it is a view that cannot be read.
   */
  *columns(connection: ConnectionCore, name: string, options: Named): Task<readonly ReflectedColumn[]> {
    const columns = yield* this.one(connection, "columns", name, options);
    // A table may be without columns, a view is not.
    if (columns.length === 0 && this.#known.get(keyOf(options.schema ?? null, name))?.kind === "view") {
      throw new UnreflectableTableError(`View ${JSON.stringify(name)} cannot be read: ${brokenView}`);
    }
    return columns;
  }

  *hasIndex(connection: ConnectionCore, table: string, index: string, options: Named): Task<boolean> {
    if (!(yield* this.hasTable(connection, table, options))) return false;
    return (yield* this.one(connection, "indexes", table, options)).some(({ name }) => name === index);
  }

  *viewDefinition(connection: ConnectionCore, view: string, { schema = null }: Named): Task<string> {
    const definition = yield* this.one(connection, "viewDefinitions", view, { schema });
    if (definition === null) throw noSuchTable(view, schema, "view");
    return definition;
  }

  /** The answers for many tables, in the order of their names. */
  *multi<Q extends TableQuestion>(
    connection: ConnectionCore,
    question: Q,
    { schema = null, filterNames, kind = "table", scope = "default" }: Omit<MultiOptions, keyof SchemaOptions> & Named,
  ): Task<ReadonlyMap<string, TableAnswers[Q]>> {
    const relations =
      filterNames === undefined
        ? yield* this.relations(connection, schema)
        : yield* this.existing(connection, schema, filterNames);
    const names = relations.filter((relation) => fits(relation, kind, scope)).map(({ name }) => name);
    yield* this.#ask(connection, question, schema, names);
    return new Map(names.map((name) => [name, this.#answer(question, schema, name)]));
  }

  #answer<Q extends TableQuestion>(question: Q, schema: string | null, name: string): TableAnswers[Q] {
    return this.#answers[question].get(keyOf(schema, name)) ?? nothing[question];
  }

  /** Sees to it that the answers for these tables are known, with one query at most. */
  *#ask<Q extends TableQuestion>(
    connection: ConnectionCore,
    question: Q,
    schema: string | null,
    names: readonly string[],
  ): Task<void> {
    const answers: Map<string, TableAnswers[Q]> = this.#answers[question];
    const unknown = names.filter((name) => !answers.has(keyOf(schema, name)));
    if (unknown.length === 0) return;
    const questions: TableQuestions = this.catalog;
    const scope = { schema, names: unknown.length > mostNames ? null : unknown };
    const found = yield* questions[question](queryOf(connection), scope);
    for (const [name, answer] of found) answers.set(keyOf(schema, name), answer);
    for (const name of unknown) if (!found.has(name)) answers.set(keyOf(schema, name), nothing[question]);
  }

  // ── the rest of a schema ───────────────────────────────────────────────────
  defaultSchema(connection: ConnectionCore): Task<string | null> {
    return this.#list("default schema", () => this.catalog.defaultSchema(queryOf(connection)));
  }
  schemas(connection: ConnectionCore): Task<readonly string[]> {
    return this.#list("schemas", () => this.catalog.schemas(queryOf(connection)));
  }
  *hasSchema(connection: ConnectionCore, name: string): Task<boolean> {
    return (yield* this.schemas(connection)).includes(name);
  }
  *hasSequence(connection: ConnectionCore, name: string, options: Named): Task<boolean> {
    return (yield* this.sequences(connection, options)).includes(name);
  }
  sequences(connection: ConnectionCore, { schema = null }: Named): Task<readonly string[]> {
    return this.#list(keyOf(schema, "sequences"), () => this.catalog.sequences(queryOf(connection), schema));
  }
  enums(connection: ConnectionCore, { schema = null }: Named): Task<readonly ReflectedEnum[]> {
    return this.#list(keyOf(schema, "enums"), () => this.catalog.enums(queryOf(connection), schema));
  }
  domains(connection: ConnectionCore, { schema = null }: Named): Task<readonly ReflectedDomain[]> {
    return this.#list(keyOf(schema, "domains"), () => this.catalog.domains(queryOf(connection), schema));
  }

  *#list<T>(key: string, read: () => Task<T>): Task<T> {
    if (this.#lists.has(key)) return this.#lists.get(key) as T;
    const found = yield* read();
    this.#lists.set(key, found);
    return found;
  }

  *sortedTables(connection: ConnectionCore, options: Named): Task<SortedTableNames> {
    const foreignKeys = yield* this.multi(connection, "foreignKeys", options);
    return sortTableNames(foreignKeys, options.schema ?? null);
  }
}

/** Options in which the absence of a schema may be said with null. */
export interface Named {
  readonly schema?: string | null;
}

function fits(relation: Relation, kind: ObjectKind, scope: ObjectScope): boolean {
  const ofKind = kinds[kind]?.includes(relation.kind);
  if (ofKind === undefined) {
    throw new ArgumentError(`kind is one of ${Object.keys(kinds).join(", ")}, not ${JSON.stringify(kind)}.`);
  }
  return ofKind && (scope === "any" || relation.temporary === (scope === "temporary"));
}

function checkedName(name: unknown): string {
  if (typeof name === "string" && name !== "") return name;
  throw new ArgumentError("The inspector takes the name of a table as a string.");
}

/** Why a view has no columns. */
export const brokenView = "what it selects from is gone or has changed. Create the view again, or drop it.";

export function noSuchTable(name: string, schema: string | null, what: string = "table or view"): NoSuchTableError {
  const where = schema === null ? " in the default schema" : ` in schema ${JSON.stringify(schema)}`;
  const hint = schema === null ? '. Name another schema with { schema: "…" }.' : ".";
  return new NoSuchTableError(`There is no ${what} ${JSON.stringify(name)}${where}${hint}`);
}

const rowsAsTheyAre = { returnsRows: true, bigints: false, converted: true, prepare: false } as const;

/** Looks into the catalog through a connection, in its transaction; statistics and events of statements are not touched. */
function queryOf(connection: ConnectionCore): CatalogQuery {
  return (sql, parameters = []) =>
    connection.lookUp(function* (driver) {
      return (yield* settled(driver.execute(sql, parameters, rowsAsTheyAre))).rows;
    });
}
