import { ArgumentError } from "../../errors/errors.ts";
import { type AnyColumn, Column, columnOf } from "../../schema/column.ts";
import { DdlElement } from "../../schema/ddl-element.ts";
import { MetaData } from "../../schema/metadata.ts";
import type { Table as SchemaTable } from "../../schema/table.ts";
import type { ViewDefinition, ViewOptions } from "../../schema/view-definition.ts";
import type { NAMES, SHAPE } from "../../util/symbols.ts";
import { NODE } from "../../util/symbols.ts";
import { describe, offersNode } from "../coercions/operands.ts";
import { Table } from "../expression/table.ts";
import type { Node } from "../nodes/fields.ts";
import type { QueryNode } from "../nodes/statements.ts";
import { outputColumns } from "../traverse/output-columns.ts";
import { traverse } from "../traverse/transform.ts";
import type { Select } from "./select.ts";
import type { EntityClass, NameOf, Selected } from "./types.ts";

type Intersect<U> = (U extends unknown ? (member: U) => void : never) extends (member: infer I) => void ? I : never;
type ColumnsOf<S> = { readonly [P in keyof S as S[P] extends AnyColumn ? P : never]: S[P] };
type EntityShape<X> = X extends EntityClass ? ColumnsOf<X[typeof SHAPE]> : never;

/** What a SELECT returns, as the shape of a table: named expressions keep their names, an entity gives its columns. */
export type SelectedShape<A extends readonly unknown[], Outer extends string> = {
  readonly [X in A[number] as NameOf<X>]: Column<Selected<X, Outer, never>, "never">;
} & ([Extract<A[number], EntityClass>] extends [never] ? unknown : Intersect<EntityShape<A[number]>>);
/** The same of a set operation. */
export type NamedShape<N> = { readonly [K in keyof N]: Column<N[K], "never"> };

/** A set operation, or text whose columns are known. */
export interface NamedQuery {
  readonly [NODE]: QueryNode;
  readonly [NAMES]: unknown;
}

export interface ViewDeclaration extends ViewOptions {
  /** Columns (their keys) by which a mapped class would tell rows from each other; views have no key of their own. */
  readonly primaryKey?: readonly string[];
}

/**
 * A query under a name, in the database: its columns are under `c`, it can be selected from and joined, and `createAll` and
 * `dropAll` of its MetaData include it.
 */
export class View<S, O extends string> extends Table<S, O> {
  constructor(name: O, metadata: MetaData, query: QueryNode, declaration: ViewDeclaration = {}) {
    const { primaryKey = [], ...options } = declaration;
    super(name, metadata, tableOptions(options), viewDefinition(query, options));
    this.setColumns(columnsOfQuery(query, primaryKey, name));
  }
}

/**
 * Declares a view: `view("big_spenders", metadata, select(users.c.id, users.c.name).where(…))`. Values in the query are
 * written into the view as literals. It is created after the tables that it reads, and dropped before them.
 *
 * @throws ArgumentError for what is no query, or an option that contradicts another.
 * @throws InvalidRequestError when the metadata has a table or view of that name already.
 */
export function view<const O extends string, A extends readonly unknown[], Outer extends string>(
  name: O,
  metadata: MetaData,
  query: Select<A, Outer, string>,
  declaration?: ViewDeclaration,
): View<SelectedShape<A, Outer>, O>;
export function view<const O extends string, const Q extends NamedQuery>(
  name: O,
  metadata: MetaData,
  query: Q,
  declaration?: ViewDeclaration,
): View<NamedShape<Q[typeof NAMES]>, O>;
export function view(
  name: string,
  metadata: MetaData,
  query: NamedQuery,
  declaration?: ViewDeclaration,
): View<unknown, string> {
  return new View(name, metadata, queryNode(query, "view()"), declaration);
}

/** What makes a table a view of this query. @internal */
export function viewDefinition(query: QueryNode, options: ViewOptions): ViewDefinition {
  const { materialized = false, withData, temporary, orReplace, withCheckOption } = options;
  if (withData !== undefined && !materialized)
    throw new ArgumentError("The option withData is for materialized views.");
  if (materialized && (temporary === true || orReplace === true || withCheckOption !== undefined)) {
    throw new ArgumentError(
      "A materialized view is neither temporary nor replaced, and takes no rows: leave those options out.",
    );
  }
  const reads = new Set<SchemaTable>();
  traverse(query, (node: Node) => {
    if (node.kind === "table") reads.add(node.table);
    return true;
  });
  return { query: { [NODE]: query }, reads: [...reads], options };
}

/** A table that is made of the rows of a query; its columns are under `table`. */
export class CreateTableAs<S, O extends string> extends DdlElement {
  readonly table: Table<S, O>;

  constructor(name: O, query: QueryNode, options: CreateTableAsOptions) {
    const { ifNotExists, temporary, metadata, schema } = options;
    const table = new Table<S, O>(name, metadata ?? new MetaData(), schema === undefined ? {} : { schema });
    super(
      { kind: "createTableAs", name, schema: table.schema, query: { [NODE]: query }, temporary: temporary ?? false },
      ifNotExists === true ? { ifExists: true } : {},
    );
    this.table = table;
    table.setColumns(columnsOfQuery(query, [], name));
  }
}

export interface CreateTableAsOptions {
  /** Nothing happens where a table of this name exists. */
  readonly ifNotExists?: boolean;
  /** Of this connection alone. */
  readonly temporary?: boolean;
  readonly schema?: string;
  /** Where its table is to be found later. Default: one of its own. */
  readonly metadata?: MetaData;
}

/**
 * CREATE TABLE … AS SELECT: a table with the rows of a query, to be executed: `createTableAs("archive", select(…))`. Its
 * `table` has the query's columns. Keys, constraints and indexes are not copied; values are written as literals.
 *
 * @throws ArgumentError for what is no query.
 */
export function createTableAs<const O extends string, A extends readonly unknown[], Outer extends string>(
  name: O,
  query: Select<A, Outer, string>,
  options?: CreateTableAsOptions,
): CreateTableAs<SelectedShape<A, Outer>, O>;
export function createTableAs<const O extends string, const Q extends NamedQuery>(
  name: O,
  query: Q,
  options?: CreateTableAsOptions,
): CreateTableAs<NamedShape<Q[typeof NAMES]>, O>;
export function createTableAs(
  name: string,
  query: NamedQuery,
  options: CreateTableAsOptions = {},
): CreateTableAs<unknown, string> {
  return new CreateTableAs(name, queryNode(query, "createTableAs()"), options);
}

const queryKinds: ReadonlySet<string> = new Set(["select", "compound", "values", "textStatement"]);

/** @internal */
export function queryNode(query: { readonly [NODE]: QueryNode }, what: string): QueryNode {
  if (offersNode(query) && queryKinds.has(query[NODE].kind)) return query[NODE];
  throw new ArgumentError(`${what} takes a query: select(…) or a set operation, not ${describe(query)}.`);
}

function tableOptions({ schema, comment, info }: ViewOptions) {
  return {
    ...(schema === undefined ? {} : { schema }),
    ...(comment === undefined ? {} : { comment }),
    ...(info === undefined ? {} : { info }),
  };
}

/** The columns that a query returns, as declarations. */
function columnsOfQuery(
  query: QueryNode,
  primaryKey: readonly string[],
  name: string,
): readonly (readonly [string, AnyColumn])[] {
  const columns = outputColumns(query);
  const unknown = primaryKey.find((key) => !columns.some((column) => column.key === key));
  if (unknown !== undefined) {
    throw new ArgumentError(
      `The primary key of view "${name}" names "${unknown}", which its query does not return. ` +
        `It returns ${columns.map(({ key }) => `"${key}"`).join(", ")}.`,
    );
  }
  return columns.map((column) => {
    const isKey = primaryKey.includes(column.key);
    const { definition } = columnOf(column.type);
    return [column.key, new Column({ ...definition, name: column.name, nullable: !isKey, primaryKey: isKey })];
  });
}
