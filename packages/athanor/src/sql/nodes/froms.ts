import type { Table } from "../../schema/table.ts";
import type { SqlType } from "../../sqltypes/sql-type.ts";
import type { ColumnNode, ExpressionNode, FragmentNode } from "./expressions.ts";
import type { DmlNode, QueryNode, TextStatementNode } from "./statements.ts";

export interface TableNode {
  readonly kind: "table";
  readonly table: Table;
  /** Only some of its rows are meant; null for the table as a whole. */
  readonly rows: RowSet | null;
}

/**
 * Some rows of a table: those of a class that shares its table with others. Whatever statement has such a table in FROM asks
 * for them, in WHERE or in the ON clause of its join.
 */
export interface RowSet {
  /** The table as a whole. */
  readonly of: TableNode;
  /** What is asked of the rows, where the table stands as this element of FROM. */
  criterion(from: FromNode): ExpressionNode | null;
}

export interface AliasNode {
  readonly kind: "alias";
  readonly of: TableNode | AliasNode | CteNode;
  /** Null: a name is made up when it is compiled. */
  readonly name: string | null;
}

/** Some rows of a table, picked by chance: TABLESAMPLE. */
export interface TableSampleNode {
  readonly kind: "tableSample";
  readonly of: TableNode | AliasNode;
  readonly name: string | null;
  /** How rows are picked, as a call: `bernoulli(10)`. */
  readonly method: ExpressionNode;
  /** The same seed picks the same rows: REPEATABLE. */
  readonly seed: ExpressionNode | null;
}

export interface SubqueryNode {
  readonly kind: "subquery";
  readonly query: QueryNode;
  readonly name: string | null;
  readonly lateral: boolean;
}

export interface CteNode {
  readonly kind: "cte";
  readonly query: QueryNode | DmlNode | TextStatementNode;
  readonly name: string | null;
  readonly recursive: boolean;
  /** A WITH of the SELECT in which it is used, not of the whole statement. */
  readonly nesting: boolean;
  readonly materialized: boolean | null;
  /** The CTE that a recursive one is another form of: a reference inside its own query is to this. */
  readonly anchor: CteNode | null;
}

/** The row of an upsert that could not be inserted: `excluded`. */
export interface PseudoTableNode {
  readonly kind: "pseudoTable";
  readonly name: string;
}

/** A function that gives rows. */
export interface TableFunctionNode {
  readonly kind: "tableFunction";
  readonly function: ExpressionNode;
  readonly name: string | null;
  readonly columnNames: readonly string[];
  readonly columnTypes: readonly SqlType[];
  /** The alias names its columns, with their types where the function does not know them; null: it names none. */
  readonly derived: "names" | "types" | null;
  /** The column that counts the rows: WITH ORDINALITY. */
  readonly ordinality: string | null;
  /** Its one column is addressed by the alias itself. */
  readonly scalar: boolean;
}

/** Text of the programmer's in the place of a table. */
export interface TextFromNode {
  readonly kind: "textFrom";
  readonly text: FragmentNode;
}

/** A join as one element of FROM. */
export interface JoinNode {
  readonly kind: "join";
  readonly left: FromNode;
  readonly right: FromNode;
  readonly on: ExpressionNode | null;
  readonly type: JoinType;
}

export type JoinType = "inner" | "left" | "full" | "cross";

export type FromNode =
  | TableNode
  | AliasNode
  | TableSampleNode
  | SubqueryNode
  | CteNode
  | PseudoTableNode
  | TableFunctionNode
  | TextFromNode
  | JoinNode;

/** A join that a SELECT was asked for; which element of FROM it is joined to is found when it is compiled. */
export interface JoinClauseNode {
  readonly kind: "joinClause";
  /** What it is joined to; null: whatever fits. */
  readonly left: FromNode | null;
  readonly right: FromNode;
  /** Null: the foreign keys tell. */
  readonly on: ExpressionNode | null;
  readonly type: JoinType;
}

/** Several columns that are selected as one thing: a table, or an entity of the ORM. */
export interface EntityNode {
  readonly kind: "entity";
  readonly from: FromNode;
  readonly columns: readonly ColumnNode[];
  /** What the columns become: the ORM's own; null for a plain table. Compared by identity. */
  readonly entity: object | null;
  /** Its name in a row, where it has one. */
  readonly name: string | null;
}
