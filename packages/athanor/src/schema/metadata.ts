import { InvalidRequestError } from "../errors/errors.ts";
import type { Listenable, Listeners } from "../events/listeners.ts";
import { type EVENTS, LISTENERS, REFLECT, RUN_DDL } from "../util/symbols.ts";
import type { SqlElement } from "./column-definition.ts";
import type { DdlDialect } from "./ddl-dialect.ts";
import { type MetaDataEvents, metadataListeners } from "./ddl-events.ts";
import { ddlTexts } from "./ddl-texts.ts";
import type { NamingConvention } from "./naming.ts";
import type { Sequence } from "./sequence.ts";
import { sortTables } from "./sort-tables.ts";
import type { Table } from "./table.ts";

export interface MetaDataOptions {
  /** The schema of tables that name none. */
  readonly schema?: string;
  readonly namingConvention?: NamingConvention;
  readonly info?: Readonly<Record<string, unknown>>;
}

export interface CreateOptions {
  /** Only these: tables, views or mapped classes. */
  readonly tables?: readonly (Table | SqlElement)[];
  /** Leave out what exists (create) or what does not (drop). True by default. */
  readonly checkFirst?: boolean;
}

/** An engine or a connection, synchronous or not: `R` is how it answers. */
export interface SchemaBind<out R> {
  [RUN_DDL](metadata: MetaData, action: "create" | "drop", options: CreateOptions): R;
}

export interface ReflectOptions {
  /** Only these tables and what they refer to: names, or a function that chooses. Default: all. */
  readonly only?: readonly string[] | ((name: string) => boolean);
  /** Views as well, as tables without keys. Default false. */
  readonly views?: boolean;
  /** The schema to read. Default: the MetaData's own, or the database's default schema. */
  readonly schema?: string;
  /** Tables that the MetaData has already get what they lack; otherwise they stay as they are. Default false. */
  readonly extendExisting?: boolean;
  /** With `extendExisting`: the database's description of a column wins over that of the MetaData. Default true. */
  readonly autoloadReplace?: boolean;
  /** Tables that foreign keys point to are read as well, in whichever schema they are. Default true. */
  readonly resolveFks?: boolean;
}

/** An engine or a connection that schemas are read from: `R` is how it answers. */
export interface ReflectBind<out R> {
  [REFLECT](metadata: MetaData, options: ReflectOptions): R;
}

/** A collection of tables that belong together: they are found by name, and created and dropped in one go. */
export class MetaData implements Listenable<MetaDataEvents> {
  declare readonly [EVENTS]: MetaDataEvents;
  /** Who hears of `createAll`, `dropAll` and `reflect`. @internal */
  readonly [LISTENERS]: Listeners = metadataListeners();
  readonly schema: string | null;
  readonly namingConvention: NamingConvention;
  readonly info: Readonly<Record<string, unknown>>;
  readonly #tables = new Map<string, Table>();
  readonly #views = new Map<string, Table>();
  readonly #sequences = new Map<string, Sequence>();
  readonly #hooks = new Set<() => void>();

  constructor(options: MetaDataOptions = {}) {
    this.schema = options.schema ?? null;
    this.namingConvention = options.namingConvention ?? {};
    this.info = options.info ?? {};
  }

  /** Its tables by key (`name` or `schema.name`), in the order of declaration, each complete. */
  get tables(): ReadonlyMap<string, Table> {
    this.use();
    return this.#tables;
  }

  /** Its views by key. */
  get views(): ReadonlyMap<string, Table> {
    this.use();
    return this.#views;
  }

  get sequences(): readonly Sequence[] {
    this.use();
    return [...this.#sequences.values()];
  }

  /** Its tables so that each stands behind those its foreign keys point to. */
  get sortedTables(): readonly Table[] {
    return sortTables([...this.tables.values()]).tables;
  }

  /**
   * Creates what does not exist yet: types, sequences, tables in the order of their foreign keys with their indexes and
   * comments, then views. Answers as the engine does.
   */
  createAll<R>(bind: SchemaBind<R>, options: CreateOptions = {}): R {
    return bind[RUN_DDL](this, "create", options);
  }

  /** Drops what exists of it, and nothing else. Answers as the engine does. */
  dropAll<R>(bind: SchemaBind<R>, options: CreateOptions = {}): R {
    return bind[RUN_DDL](this, "drop", options);
  }

  /**
   * The statements that `createAll` would execute where nothing exists yet, without connecting:
   * `metadata.createAllSql(dialect())`, with `dialect` from the entry of a database, `athanor/postgresql`.
   */
  createAllSql(dialect: DdlDialect, options: Pick<CreateOptions, "tables"> = {}): readonly string[] {
    return ddlTexts(this, "create", dialect, options);
  }
  /** The statements that `dropAll` would execute where everything exists. */
  dropAllSql(dialect: DdlDialect, options: Pick<CreateOptions, "tables"> = {}): readonly string[] {
    return ddlTexts(this, "drop", dialect, options);
  }

  /**
   * Reads tables from the database: columns, keys, constraints, indexes, comments. Answers as the engine does.
   *
   * @throws InvalidRequestError when `only` names tables that the database does not have.
   */
  reflect<R>(bind: ReflectBind<R>, options: ReflectOptions = {}): R {
    return bind[REFLECT](this, options);
  }

  /**
   * Calls back once, before the tables are listed the next time: who completes tables late (mapped classes) does it
   * then. A callback that throws will be called again.
   */
  onUse(callback: () => void): void {
    this.#hooks.add(callback);
  }

  /** @internal Runs the callbacks of `onUse`. */
  use(): void {
    for (const callback of this.#hooks) {
      // Removed first: completing a table may ask for the tables again.
      this.#hooks.delete(callback);
      try {
        callback();
      } catch (error) {
        this.#hooks.add(callback);
        throw error;
      }
    }
  }

  /** @internal A table by key, complete or not. */
  getTable(key: string): Table | undefined {
    return this.#tables.get(key);
  }

  /** Forgets a table or a view; the database is left alone. */
  remove(table: Table): void {
    for (const known of [this.#tables, this.#views]) if (known.get(table.key) === table) known.delete(table.key);
  }

  /** Forgets all tables, views and sequences; the database is left alone. */
  clear(): void {
    this.#tables.clear();
    this.#views.clear();
    this.#sequences.clear();
  }

  /** @internal */
  addTable(table: Table): void {
    if (this.#tables.has(table.key) || this.#views.has(table.key)) {
      throw new InvalidRequestError(
        `Table "${table.key}" is defined already in this MetaData. Give one of the two another name or schema, or a ` +
          "MetaData of its own; extendExisting adds columns to the one that is there, keepExisting takes it as it is.",
      );
    }
    (table.view === null ? this.#tables : this.#views).set(table.key, table);
  }

  /** @internal */
  addSequence(sequence: Sequence): void {
    this.#sequences.set(sequence.key, sequence);
  }
}
