import { ArgumentError } from "../errors/errors.ts";
import { KIND, NODE } from "../util/symbols.ts";
import type { ForeignKeyTarget, SqlCondition, SqlElement } from "./column-definition.ts";
import { CheckConstraint, type ConstraintOptions, PrimaryKeyConstraint, UniqueConstraint } from "./constraint.ts";
import { ForeignKeyConstraint, type ForeignKeyConstraintOptions } from "./foreign-key.ts";
import type { ConstraintName } from "./naming.ts";
import { columnOfElement } from "./schema-element.ts";
import type { Table } from "./table.ts";
import type { TableColumn } from "./table-column.ts";
import { Index, type IndexOptions } from "./table-index.ts";

/** A constraint or an index that is to be added to a table. */
export interface TableArgument {
  readonly [KIND]: "table argument";
  /** Adds itself to a table; called by `setArguments`. */
  attach(table: Table): void;
}

/** A column of the table: as an expression (`this.email`, `users.c.email`) or by its name. */
export type ColumnArgument = SqlElement | string;

abstract class Argument implements TableArgument {
  readonly [KIND] = "table argument" as const;
  abstract attach(table: Table): void;
}

/** `index("ix_user_email").on(this.email, this.active)`; see `index()`. */
export class IndexArgument extends Argument {
  readonly #columns: readonly ColumnArgument[];
  readonly #options: IndexOptions;

  constructor(columns: readonly ColumnArgument[], options: IndexOptions) {
    super();
    this.#columns = columns;
    this.#options = options;
  }

  /** No two rows may agree in all the index's columns. */
  unique(): IndexArgument {
    return new IndexArgument(this.#columns, { ...this.#options, unique: true });
  }
  /** A partial index: only rows that satisfy the condition are in it. */
  where(condition: SqlCondition): IndexArgument {
    return new IndexArgument(this.#columns, { ...this.#options, where: condition });
  }
  /** Options that one database understands: `with({ postgresql: { using: "gin" } })`. Others ignore them. */
  with(dialectOptions: NonNullable<IndexOptions["dialectOptions"]>): IndexArgument {
    return new IndexArgument(this.#columns, { ...this.#options, dialectOptions });
  }

  /** Adds itself to a table; called by `setArguments`. */
  attach(table: Table): void {
    const what = "An index";
    const expressions = this.#columns.map((column) => {
      if (typeof column === "string") return tableColumn(table, column, what);
      return columnOfElement(column) === null ? expression(column, what) : tableColumn(table, column, what);
    });
    table.addIndex(new Index(table, expressions, this.#options));
  }
}

class ColumnsArgument extends Argument {
  readonly #columns: readonly ColumnArgument[];
  readonly #what: string;
  readonly #create: (table: Table, columns: readonly TableColumn[]) => void;

  constructor(
    columns: readonly ColumnArgument[],
    what: string,
    create: (table: Table, columns: readonly TableColumn[]) => void,
  ) {
    super();
    this.#columns = columns;
    this.#what = what;
    this.#create = create;
  }

  /** Adds itself to a table; called by `setArguments`. */
  attach(table: Table): void {
    this.#create(
      table,
      this.#columns.map((column) => tableColumn(table, column, this.#what)),
    );
  }
}

class CheckArgument extends Argument {
  readonly #condition: SqlCondition;
  readonly #options: ConstraintOptions;

  constructor(condition: SqlCondition, options: ConstraintOptions) {
    super();
    this.#condition = condition;
    this.#options = options;
  }

  /** Adds itself to a table; called by `setArguments`. */
  attach(table: Table): void {
    table.addConstraint(new CheckConstraint(table, expression(this.#condition, "A check"), this.#options));
  }
}

/** Columns that are waiting for what they refer to; see `foreignKey()`. */
export class ForeignKeyColumns {
  readonly #name: ConstraintName | undefined;
  readonly #columns: readonly ColumnArgument[];

  constructor(name: ConstraintName | undefined, columns: readonly ColumnArgument[]) {
    this.#name = name;
    this.#columns = columns;
  }

  /** The columns it points to, in the same order: `"sites.country"`, or a function that gives them when asked. */
  references(
    targets: readonly string[] | (() => readonly SqlElement[]),
    options: Omit<ForeignKeyConstraintOptions, "name"> = {},
  ): TableArgument {
    return new ColumnsArgument(this.#columns, "A foreign key", (table, columns) => {
      const each: readonly ForeignKeyTarget[] =
        typeof targets === "function" ? columns.map((_, i) => () => elementAt(targets(), i, table)) : targets;
      table.addConstraint(new ForeignKeyConstraint(table, columns, each, { ...options, name: this.#name }));
    });
  }
}

/** Something that needs to be told its columns with `.on(…)`. */
export interface OnColumns<A> {
  on(...columns: readonly ColumnArgument[]): A;
}

/**
 * An index on columns or expressions: `index("ix_user_email").on(this.email, desc(this.createdAt))`. Without a name it
 * follows the naming convention.
 */
export function index(name?: ConstraintName): OnColumns<IndexArgument> {
  return { on: (...columns) => new IndexArgument(columns, { name }) };
}

/** A UNIQUE constraint on several columns together. */
export function unique(name?: ConstraintName, options: Omit<ConstraintOptions, "name"> = {}): OnColumns<TableArgument> {
  return {
    on: (...columns) =>
      new ColumnsArgument(columns, "A unique constraint", (table, found) => {
        table.addConstraint(new UniqueConstraint(table, found, { ...options, name }));
      }),
  };
}

/** A CHECK constraint: `check("ck_price_positive", this.price.ge(0))`. Null leaves its name to the database. */
export function check(
  name: ConstraintName | null,
  condition: SqlCondition,
  options: Omit<ConstraintOptions, "name"> = {},
): TableArgument {
  return new CheckArgument(condition, { ...options, name });
}

/** The primary key as a constraint with a name, or with its columns in another order than they are declared in. */
export function primaryKey(
  name?: ConstraintName,
  options: Omit<ConstraintOptions, "name"> = {},
): OnColumns<TableArgument> {
  return {
    on: (...columns) =>
      new ColumnsArgument(columns, "A primary key", (table, found) => {
        table.addConstraint(new PrimaryKeyConstraint(table, found, { ...options, name }));
      }),
  };
}

/**
 * A foreign key of several columns:
 * `foreignKey().on(this.country, this.siteCode).references(() => [Site.country, Site.code])`.
 */
export function foreignKey(name?: ConstraintName): OnColumns<ForeignKeyColumns> {
  return { on: (...columns) => new ForeignKeyColumns(name, columns) };
}

function tableColumn(table: Table, argument: ColumnArgument, what: string): TableColumn {
  if (typeof argument === "string") {
    const column = table.getColumn(argument) ?? table.columnNamed(argument);
    if (column !== undefined) return column;
    throw new ArgumentError(
      `${what} of table "${table.key}" names a column "${argument}" that the table does not have. ` +
        `It has ${table.columns.map((each) => `"${each.key}"`).join(", ")}.`,
    );
  }
  const column = columnOfElement(argument);
  if (column === null) throw new ArgumentError(`${what} of table "${table.key}" takes columns of that table.`);
  if (column.table === table) return column;
  throw new ArgumentError(
    `${what} of table "${table.key}" was given column "${column}", which belongs to another table.`,
  );
}

function expression<E extends SqlElement>(element: E, what: string): E {
  if ((typeof element === "object" || typeof element === "function") && element !== null && NODE in element) {
    return element;
  }
  throw new ArgumentError(`${what} takes SQL expressions. Write raw SQL as sqlText("…").`);
}

function elementAt(elements: readonly SqlElement[], position: number, table: Table): SqlElement {
  const element = elements[position];
  if (element !== undefined) return element;
  throw new ArgumentError(`A foreign key of table "${table.key}" has more columns than targets.`);
}
