import { InvalidRequestError } from "../../errors/errors.ts";
import type { AnyColumn } from "../../schema/column.ts";
import { copyTable } from "../../schema/copy-table.ts";
import type { MetaData } from "../../schema/metadata.ts";
import { Table as SchemaTable, type TableOptions } from "../../schema/table.ts";
import type { TableArgument } from "../../schema/table-arguments.ts";
import type { TableColumn } from "../../schema/table-column.ts";
import type { ViewDefinition } from "../../schema/view-definition.ts";
import { FROM, JOINS, NODE, SHAPE } from "../../util/symbols.ts";
import { columnsOf } from "../coercions/operands.ts";
import type { ColumnNode } from "../nodes/expressions.ts";
import type { AliasNode, TableNode } from "../nodes/froms.ts";
import { Expression } from "./expression.ts";
import { Join, type Joinable } from "./join.ts";
import type { Columns } from "./shape.ts";
import type { Condition } from "./types.ts";

/** A table whose columns are expressions of their declared types, under `c`. */
export class Table<S, O extends string> extends SchemaTable {
  declare readonly [SHAPE]: S;
  declare readonly [FROM]: O;
  declare readonly [JOINS]: O;
  readonly [NODE]: TableNode;
  #expressions: Columns<S, O> | null = null;
  /** The columns that the expressions were made of. */
  #expressed: readonly TableColumn[] = [];

  constructor(name: O, metadata: MetaData, options?: TableOptions, view: ViewDefinition | null = null) {
    super(name, metadata, options, view);
    this[NODE] = { kind: "table", table: this, rows: null };
  }

  /** The columns by their keys. */
  get c(): Columns<S, O> {
    const known = this.#expressions;
    if (known !== null && this.#expressed === this.columns) return known;
    this.#expressed = this.columns;
    const made = expressionsOf<Columns<S, O>>(columnsOf(this[NODE]));
    this.#expressions = made;
    return made;
  }

  /**
   * A copy in another MetaData, in another schema or under another name where they are given. Foreign keys to tables of
   * the old schema point into the new one.
   *
   * @throws InvalidRequestError when that MetaData has a table of this name already, or when this is a view, whose query
   * would still read the tables of its own MetaData.
   */
  toMetadata<const N extends string = O>(
    metadata: MetaData,
    options: { readonly schema?: string; readonly name?: N } = {},
  ): Table<S, N> {
    if (this.view !== null) {
      throw new InvalidRequestError(
        `View "${this.key}" cannot be copied, because its query reads the tables of its own MetaData. Declare it again with view().`,
      );
    }
    const { name, ...place } = options;
    // Without another name it is the one that the constructor took, in the form in which the type knows it.
    const named = name ?? (this.name as N);
    return copyTable(this, new Table<S, N>(named, metadata, { ...this.options, ...place }));
  }

  /** The table under another name, to be used beside itself. Without a name, one is made up. */
  alias<const N extends string = "anonymous">(name?: N): TableAlias<S, N> {
    return new TableAlias(this[NODE], name ?? null);
  }
  /** Joined with another table, for `selectFrom()`; see `join()` of a statement for the usual way. */
  join<P extends string>(target: Joinable<P>, on?: Condition): Join<O | P> {
    return new Join(this[NODE], target, on, "inner");
  }
  outerJoin<P extends string>(target: Joinable<P>, on?: Condition): Join<O | P> {
    return new Join(this[NODE], target, on, "left");
  }
}

/** A table under another name. */
export class TableAlias<S, N extends string> {
  declare readonly [SHAPE]: S;
  declare readonly [FROM]: N;
  declare readonly [JOINS]: N;
  readonly [NODE]: AliasNode;
  readonly c: Columns<S, N>;

  constructor(of: TableNode, name: string | null) {
    this[NODE] = { kind: "alias", of, name };
    this.c = expressionsOf(columnsOf(this[NODE]));
  }
  /** Joined with another table, for `selectFrom()`; see `join()` of a statement for the usual way. */
  join<P extends string>(target: Joinable<P>, on?: Condition): Join<N | P> {
    return new Join(this[NODE], target, on, "inner");
  }
  outerJoin<P extends string>(target: Joinable<P>, on?: Condition): Join<N | P> {
    return new Join(this[NODE], target, on, "left");
  }
}

/** Column nodes as expressions by key; what the shape says of their types is what the table was declared with. */
export function expressionsOf<C>(columns: readonly ColumnNode[]): C {
  return Object.fromEntries(columns.map((column) => [column.key, new Expression<unknown>(column)])) as C;
}

function existingTable(name: string, metadata: MetaData, { schema }: TableOptions): Table<unknown, string> | null {
  const inSchema = schema ?? metadata.schema;
  const known = metadata.getTable(inSchema === null ? name : `${inSchema}.${name}`);
  return known instanceof Table ? known : null;
}

/** What `table()` takes beside the options of the table itself. */
export interface TableDeclaration extends TableOptions {
  /** A table of this name that is there already gets the columns and constraints that are new; others it declares anew. */
  readonly extendExisting?: boolean;
  /** A table of this name that is there already is returned as it is. */
  readonly keepExisting?: boolean;
}

/**
 * Declares a table. Attribute names become snake_case column names unless a column says otherwise.
 *
 * @throws InvalidRequestError when the metadata has a table of that name already, unless an option says what to do then.
 * @throws DuplicateColumnError when two columns get the same name.
 */
export function table<const O extends string, S extends Readonly<Record<string, AnyColumn>>>(
  name: O,
  metadata: MetaData,
  columns: S,
  tableArguments: readonly TableArgument[] = [],
  options?: TableDeclaration,
): Table<S, O> {
  const { extendExisting = false, keepExisting = false, ...own } = options ?? {};
  const known = extendExisting || keepExisting ? existingTable(name, metadata, own) : null;
  if (known === null) {
    const declared = new Table<S, O>(name, metadata, own);
    declared.setColumns(Object.entries(columns));
    declared.setArguments(tableArguments);
    return declared;
  }
  if (extendExisting) {
    known.extendColumns(Object.entries(columns));
    known.setArguments(tableArguments);
  }
  // What it was declared with is known at run time only; the caller's declaration describes it.
  return known as Table<S, O>;
}
