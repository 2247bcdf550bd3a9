import { ArgumentError } from "../errors/errors.ts";
import { KIND, NODE } from "../util/symbols.ts";
import type { ForeignKeyTarget, SqlCondition, SqlElement } from "./column-definition.ts";
import {
  CheckConstraint,
  type Constraint,
  type ConstraintOptions,
  PrimaryKeyConstraint,
  UniqueConstraint,
} from "./constraint.ts";
import type { DdlCondition } from "./ddl-condition.ts";
import type { IndexDialectOptions } from "./dialect-options.ts";
import { ExcludeConstraint, type ExcludedElement, type ExcludeOptions } from "./exclude-constraint.ts";
import { ForeignKeyConstraint, type ForeignKeyConstraintOptions } from "./foreign-key.ts";
import type { ConstraintName } from "./naming.ts";
import { columnOfElement, columnsIn } from "./schema-element.ts";
import type { Table } from "./table.ts";
import type { TableColumn } from "./table-column.ts";
import { Index, type IndexOptions } from "./table-index.ts";

/** A constraint or an index that is to be added to a table. */
export interface TableArgument {
  readonly [KIND]: "table argument";
  /** The tables of the columns that it speaks of. */
  tables(): ReadonlySet<Table>;
  /** The constraint or index on a table, without adding it. */
  build(table: Table): Constraint | Index;
  /** Adds itself to a table; called by `setArguments`. */
  attach(table: Table): void;
}

/** A column of the table: as an expression (`this.email`, `users.c.email`) or by its name. */
export type ColumnArgument = SqlElement | string;

abstract class Argument implements TableArgument {
  readonly [KIND] = "table argument" as const;
  abstract build(table: Table): Constraint | Index;
  protected abstract readonly mentioned: readonly ColumnArgument[];

  tables(): ReadonlySet<Table> {
    const elements = this.mentioned.filter((each) => typeof each !== "string");
    return new Set(elements.flatMap((each) => columnsIn(each[NODE]).map((column) => column.table)));
  }
  attach(table: Table): void {
    const built = this.build(table);
    if (built instanceof Index) table.addIndex(built);
    else table.addConstraint(built);
  }
}

/** `index("ix_user_email").on(this.email, this.active)`; see `index()`. */
export class IndexArgument extends Argument {
  protected readonly mentioned: readonly ColumnArgument[];
  readonly #options: IndexOptions;

  constructor(columns: readonly ColumnArgument[], options: IndexOptions) {
    super();
    this.mentioned = columns;
    this.#options = options;
  }

  /** No two rows may agree in all the index's columns. */
  unique(): IndexArgument {
    return new IndexArgument(this.mentioned, { ...this.#options, unique: true });
  }
  /** A partial index: only rows that satisfy the condition are in it. */
  where(condition: SqlCondition): IndexArgument {
    return new IndexArgument(this.mentioned, { ...this.#options, where: condition });
  }
  /** Options that one database understands: `with({ postgresql: { using: "gin" } })`. Others ignore them. */
  with(dialectOptions: IndexDialectOptions): IndexArgument {
    return new IndexArgument(this.mentioned, { ...this.#options, dialectOptions });
  }
  /** Writes the index only where this holds: `ddlIf({ dialect: "postgresql" })`. */
  ddlIf(condition: DdlCondition): IndexArgument {
    return new IndexArgument(this.mentioned, { ...this.#options, ddlIf: condition });
  }

  /** The index on a table, without adding it. */
  build(table: Table): Index {
    return new Index(
      table,
      this.mentioned.map((column) => columnOrExpression(table, column, "An index")),
      this.#options,
    );
  }
}

function columnOrExpression(table: Table, column: ColumnArgument, what: string): TableColumn | SqlElement {
  if (typeof column === "string") return tableColumn(table, column, what);
  return columnOfElement(column) === null ? expression(column, what) : tableColumn(table, column, what);
}

class ColumnsArgument extends Argument {
  protected readonly mentioned: readonly ColumnArgument[];
  readonly #what: string;
  readonly #create: (table: Table, columns: readonly TableColumn[]) => Constraint;

  constructor(
    columns: readonly ColumnArgument[],
    what: string,
    create: (table: Table, columns: readonly TableColumn[]) => Constraint,
  ) {
    super();
    this.mentioned = columns;
    this.#what = what;
    this.#create = create;
  }

  build(table: Table): Constraint {
    return this.#create(
      table,
      this.mentioned.map((column) => tableColumn(table, column, this.#what)),
    );
  }
}

class CheckArgument extends Argument {
  protected readonly mentioned: readonly ColumnArgument[];
  readonly #condition: SqlCondition;
  readonly #options: ConstraintOptions;

  constructor(condition: SqlCondition, options: ConstraintOptions) {
    super();
    this.mentioned = [condition];
    this.#condition = condition;
    this.#options = options;
  }

  build(table: Table): Constraint {
    return new CheckConstraint(table, expression(this.#condition, "A check"), this.#options);
  }
}

class ExcludeArgument extends Argument {
  protected readonly mentioned: readonly ColumnArgument[];
  readonly #elements: readonly (readonly [ColumnArgument, string])[];
  readonly #options: ExcludeOptions;

  constructor(elements: readonly (readonly [ColumnArgument, string])[], options: ExcludeOptions) {
    super();
    this.mentioned = elements.map(([column]) => column);
    this.#elements = elements;
    this.#options = options;
  }

  build(table: Table): Constraint {
    const elements = this.#elements.map(
      ([column, operator]): ExcludedElement => ({
        expression: columnOrExpression(table, column, "An exclusion constraint"),
        operator,
      }),
    );
    return new ExcludeConstraint(table, elements, this.#options);
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
      return new ForeignKeyConstraint(table, columns, each, { ...options, name: this.#name });
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
      new ColumnsArgument(
        columns,
        "A unique constraint",
        (table, found) => new UniqueConstraint(table, found, { ...options, name }),
      ),
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
      new ColumnsArgument(
        columns,
        "A primary key",
        (table, found) => new PrimaryKeyConstraint(table, found, { ...options, name }),
      ),
  };
}

/**
 * A foreign key of several columns:
 * `foreignKey().on(this.country, this.siteCode).references(() => [Site.country, Site.code])`.
 */
export function foreignKey(name?: ConstraintName): OnColumns<ForeignKeyColumns> {
  return { on: (...columns) => new ForeignKeyColumns(name, columns) };
}

/**
 * An exclusion constraint, which PostgreSQL alone has: no two rows may be such that all operators hold between them.
 * `exclude([[bookings.c.room, "="], [bookings.c.during, "&&"]], { using: "gist" })`.
 *
 * @throws ArgumentError for what is no operator.
 */
export function exclude(
  elements: readonly (readonly [column: ColumnArgument, operator: string])[],
  options: ExcludeOptions = {},
): TableArgument {
  return new ExcludeArgument(elements, options);
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
