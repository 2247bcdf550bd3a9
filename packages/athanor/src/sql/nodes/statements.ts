import type { BindNode, ColumnNode, ExpressionNode, OrderingNode } from "./expressions.ts";
import type { AliasNode, CteNode, EntityNode, FromNode, JoinClauseNode, TableNode } from "./froms.ts";

export type SelectItemNode = ExpressionNode | EntityNode | BundleNode;

/** Several things that are selected as one: rows have them as one element. */
export interface BundleNode {
  readonly kind: "bundle";
  readonly name: string;
  readonly items: readonly SelectItemNode[];
  /** What makes the element of its parts: the ORM's own. Compared by identity. */
  readonly reader: object;
}

export interface LockNode {
  readonly kind: "lock";
  readonly read: boolean;
  readonly nowait: boolean;
  readonly skipLocked: boolean;
  readonly keyShare: boolean;
  readonly of: readonly FromNode[];
}

/** Where an extension of a statement's syntax stands. */
export type HintPosition =
  /** Behind the first word: SELECT, INSERT … */
  | "prefix"
  /** Between the prefixes with DISTINCT, and the columns. */
  | "beforeColumns"
  /** Behind the table that `from` is. */
  | "table"
  /** Behind VALUES or the SELECT of an INSERT. */
  | "afterValues"
  /** Behind WHERE, GROUP BY and HAVING. */
  | "afterCriteria"
  /** At the end. */
  | "suffix";

/** A prefix, suffix or hint for one dialect or for all: text of the programmer's, or an element. */
export interface HintNode {
  readonly kind: "hint";
  readonly text: ExpressionNode;
  readonly dialect: string | null;
  readonly position: HintPosition;
  readonly from: FromNode | null;
}

/** What a layer above asks for a statement (a loader option): opaque here, but part of its structure. */
export interface OptionNode {
  readonly kind: "option";
  /** The layer's own description; equal keys mean equal options. */
  readonly option: StatementOption;
  readonly operands: readonly (ExpressionNode | OrderingNode)[];
}

export interface StatementOption {
  /** Structural identity, without values. */
  readonly key: string;
  /** Objects whose identity is part of the structure: mapped classes, relationships. */
  readonly subjects: readonly object[];
}

export interface SelectNode {
  readonly kind: "select";
  readonly columns: readonly SelectItemNode[];
  readonly from: readonly FromNode[];
  readonly joins: readonly JoinClauseNode[];
  readonly where: readonly ExpressionNode[];
  readonly groupBy: readonly ExpressionNode[];
  readonly having: readonly ExpressionNode[];
  readonly orderBy: readonly (ExpressionNode | OrderingNode)[];
  readonly distinct: boolean;
  readonly distinctOn: readonly ExpressionNode[];
  readonly limit: ExpressionNode | null;
  readonly offset: ExpressionNode | null;
  /** The limit is written as FETCH FIRST, counts rows or a share of them, and may include ties; null: LIMIT. */
  readonly fetch: "rows" | "ties" | "percent" | "percent ties" | null;
  readonly lock: LockNode | null;
  /** Null: what the enclosing statement has is left out of FROM where something remains. */
  readonly correlate: readonly FromNode[] | null;
  readonly correlateExcept: readonly FromNode[] | null;
  readonly ctes: readonly CteNode[];
  readonly hints: readonly HintNode[];
  /** Values of named parameters in this query and below, by their names. */
  readonly parameters: readonly BindNode[];
  readonly options: readonly OptionNode[];
}

export interface CompoundNode {
  readonly kind: "compound";
  readonly operator: "UNION" | "UNION ALL" | "INTERSECT" | "INTERSECT ALL" | "EXCEPT" | "EXCEPT ALL";
  readonly members: readonly QueryNode[];
  readonly orderBy: readonly (ExpressionNode | OrderingNode)[];
  readonly limit: ExpressionNode | null;
  readonly offset: ExpressionNode | null;
  readonly ctes: readonly CteNode[];
  readonly parameters: readonly BindNode[];
  readonly options: readonly OptionNode[];
}

/** VALUES as a statement or, behind a subquery, as a table. */
export interface ValuesNode {
  readonly kind: "values";
  readonly columns: readonly ColumnNode[];
  readonly rows: readonly RowNode[];
}

export interface RowNode {
  readonly kind: "row";
  readonly items: readonly ExpressionNode[];
}

/** A column and what is written into it. */
export interface AssignmentNode {
  readonly kind: "assignment";
  readonly column: ColumnNode;
  readonly value: ExpressionNode;
  /** The part of the column that is written: `column[2]`; absent for all of it. */
  readonly place?: ExpressionNode;
}

export interface AssignmentsNode {
  readonly kind: "assignments";
  readonly items: readonly AssignmentNode[];
}

/** ON CONFLICT of SQLite and PostgreSQL, ON DUPLICATE KEY of MySQL. */
export interface ConflictNode {
  readonly kind: "conflict";
  readonly action: "update" | "nothing";
  /** Whose form it has; null is for every database. */
  readonly dialect: string | null;
  readonly target: readonly ExpressionNode[];
  readonly targetWhere: ExpressionNode | null;
  readonly constraint: string | null;
  readonly set: readonly AssignmentNode[];
  readonly where: ExpressionNode | null;
}

export interface InsertNode {
  readonly kind: "insert";
  readonly table: TableNode;
  /** Null: the values come with the execution. */
  readonly rows: readonly AssignmentsNode[] | null;
  readonly selectColumns: readonly ColumnNode[];
  readonly select: QueryNode | null;
  /** INSERT from SELECT adds the defaults of columns that the SELECT does not give. */
  readonly selectDefaults: boolean;
  readonly conflicts: readonly ConflictNode[];
  readonly returning: readonly SelectItemNode[];
  readonly sortByParameterOrder: boolean;
  readonly ctes: readonly CteNode[];
  readonly hints: readonly HintNode[];
  readonly entity: object | null;
  readonly options: readonly OptionNode[];
}

export interface UpdateNode {
  readonly kind: "update";
  readonly table: TableNode | AliasNode;
  readonly set: readonly AssignmentNode[];
  /** SET keeps the order in which it was given; otherwise it has the table's. */
  readonly ordered: boolean;
  readonly where: readonly ExpressionNode[];
  readonly returning: readonly SelectItemNode[];
  readonly ctes: readonly CteNode[];
  readonly hints: readonly HintNode[];
  readonly entity: object | null;
  readonly options: readonly OptionNode[];
}

export interface DeleteNode {
  readonly kind: "delete";
  readonly table: TableNode | AliasNode;
  readonly using: readonly FromNode[];
  readonly where: readonly ExpressionNode[];
  readonly returning: readonly SelectItemNode[];
  readonly ctes: readonly CteNode[];
  readonly hints: readonly HintNode[];
  readonly entity: object | null;
  readonly options: readonly OptionNode[];
}

/** Text as a statement of its own. */
export interface TextStatementNode {
  readonly kind: "textStatement";
  readonly text: ExpressionNode;
  /** What it returns, where it was said. */
  readonly columns: readonly SelectItemNode[];
  readonly options: readonly OptionNode[];
}

export type QueryNode = SelectNode | CompoundNode | ValuesNode | TextStatementNode;
export type DmlNode = InsertNode | UpdateNode | DeleteNode;
export type StatementNode = QueryNode | DmlNode;
export type StatementPartNode =
  | LockNode
  | HintNode
  | OptionNode
  | RowNode
  | AssignmentNode
  | AssignmentsNode
  | ConflictNode;
