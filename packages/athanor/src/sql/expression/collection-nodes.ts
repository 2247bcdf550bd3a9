import { ArgumentError } from "../../errors/errors.ts";
import { ArrayType } from "../../sqltypes/composite.ts";
import { FloatType } from "../../sqltypes/floats.ts";
import { IntegerType } from "../../sqltypes/integers.ts";
import { JsonType } from "../../sqltypes/json.ts";
import { JsonIndexType, type JsonKey, JsonKeyType, JsonPathType } from "../../sqltypes/json-path.ts";
import { NumericType } from "../../sqltypes/numeric.ts";
import type { SqlType } from "../../sqltypes/sql-type.ts";
import { TextType, VarcharType } from "../../sqltypes/strings.ts";
import { UserDefinedType } from "../../sqltypes/user-defined.ts";
import { booleanType, integerType, textType } from "../coercions/literal-types.ts";
import { bind, describe, offersNode, operand } from "../coercions/operands.ts";
import type { BinaryNode, ExpressionNode } from "../nodes/expressions.ts";
import { type Operator, operators } from "../nodes/operators.ts";
import { binary } from "./operator-nodes.ts";

// Operators of values that hold others: JSON documents, arrays, ranges, hstore.

const keyType: SqlType = /* @__PURE__ */ new JsonKeyType();
const indexType: SqlType = /* @__PURE__ */ new JsonIndexType();
const pathType: SqlType = /* @__PURE__ */ new JsonPathType();
const textArrayType: SqlType = /* @__PURE__ */ new ArrayType(/* @__PURE__ */ new TextType());
const jsonPathType: SqlType = /* @__PURE__ */ new UserDefinedType({ name: "JSONPATH" });

/** What a JSON element may be read as, instead of as JSON. */
export const elementTypes = {
  string: /* @__PURE__ */ new VarcharType(),
  integer: /* @__PURE__ */ new IntegerType(),
  number: /* @__PURE__ */ new FloatType(),
  boolean: booleanType,
} as const;

export function decimalElementType(precision: number | undefined, scale: number | undefined): SqlType {
  return new NumericType(precision ?? null, scale ?? null);
}

/** The type of what stands inside of a value of this type. */
function innerType(type: SqlType, where: string): SqlType {
  const { stored } = type;
  if (stored instanceof ArrayType) {
    const { item, dimensions } = stored;
    return dimensions === null || dimensions === 1 ? item : new ArrayType(item, dimensions - 1);
  }
  switch (stored.affinity) {
    case "json":
      return stored;
    case "hstore":
      return textType;
    case "null":
      return new JsonType();
    default:
      throw new ArgumentError(`${where} is for JSON, arrays and hstore, not for ${stored.kind}().`);
  }
}

/** `document -> key`, `array[index]`. */
export function elementNode(node: ExpressionNode, key: unknown): ExpressionNode {
  const type = innerType(node.type, "at()");
  if (node.type.affinity === "array") {
    const index = operand(key, integerType, "at()");
    return { kind: "subscript", expression: node, index, end: null, slice: false, type };
  }
  return binary(node, keyNode(key, "at()"), operators.jsonGet, type);
}

function keyNode(key: unknown, where: string): ExpressionNode {
  checkKey(key, where);
  return bind(key, typeof key === "string" ? keyType : indexType);
}

function checkKey(key: unknown, where: string): asserts key is JsonKey {
  if (typeof key === "string" || Number.isSafeInteger(key)) return;
  throw new ArgumentError(`${where} takes a key or a position, not ${describe(key)}.`);
}

/** `document #> path`. */
export function pathNode(node: ExpressionNode, path: unknown): ExpressionNode {
  const type = innerType(node.type, "path()");
  if (type.affinity !== "json") throw new ArgumentError("path() is for JSON; call at() once for each step.");
  return binary(node, bind(checkPath(path, "path()"), pathType), operators.jsonPath, type);
}

function checkPath(path: unknown, where: string): readonly JsonKey[] {
  if (!Array.isArray(path)) throw new ArgumentError(`${where} takes an array of keys, not ${describe(path)}.`);
  const keys: readonly unknown[] = path;
  return keys.map((key) => {
    checkKey(key, where);
    return key;
  });
}

/** `array[from:to]`, both ends included. */
export function sliceNode(node: ExpressionNode, from: unknown, to: unknown): ExpressionNode {
  if (node.type.affinity !== "array") throw new ArgumentError(`slice() is for arrays, not for ${node.type.kind}().`);
  const bound = (value: unknown) => (value === null ? null : operand(value, integerType, "slice()"));
  return { kind: "subscript", expression: node, index: bound(from), end: bound(to), slice: true, type: node.type };
}

/** An element of a document, read as a value of SQL. */
export function readAs(node: ExpressionNode, type: SqlType, where: string): ExpressionNode {
  return { ...element(node, where), type };
}

/** An element of a document as the text that the database makes of it: `->>`. */
export function textNode(node: ExpressionNode): ExpressionNode {
  const found = element(node, "asText()");
  const operator = found.operator === operators.jsonGet ? operators.jsonGetText : operators.jsonPathText;
  return { ...found, operator, type: textType };
}

function element(node: ExpressionNode, where: string): BinaryNode {
  const isElement =
    node.kind === "binary" && (node.operator === operators.jsonGet || node.operator === operators.jsonPath);
  if (isElement) return node;
  throw new ArgumentError(`${where} reads an element of a JSON document: call at() or path() first.`);
}

/** An operator between two values of one kind that answers true or false: `@>`, `&&`. */
export function containerNode(node: ExpressionNode, other: unknown, operator: Operator): ExpressionNode {
  return binary(node, operand(other, node.type, `${operator.name}()`), operator, booleanType);
}

/** `@>`, whose other side is a value of the same kind or something that may be inside: a single value, of a range. */
export function containsNode(node: ExpressionNode, other: unknown): ExpressionNode {
  const type = offersNode(other) ? node.type : node.type.memberType(other);
  return binary(node, operand(other, type, "contains()"), operators.contains, booleanType);
}

/** The comparisons that `any()` and `all()` make. */
export type MemberOperator = "eq" | "ne" | "lt" | "le" | "gt" | "ge";

/** `value = ANY (array)`; the value comes first, and the array must. */
export function memberNode(
  array: ExpressionNode,
  value: unknown,
  operator: MemberOperator,
  quantifier: Operator,
): ExpressionNode {
  const item = innerType(array.type, `${quantifier.name}()`);
  const left = operand(value, item, `${quantifier.name}()`);
  return binary(left, quantifiedNode(array, quantifier), operators[operator], booleanType);
}

/** `ANY (array)`: one of its elements, or all of them. */
export function quantifiedNode(array: ExpressionNode, quantifier: Operator): ExpressionNode {
  return { kind: "unary", operator: quantifier, operand: array, type: innerType(array.type, `${quantifier.name}()`) };
}

/** `?`, `?|`, `?&` and the like: a key, or several. */
export function keysNode(node: ExpressionNode, keys: unknown, operator: Operator): ExpressionNode {
  const type = operator === operators.hasKey ? textType : textArrayType;
  return binary(node, operand(keys, type, `${operator.name}()`), operator, booleanType);
}

/** `document #- path`. */
export function deletePathNode(node: ExpressionNode, path: unknown): ExpressionNode {
  if (offersNode(path))
    return binary(node, operand(path, textArrayType, "deletePath()"), operators.deletePath, node.type);
  const items = checkPath(path, "deletePath()").map((key) => bind(String(key), textType));
  const right: ExpressionNode = {
    kind: "cast",
    expression: { kind: "array", items, type: textArrayType },
    type: textArrayType,
    safe: false,
  };
  return binary(node, right, operators.deletePath, node.type);
}

/** `document @? path`, a path in SQL's own language for them. */
export function jsonPathNode(node: ExpressionNode, path: unknown, operator: Operator): ExpressionNode {
  const right = operand(path, textType, `${operator.name}()`);
  const isText = right.kind === "bind";
  return binary(
    node,
    isText ? { kind: "cast", expression: right, type: jsonPathType, safe: false } : right,
    operator,
    booleanType,
  );
}
