import type { SqlType } from "../sqltypes/sql-type.ts";
import { VariantType } from "../sqltypes/variant.ts";
import { type KIND, NODE, type SqlValue, type VALUE } from "../util/symbols.ts";
import type {
  ColumnDefault,
  ColumnDeferral,
  ColumnDefinition,
  ColumnIndexOptions,
  ColumnMapping,
  ForeignKeyOptions,
  Given,
  IdentityOptions,
  SqlCondition,
  SqlElement,
  SqlTextElement,
} from "./column-definition.ts";
import type { ConstraintName } from "./naming.ts";
import type { Sequence } from "./sequence.ts";

export type { Given } from "./column-definition.ts";

/**
 * The declaration of a column: `varchar(50).unique()`. A type without a further word is the simplest one. A declaration
 * is an immutable value: each method returns a new one, so that one may be shared by many tables.
 */
export class Column<out T, out G extends Given = "always"> {
  declare readonly [KIND]: "column";
  declare readonly [VALUE]: T;
  /** @internal */
  readonly definition: ColumnDefinition;

  /** @internal */
  constructor(definition: ColumnDefinition) {
    this.definition = definition;
  }

  /**
   * A column of the primary key; several make a composite key. Only integer keys count themselves: a UUID or text key
   * without a default is asked for.
   */
  primaryKey(): Column<T, G extends "always" ? (T extends number | bigint ? "generated" : "always") : G> {
    return this.#with({ primaryKey: true });
  }

  /**
   * Another type on some databases: `text().withVariant("postgresql", exact("CITEXT", text()))`. It decides how the column is
   * declared there and how its values are converted; operators stay those of this type.
   */
  withVariant(dialect: string | readonly string[], variant: Column<NoInfer<T>, Given>): Column<T, G> {
    const { type } = this.definition;
    const [base, known] = type instanceof VariantType ? [type.base, type.variants] : [type, []];
    const added = [dialect].flat().map((name) => [name, variant.definition.type] as const);
    return this.#with({ type: new VariantType(base, new Map([...known, ...added])) });
  }

  /** The column may be NULL. Columns are NOT NULL otherwise. */
  nullable(): Column<T | null, "never"> {
    return this.#with({ nullable: true });
  }

  /** A UNIQUE constraint on this column alone. Together with `index()` it makes a unique index instead. */
  unique(name?: ConstraintName): Column<T, G> {
    return this.#with({ unique: name ?? true });
  }

  /** An index on this column alone, named `ix_<table>_<column>` unless a name or a naming convention says otherwise. */
  index(options: ColumnIndexOptions | string = {}): Column<T, G> {
    return this.#with({ index: typeof options === "string" ? { name: options } : options });
  }

  /**
   * What an INSERT writes when it says nothing about the column: a value, a function that is called for each row, or
   * SQL. The database does not know of it; see `serverDefault`.
   */
  default(value: T | (() => T) | SqlValue<T>): Column<T, "never"> {
    return this.#with({ default: columnDefault(value) });
  }

  /**
   * The DEFAULT of the column in the database. A string or another value is written as a literal, SQL as it is:
   * `serverDefault(func.now())`, `serverDefault(sqlText("1 + 1"))`.
   */
  serverDefault(value: string | T | SqlValue<T> | SqlTextElement): Column<T, "never"> {
    return this.#with({
      serverDefault: isSqlElement(value) ? { kind: "sql", expression: value } : { kind: "literal", value },
    });
  }

  /** The database gives the column a value by means that the schema does not describe (a trigger): it is fetched. */
  serverGenerated(): Column<T, "never"> {
    return this.#with({ serverDefault: { kind: "fetched" } });
  }

  /** What an UPDATE writes when it says nothing about the column: a value, a function called for each row, or SQL. */
  onUpdate(value: T | (() => T) | SqlValue<T>): Column<T, G> {
    return this.#with({ onUpdate: columnDefault(value) });
  }

  /** The database changes the column at each UPDATE by means that the schema does not describe: it is fetched again. */
  serverOnUpdate(): Column<T, G> {
    return this.#with({ serverOnUpdate: true });
  }

  /**
   * A foreign key. The target's type must fit. A target that points back (a tree, two tables in a ring) stands in a
   * getter, or is a string `"table.column"`. It is looked up when it is needed, so its table may come later.
   */
  references(
    target: string | (() => SqlValue<NonNullable<T>>),
    options: ForeignKeyOptions = {},
  ): Column<T, G extends "always" | "generated" ? "relationship" : G> {
    return this.#with({ references: [...this.definition.references, { target, options }] });
  }

  /**
   * Every table of the database has the column by itself, as PostgreSQL's have `xmin`: createAll leaves it out, and nothing
   * writes it.
   */
  system(): Column<T, "never"> {
    return this.#with({ system: true });
  }

  /** A CHECK written beside the column. */
  check(condition: SqlCondition, name: ConstraintName | null = null): Column<T, G> {
    return this.#with({ checks: [...this.definition.checks, { name, condition }] });
  }

  /** The column's name in SQL. Without it, it is the property's name in snake_case. */
  name(name: string): Column<T, G> {
    return this.#with({ name });
  }

  /** The database computes the column from others: GENERATED ALWAYS AS (…). It is never written. */
  computed(
    expression: string | SqlValue<T> | SqlTextElement,
    options: { readonly stored?: boolean } = {},
  ): Column<T, "never"> {
    return this.#with({ computed: { expression, stored: options.stored } });
  }

  /** GENERATED … AS IDENTITY; where the database has none, an ordinary key that counts itself. */
  identity(options: IdentityOptions = {}): Column<T, "never"> {
    return this.#with({ identity: options });
  }

  /** A number from a sequence for each new row, where the database has sequences. */
  sequence(sequence: Sequence): Column<T, "never"> {
    return this.#with({ default: { kind: "sequence", sequence } });
  }

  /**
   * Whether the key counts itself. By default a single integer key that is no foreign key does; `"ignoreFk"` asks the
   * same of a key that is one.
   */
  autoincrement(enabled: boolean | "ignoreFk" = true): Column<T, "never"> {
    return this.#with({ autoincrement: enabled });
  }

  /** A comment that the database keeps, where it keeps comments. */
  comment(text: string): Column<T, G> {
    return this.#with({ comment: text });
  }

  /** Notes of the program's own, found again in `TableColumn.info`. */
  info(info: Readonly<Record<string, unknown>>): Column<T, G> {
    return this.#with({ info: { ...this.definition.info, ...info } });
  }

  /**
   * Of a mapped class: the column is left out when objects are loaded, and loaded when it is read, together with the
   * others of its `group`. With `raiseload` reading it throws, and only a query loads it: `undefer()`, `undeferGroup()`.
   */
  deferred(options: Partial<ColumnDeferral> = {}): Column<T, G> {
    const { group = null, raiseload = false } = options;
    return this.#mapped({ deferred: { group, raiseload } });
  }

  /** Of a mapped class: when the column is assigned before it was loaded, the value that it had is loaded first. */
  activeHistory(): Column<T, G> {
    return this.#mapped({ activeHistory: true });
  }

  /**
   * Of a mapped class: where the column stands in the table. Columns have 0 by default and keep the order in which they are
   * declared, those of the class before those of its mixins.
   */
  sortOrder(order: number): Column<T, G> {
    return this.#mapped({ sortOrder: order });
  }

  #mapped(changes: Partial<ColumnMapping>): Column<T, G> {
    return this.#with({ mapping: { ...(this.definition.mapping ?? plainMapping), ...changes } });
  }
  #with<U, H extends Given>(changes: Partial<ColumnDefinition>): Column<U, H> {
    return new Column({ ...this.definition, ...changes });
  }
}

const plainMapping: ColumnMapping = { deferred: null, activeHistory: false, sortOrder: 0 };

export type AnyColumn = Column<unknown, Given>;

/** A column of a type, without a further word. */
export function columnOf<T>(type: SqlType<T>): Column<T> {
  return new Column<T>({
    type,
    name: null,
    primaryKey: false,
    nullable: false,
    unique: false,
    index: null,
    default: null,
    onUpdate: null,
    serverDefault: null,
    serverOnUpdate: false,
    references: [],
    checks: [],
    computed: null,
    identity: null,
    system: false,
    autoincrement: null,
    comment: null,
    info: {},
    mapping: null,
  });
}

/** Whether a value brings SQL with it. */
export function isSqlElement(value: unknown): value is SqlElement {
  return (typeof value === "object" || typeof value === "function") && value !== null && NODE in value;
}

function columnDefault(value: unknown): ColumnDefault {
  if (isSqlElement(value)) return { kind: "sql", expression: value };
  if (typeof value === "function") return { kind: "function", create: value as () => unknown };
  if (value === undefined)
    throw new TypeError("default() and onUpdate() take a value, a function or SQL, not undefined.");
  // An object that rows shared would change in all of them: each row gets a copy.
  if (typeof value === "object" && value !== null) return { kind: "function", create: () => structuredClone(value) };
  return { kind: "value", value };
}
