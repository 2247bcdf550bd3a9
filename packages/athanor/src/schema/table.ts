import { ArgumentError, DuplicateColumnError, InvalidRequestError } from "../errors/errors.ts";
import type { Listenable, Listeners } from "../events/listeners.ts";
import { type EVENTS, LISTENERS } from "../util/symbols.ts";
import type { AnyColumn } from "./column.ts";
import { CheckConstraint, type Constraint, PrimaryKeyConstraint, UniqueConstraint } from "./constraint.ts";
import { type DdlEvents, ddlListeners } from "./ddl-events.ts";
import {
  checkDialectOptions,
  type MysqlTableOptions,
  type PostgresqlTableOptions,
  type SqliteTableOptions,
} from "./dialect-options.ts";
import { type ForeignKey, ForeignKeyConstraint } from "./foreign-key.ts";
import type { MetaData, SchemaBind } from "./metadata.ts";
import type { TableArgument } from "./table-arguments.ts";
import { TableColumn } from "./table-column.ts";
import { Index } from "./table-index.ts";
import type { ViewDefinition } from "./view-definition.ts";

export interface TableOptions {
  readonly schema?: string;
  readonly comment?: string;
  /** Words between CREATE and TABLE: `["TEMPORARY"]`. */
  readonly prefixes?: readonly string[];
  readonly info?: Readonly<Record<string, unknown>>;
  readonly sqlite?: SqliteTableOptions;
  readonly postgresql?: PostgresqlTableOptions;
  readonly mysql?: MysqlTableOptions;
}

/**
 * A table as data: its columns, constraints and indexes. Its columns may be given later than its name, because a
 * mapped class is complete only when the classes it refers to are there.
 */
export class Table implements Listenable<DdlEvents<Table>> {
  declare readonly [EVENTS]: DdlEvents<Table>;
  /** Who hears of its creation and its end. @internal */
  readonly [LISTENERS]: Listeners = ddlListeners();
  readonly name: string;
  readonly schema: string | null;
  readonly metadata: MetaData;
  readonly options: TableOptions;
  #view: ViewDefinition | null;
  #columns: readonly TableColumn[] = [];
  readonly #byKey = new Map<string, TableColumn>();
  readonly #byName = new Map<string, TableColumn>();
  #primaryKey: PrimaryKeyConstraint = new PrimaryKeyConstraint(this, []);
  /** Constraints that arguments of the table made, and those that follow from its columns. */
  readonly #explicit: Constraint[] = [];
  readonly #implied: Constraint[] = [];
  readonly #indexes: Index[] = [];

  constructor(name: string, metadata: MetaData, options: TableOptions = {}, view: ViewDefinition | null = null) {
    if (name === "") throw new ArgumentError("A table needs a name.");
    const { sqlite, postgresql, mysql } = options;
    checkDialectOptions("table", { sqlite, postgresql, mysql }, "A table");
    this.name = name;
    this.schema = options.schema ?? metadata.schema;
    this.metadata = metadata;
    this.options = options;
    this.#view = view;
    metadata.addTable(this);
  }

  /** What makes it a view; null for tables. */
  get view(): ViewDefinition | null {
    return this.#view;
  }
  /** From now on it is a view, which is created from a query. @internal */
  becomeView(view: ViewDefinition): void {
    this.metadata.remove(this);
    this.#view = view;
    this.metadata.addTable(this);
  }

  /** `schema.name`, under which its MetaData keeps it. */
  get key(): string {
    return this.schema === null ? this.name : `${this.schema}.${this.name}`;
  }
  /** Its columns in the order of declaration. */
  get columns(): readonly TableColumn[] {
    return this.#columns;
  }
  get primaryKey(): PrimaryKeyConstraint {
    return this.#primaryKey;
  }
  /** All constraints: the primary key (if there is one), those given to the table, those of its columns. */
  get constraints(): readonly Constraint[] {
    const primaryKey = this.#primaryKey.columns.length === 0 ? [] : [this.#primaryKey];
    return [...primaryKey, ...this.#explicit, ...this.#implied];
  }
  get indexes(): readonly Index[] {
    return this.#indexes;
  }
  get foreignKeyConstraints(): readonly ForeignKeyConstraint[] {
    return this.constraints.filter((constraint) => constraint instanceof ForeignKeyConstraint);
  }
  /** Each column of each foreign key. */
  get foreignKeys(): readonly ForeignKey[] {
    return this.foreignKeyConstraints.flatMap((constraint) => constraint.elements);
  }
  get comment(): string | null {
    return this.options.comment ?? null;
  }
  get info(): Readonly<Record<string, unknown>> {
    return this.options.info ?? {};
  }

  /**
   * The column that counts itself: the single integer key that is no foreign key and has no default; or the one that
   * was declared with `autoincrement()` or `identity()`.
   *
   * @throws ArgumentError when several columns were, or one that is no integer.
   */
  get autoincrementColumn(): TableColumn | null {
    const { columns } = this.#primaryKey;
    const chosen = columns.filter(
      ({ definition }) => definition.autoincrement === true || definition.identity !== null,
    );
    if (chosen[0] !== undefined) return onlyCounter(chosen[0], chosen[1]);
    const [column, another] = columns;
    return column !== undefined && another === undefined && countsItself(column) ? column : null;
  }

  /** The column that programs know under this key. */
  getColumn(key: string): TableColumn | undefined {
    return this.#byKey.get(key);
  }
  /** The column that SQL knows under this name. */
  columnNamed(name: string): TableColumn | undefined {
    return this.#byName.get(name);
  }

  /** Gives the table its columns, in this order. Constraints and indexes that the columns ask for come with them. */
  setColumns(columns: Iterable<readonly [key: string, column: AnyColumn]>): this {
    if (this.#columns.length > 0) throw new InvalidRequestError(`Table "${this.key}" has its columns already.`);
    for (const [key, column] of columns) this.appendColumn(key, column);
    return this;
  }

  /** One more column behind the others. */
  appendColumn(key: string, declaration: AnyColumn): TableColumn {
    const column = new TableColumn(this, key, declaration);
    if (this.#byKey.has(key) || this.#byName.has(column.name)) {
      throw new DuplicateColumnError(
        `Table "${this.key}" has a column "${column.name}" already. Give one of the two another name with .name("…").`,
      );
    }
    this.#columns = [...this.#columns, column];
    this.#byKey.set(key, column);
    this.#byName.set(column.name, column);
    this.#addImplied(column);
    return column;
  }

  /** Further columns; those that are there already are declared anew, and keep their constraints. @internal */
  extendColumns(columns: Iterable<readonly [key: string, column: AnyColumn]>): void {
    for (const [key, declaration] of columns) {
      const known = this.#byKey.get(key);
      if (known === undefined) this.appendColumn(key, declaration);
      else this.redefineColumn(known, declaration);
    }
  }

  /** Brings the columns into the order of their `sortOrder()`; those of one number stay as they are. @internal */
  sortColumns(): void {
    const order = ({ definition }: TableColumn) => definition.mapping?.sortOrder ?? 0;
    if (this.#columns.some((column) => order(column) !== 0)) {
      this.#columns = this.#columns.toSorted((a, b) => order(a) - order(b));
    }
  }

  /** Gives a column another declaration; its key and its name stay. What its constraints are does not change. @internal */
  redefineColumn(column: TableColumn, declaration: AnyColumn): void {
    column.redefine({ ...declaration.definition, name: column.name });
    this.#columns = [...this.#columns];
  }

  /** Adds constraints and indexes: `index().on(…)`, `unique().on(…)`, `check(…)`, `foreignKey().on(…).references(…)`. */
  setArguments(args: Iterable<TableArgument>): this {
    for (const argument of args) argument.attach(this);
    return this;
  }

  /** @internal */
  addConstraint(constraint: Constraint, implied: boolean = false): void {
    if (constraint instanceof PrimaryKeyConstraint) {
      this.#primaryKey = constraint;
      return;
    }
    (implied ? this.#implied : this.#explicit).push(constraint);
    if (constraint instanceof ForeignKeyConstraint) {
      for (const element of constraint.elements) element.parent.addForeignKey(element);
    }
  }

  /** @internal */
  addIndex(index: Index): void {
    this.#indexes.push(index);
  }

  #addImplied(column: TableColumn): void {
    const { definition } = column;
    if (definition.primaryKey) {
      const { columns, givenName } = this.#primaryKey;
      this.#primaryKey = new PrimaryKeyConstraint(this, [...columns, column], { name: givenName });
    }
    const name = definition.unique === true || definition.unique === false ? null : definition.unique;
    if (definition.index !== null) {
      const unique = definition.index.unique ?? definition.unique !== false;
      this.addIndex(new Index(this, [column], { name: definition.index.name ?? name, unique }));
    } else if (definition.unique !== false) {
      this.addConstraint(new UniqueConstraint(this, [column], { name }), true);
    }
    for (const { target, options } of definition.references) {
      this.addConstraint(new ForeignKeyConstraint(this, [column], [target], options), true);
    }
    for (const { name: checkName, condition } of definition.checks) {
      this.addConstraint(new CheckConstraint(this, condition, { name: checkName, column }), true);
    }
    const { stored } = column.type;
    const createConstraint = "createConstraint" in stored ? stored.createConstraint : false;
    if (createConstraint !== false) {
      const typeName = typeof createConstraint === "string" ? createConstraint : null;
      this.addConstraint(new CheckConstraint(this, null, { name: typeName, column }), true);
    }
  }

  // ── the database ───────────────────────────────────────────────────────────
  /** Creates the table, with its indexes, where it does not exist yet. Answers as the engine does. */
  create<R>(bind: SchemaBind<R>, options: TableDdlOptions = {}): R {
    return this.metadata.createAll(bind, { ...options, tables: [this] });
  }
  /** Drops the table where it exists. Answers as the engine does. */
  drop<R>(bind: SchemaBind<R>, options: TableDdlOptions = {}): R {
    return this.metadata.dropAll(bind, { ...options, tables: [this] });
  }

  toString(): string {
    return this.key;
  }
}

export interface TableDdlOptions {
  /** Create only what does not exist, drop only what does. True by default. */
  readonly checkFirst?: boolean;
}

function onlyCounter(column: TableColumn, another: TableColumn | undefined): TableColumn {
  if (another !== undefined) {
    throw new ArgumentError(
      `One column of a table can count itself, and both "${column}" and "${another}" are declared to.`,
    );
  }
  if (column.type.affinity === "integer" || column.type.affinity === "null") return column;
  throw new ArgumentError(
    `Column "${column}" is declared to count itself, but its type is ${column.type.kind}(). Only integers count.`,
  );
}

function countsItself(column: TableColumn): boolean {
  const { autoincrement, default: value, serverDefault } = column.definition;
  return (
    autoincrement !== false &&
    column.type.affinity === "integer" &&
    (autoincrement === "ignoreFk" || column.foreignKeys.length === 0) &&
    (value === null || value.kind === "sequence") &&
    serverDefault === null
  );
}
