import { InvalidRequestError } from "../errors/errors.ts";
import { RUN_DDL } from "../util/symbols.ts";
import type { SqlElement } from "./column-definition.ts";
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
  /** Only these: tables or mapped classes. */
  readonly tables?: readonly (Table | SqlElement)[];
  /** Leave out what exists (create) or what does not (drop). True by default. */
  readonly checkFirst?: boolean;
}

/** An engine or a connection, synchronous or not: `R` is how it answers. */
export interface SchemaBind<out R> {
  [RUN_DDL](metadata: MetaData, action: "create" | "drop", options: CreateOptions): R;
}

/** A collection of tables that belong together: they are found by name, and created and dropped in one go. */
export class MetaData {
  readonly schema: string | null;
  readonly namingConvention: NamingConvention;
  readonly info: Readonly<Record<string, unknown>>;
  readonly #tables = new Map<string, Table>();
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

  get sequences(): readonly Sequence[] {
    this.use();
    return [...this.#sequences.values()];
  }

  /** Its tables so that each stands behind those its foreign keys point to. */
  get sortedTables(): readonly Table[] {
    return sortTables([...this.tables.values()]).tables;
  }

  /** Creates all tables that do not exist yet, in the order of their foreign keys. Answers as the engine does. */
  createAll<R>(bind: SchemaBind<R>, options: CreateOptions = {}): R {
    return bind[RUN_DDL](this, "create", options);
  }

  /** Drops all its tables that exist, and nothing else. Answers as the engine does. */
  dropAll<R>(bind: SchemaBind<R>, options: CreateOptions = {}): R {
    return bind[RUN_DDL](this, "drop", options);
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

  /** Forgets a table; the database is left alone. */
  remove(table: Table): void {
    if (this.#tables.get(table.key) === table) this.#tables.delete(table.key);
  }

  /** Forgets all tables; the database is left alone. */
  clear(): void {
    this.#tables.clear();
    this.#sequences.clear();
  }

  /** @internal */
  addTable(table: Table): void {
    if (this.#tables.has(table.key)) {
      throw new InvalidRequestError(
        `Table "${table.key}" is defined already in this MetaData. Give one of the two another name or schema, or a ` +
          "MetaData of its own.",
      );
    }
    this.#tables.set(table.key, table);
  }

  /** @internal */
  addSequence(sequence: Sequence): void {
    this.#sequences.set(sequence.key, sequence);
  }
}
