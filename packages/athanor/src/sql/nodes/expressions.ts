import type { Sequence } from "../../schema/sequence.ts";
import type { TableColumn } from "../../schema/table-column.ts";
import type { SqlType } from "../../sqltypes/sql-type.ts";
import type { NODE } from "../../util/symbols.ts";
import type { FromNode } from "./froms.ts";
import type { Operator } from "./operators.ts";
import type { QueryNode } from "./statements.ts";

/** A column of something that stands in FROM; `column` is the table's own, where it comes from a table. */
export interface ColumnNode {
  readonly kind: "column";
  readonly from: FromNode | null;
  /** Its name in SQL. */
  readonly name: string;
  /** Its name in a row. */
  readonly key: string;
  readonly type: SqlType;
  readonly column: TableColumn | null;
  /** Of which mapped class it was asked for, where a class adds criteria of its own (inheritance). */
  readonly entity: object | null;
}

/** A value that travels beside the text. Its value is no part of a statement's structure. */
export interface BindNode {
  readonly kind: "bind";
  readonly value: unknown;
  readonly type: SqlType;
  /** Given by the user, to be filled in at execution; null for values given in place. */
  readonly name: string | null;
  /** A value has to come with the execution. */
  readonly required: boolean;
  /** A list that is expanded to as many parameters as it has members, after the cache. */
  readonly expanding: boolean;
  /** Such a list, which travels as one array where the database has arrays: the text is the same however long it is. */
  readonly together?: boolean;
  /** Written into the text at execution, after the cache, instead of being bound. */
  readonly literal?: boolean;
}

export interface BinaryNode {
  readonly kind: "binary";
  readonly operator: Operator;
  readonly left: ExpressionNode;
  readonly right: ExpressionNode;
  readonly type: SqlType;
  /** ESCAPE of LIKE, flags of a regular expression. */
  readonly modifier: string | null;
}

export interface UnaryNode {
  readonly kind: "unary";
  readonly operator: Operator;
  readonly operand: ExpressionNode;
  readonly type: SqlType;
}

/** Conditions joined by AND or OR. */
export interface BooleanListNode {
  readonly kind: "booleanList";
  readonly operator: Operator;
  readonly items: readonly ExpressionNode[];
  readonly type: SqlType;
}

export interface BetweenNode {
  readonly kind: "between";
  readonly operator: Operator;
  readonly operand: ExpressionNode;
  readonly low: ExpressionNode;
  readonly high: ExpressionNode;
  readonly symmetric: boolean;
  readonly type: SqlType;
}

/** An ordering or anything else written after its operand: ASC, DESC, NULLS LAST. */
export interface OrderingNode {
  readonly kind: "ordering";
  readonly operator: Operator;
  readonly operand: ExpressionNode | OrderingNode;
}

export interface LabelNode {
  readonly kind: "label";
  readonly name: string;
  readonly expression: ExpressionNode;
  readonly type: SqlType;
}

export interface FunctionNode {
  readonly kind: "function";
  /** As it is written, with a schema in front where it has one. */
  readonly name: string;
  readonly arguments: readonly ExpressionNode[];
  readonly type: SqlType;
  /** DISTINCT in front of the arguments. */
  readonly distinct: boolean;
  /** ORDER BY behind the arguments, as ordered aggregates take it. */
  readonly orderBy: readonly (ExpressionNode | OrderingNode)[];
}

export interface CastNode {
  readonly kind: "cast";
  readonly expression: ExpressionNode;
  readonly type: SqlType;
  /** NULL where the value cannot be converted: TRY_CAST. */
  readonly safe: boolean;
}

/** The next number of a sequence. */
export interface SequenceValueNode {
  readonly kind: "sequenceValue";
  readonly sequence: Sequence;
  readonly type: SqlType;
}

/** Another type for an expression, without SQL. */
export interface TypeCoerceNode {
  readonly kind: "typeCoerce";
  readonly expression: ExpressionNode;
  readonly type: SqlType;
}

export interface WhenNode {
  readonly kind: "when";
  readonly condition: ExpressionNode;
  readonly result: ExpressionNode;
}

export interface CaseNode {
  readonly kind: "case";
  readonly operand: ExpressionNode | null;
  readonly whens: readonly WhenNode[];
  readonly otherwise: ExpressionNode | null;
  readonly type: SqlType;
}

export interface ExtractNode {
  readonly kind: "extract";
  readonly field: string;
  readonly expression: ExpressionNode;
  readonly type: SqlType;
}

/** A bound of a window frame: a number of rows or an offset, PRECEDING or FOLLOWING; null is UNBOUNDED, 0 CURRENT ROW. */
export interface FrameBoundNode {
  readonly kind: "frameBound";
  readonly direction: "preceding" | "following" | "current";
  readonly offset: ExpressionNode | null;
}

export interface WindowFrameNode {
  readonly kind: "windowFrame";
  readonly unit: "ROWS" | "RANGE" | "GROUPS";
  readonly start: FrameBoundNode;
  readonly end: FrameBoundNode;
  readonly exclude: string | null;
}

export interface OverNode {
  readonly kind: "over";
  readonly expression: ExpressionNode;
  readonly partitionBy: readonly ExpressionNode[];
  readonly orderBy: readonly (ExpressionNode | OrderingNode)[];
  readonly frame: WindowFrameNode | null;
  readonly type: SqlType;
}

/** FILTER (WHERE …) of an aggregate. */
export interface FilterNode {
  readonly kind: "filter";
  readonly expression: ExpressionNode;
  readonly where: readonly ExpressionNode[];
  readonly type: SqlType;
}

export interface WithinGroupNode {
  readonly kind: "withinGroup";
  readonly expression: ExpressionNode;
  readonly orderBy: readonly (ExpressionNode | OrderingNode)[];
  readonly type: SqlType;
}

export interface TupleNode {
  readonly kind: "tuple";
  readonly items: readonly ExpressionNode[];
  readonly type: SqlType;
}

/** An element of an array, counted from 1, or with `end` the elements between two positions. */
export interface SubscriptNode {
  readonly kind: "subscript";
  readonly expression: ExpressionNode;
  readonly index: ExpressionNode | null;
  readonly end: ExpressionNode | null;
  readonly slice: boolean;
  readonly type: SqlType;
}

/** An array that is put together of values: `ARRAY[…]`. */
export interface ArrayNode {
  readonly kind: "array";
  readonly items: readonly ExpressionNode[];
  readonly type: SqlType;
}

/** A list of expressions in parentheses, as IN takes it. */
export interface ExpressionListNode {
  readonly kind: "expressionList";
  readonly items: readonly ExpressionNode[];
  readonly type: SqlType;
}

/** NULL, TRUE, FALSE. */
export interface ConstantNode {
  readonly kind: "constant";
  readonly value: "null" | "true" | "false";
  readonly type: SqlType;
}

/** What a column gets by default, made at execution: where an INSERT from SELECT does not give it. */
export interface ColumnDefaultNode {
  readonly kind: "columnDefault";
  readonly column: TableColumn;
  readonly type: SqlType;
}

/** Pieces of text with expressions between them; the pieces are the programmer's, never a user's input. */
export interface FragmentNode {
  readonly kind: "fragment";
  /** One more than expressions. */
  readonly texts: readonly string[];
  readonly expressions: readonly ExpressionNode[];
  readonly type: SqlType;
}

export interface ScalarSubqueryNode {
  readonly kind: "scalarSubquery";
  readonly query: QueryNode;
  readonly type: SqlType;
}

/** A reference to a label of the same SELECT: ORDER BY "n". */
export interface LabelReferenceNode {
  readonly kind: "labelReference";
  readonly name: string;
  readonly type: SqlType;
}

/** A construct of a user's: what it compiles to is up to its own functions. */
export interface CustomNode {
  readonly kind: "custom";
  /** Identity of the construct's kind. */
  readonly construct: CustomConstruct;
  /** How its fields are laid out, with the plain values among them: two nodes of one layout compile alike. */
  readonly layout: readonly string[];
  /** The expressions among its fields, one after the other. */
  readonly operands: readonly ExpressionNode[];
  /** Its fields as they were given. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** It holds something whose structure cannot be written down, so that what it compiles to must not be kept. */
  readonly volatile: boolean;
  readonly type: SqlType;
}

export interface CustomConstruct {
  readonly name: string;
  compile(node: CustomNode, compiler: ElementCompiler): string;
}

/** What a construct of a user's may ask of the compiler that it is compiled by. */
export interface ElementCompiler {
  /** The database that the SQL is for. */
  readonly dialect: { readonly name: string; readonly family?: string };
  /** An expression as SQL; its values are bound. A SELECT stands in parentheses. */
  process(expression: SqlElement): string;
  /** Several of them, with commas in between. */
  list(expressions: readonly SqlElement[]): string;
  /** A SELECT without parentheses. */
  query(select: SqlElement): string;
  /** An identifier, quoted where it needs it. */
  quote(identifier: string): string;
  /** The name of a type, as in CAST. */
  typeName(type: { readonly definition: { readonly type: SqlType } }): string;
}
/** Anything that stands for a node: an expression, a SELECT. */
export interface SqlElement {
  readonly [NODE]: object;
}

export type ExpressionNode =
  | ColumnNode
  | BindNode
  | BinaryNode
  | UnaryNode
  | BooleanListNode
  | BetweenNode
  | LabelNode
  | FunctionNode
  | CastNode
  | TypeCoerceNode
  | SequenceValueNode
  | CaseNode
  | ExtractNode
  | OverNode
  | FilterNode
  | WithinGroupNode
  | TupleNode
  | SubscriptNode
  | ArrayNode
  | ExpressionListNode
  | ConstantNode
  | ColumnDefaultNode
  | FragmentNode
  | ScalarSubqueryNode
  | LabelReferenceNode
  | CustomNode;

/** Parts that stand only inside one kind of expression. */
export type ExpressionPartNode = OrderingNode | WhenNode | FrameBoundNode | WindowFrameNode;
