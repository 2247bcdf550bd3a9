import type { JsonKey } from "../../sqltypes/json-path.ts";
import { NODE } from "../../util/symbols.ts";
import type { ExpressionNode } from "../nodes/expressions.ts";
import { operators } from "../nodes/operators.ts";
import {
  containerNode,
  decimalElementType,
  deletePathNode,
  elementNode,
  elementTypes,
  jsonPathNode,
  keysNode,
  type MemberOperator,
  memberNode,
  pathNode,
  readAs,
  sliceNode,
  textNode,
} from "./collection-nodes.ts";
import type { Contained, ElementOf, PathOf, PathValue, Step, StepKey } from "./document-types.ts";
import type { Expression } from "./expression.ts";

type Operand<T> = Expression<T, string, string>;

/**
 * The operators of values that hold others: JSON documents, arrays, ranges, hstore. Those that only some databases have
 * are refused by the others when a statement is compiled.
 */
export abstract class CollectionOperators<out T, out O extends string> {
  abstract readonly [NODE]: ExpressionNode;
  /** An operator's result. */
  protected abstract derived<U>(node: ExpressionNode): Expression<U, O>;

  // ── elements ───────────────────────────────────────────────────────────────
  /**
   * What stands under a key of a JSON object (or an hstore), or at a position. Positions of JSON arrays begin with 0, and
   * with -1 from the end; those of SQL arrays begin with 1. Read it with `asString()` and its like to compare it with
   * plain values.
   *
   * @example Doc.data.at("tags").at(0).asString()
   */
  at<V, const K extends StepKey<V>>(this: CollectionOperators<V, O>, key: K): Expression<Step<V, K>, O> {
    return this.derived(elementNode(this[NODE], key));
  }
  /** What a path of keys and positions leads to in a JSON document: `Doc.data.path(["author", "names", 0])`. */
  path<V, const P extends readonly JsonKey[]>(
    this: CollectionOperators<V, O>,
    path: P & PathOf<V, P>,
  ): Expression<PathValue<V, P>, O> {
    return this.derived(pathNode(this[NODE], path));
  }
  /** The elements of an array between two positions, both included; null leaves an end open. */
  slice(from: number | Operand<number> | null, to: number | Operand<number> | null): Expression<T, O> {
    return this.derived(sliceNode(this[NODE], from, to));
  }

  // ── elements of JSON as values of SQL ──────────────────────────────────────
  /** The element as text. The JSON value null is NULL. */
  asString(): Expression<string | (T & null), O> {
    return this.derived(readAs(this[NODE], elementTypes.string, "asString()"));
  }
  /** The element as a whole number. */
  asInteger(): Expression<number | (T & null), O> {
    return this.derived(readAs(this[NODE], elementTypes.integer, "asInteger()"));
  }
  /** The element as a number, in floating point. */
  asNumber(): Expression<number | (T & null), O> {
    return this.derived(readAs(this[NODE], elementTypes.number, "asNumber()"));
  }
  /** The element as an exact decimal, which is text here. */
  asNumeric(precision?: number, scale?: number): Expression<string | (T & null), O> {
    return this.derived(readAs(this[NODE], decimalElementType(precision, scale), "asNumeric()"));
  }
  /** The element as true or false. */
  asBoolean(): Expression<boolean | (T & null), O> {
    return this.derived(readAs(this[NODE], elementTypes.boolean, "asBoolean()"));
  }
  /** The element as JSON, which it is anyway; says of which type it is where the document's own does not. */
  asJson<U = T>(): Expression<U | (T & null), O> {
    return this.derived(this[NODE]);
  }
  /** The element as the text that the database makes of it: `->>`. */
  asText(): Expression<string | (T & null), O> {
    return this.derived(textNode(this[NODE]));
  }

  // ── what is inside ─────────────────────────────────────────────────────────
  /** Everything in it is also in the other: `<@`. */
  containedBy<V>(
    this: CollectionOperators<V, O>,
    other: V | Contained<V> | Operand<unknown>,
  ): Expression<boolean | (T & null), O> {
    return this.derived(containerNode(this[NODE], other, operators.containedBy));
  }
  /** Something in it is also in the other: `&&`. */
  overlaps<V>(
    this: CollectionOperators<V, O>,
    other: V | Contained<V> | Operand<unknown>,
  ): Expression<boolean | (T & null), O> {
    return this.derived(containerNode(this[NODE], other, operators.overlaps));
  }
  /** The comparison holds between the value and one element of the array at least: `value = ANY (array)`. */
  any<V>(
    this: CollectionOperators<V, O>,
    value: NonNullable<ElementOf<V>> | Operand<ElementOf<V>>,
    operator: MemberOperator = "eq",
  ): Expression<boolean | null, O> {
    return this.derived(memberNode(this[NODE], value, operator, operators.any));
  }
  /** The comparison holds between the value and every element of the array: `value < ALL (array)`. */
  all<V>(
    this: CollectionOperators<V, O>,
    value: NonNullable<ElementOf<V>> | Operand<ElementOf<V>>,
    operator: MemberOperator = "eq",
  ): Expression<boolean | null, O> {
    return this.derived(memberNode(this[NODE], value, operator, operators.all));
  }
  /** A binary JSON object or an hstore has the key: `?`. */
  hasKey(key: string | Operand<string>): Expression<boolean | (T & null), O> {
    return this.derived(keysNode(this[NODE], key, operators.hasKey));
  }
  /** It has one of the keys at least: `?|`. */
  hasAny(keys: readonly string[] | Operand<readonly string[]>): Expression<boolean | (T & null), O> {
    return this.derived(keysNode(this[NODE], keys, operators.hasAny));
  }
  /** It has all of the keys: `?&`. */
  hasAll(keys: readonly string[] | Operand<readonly string[]>): Expression<boolean | (T & null), O> {
    return this.derived(keysNode(this[NODE], keys, operators.hasAll));
  }
  /** The document without what a path leads to: `#-`. */
  deletePath(path: readonly JsonKey[] | Operand<readonly string[]>): Expression<T, O> {
    return this.derived(deletePathNode(this[NODE], path));
  }
  /** A path of SQL/JSON finds something: `data.pathExists("$.a[*] ? (@ > 2)")`. */
  pathExists(path: string | Operand<unknown>): Expression<boolean | (T & null), O> {
    return this.derived(jsonPathNode(this[NODE], path, operators.pathExists));
  }
  /** A predicate of SQL/JSON holds: `data.pathMatch("$.a > 2")`. */
  pathMatch(path: string | Operand<unknown>): Expression<boolean | null, O> {
    return this.derived(jsonPathNode(this[NODE], path, operators.pathMatch));
  }

  // ── ranges ─────────────────────────────────────────────────────────────────
  /** It ends before the other begins: `<<`. */
  strictlyLeftOf<V>(
    this: CollectionOperators<V, O>,
    other: V | Contained<V> | Operand<unknown>,
  ): Expression<boolean | (T & null), O> {
    return this.derived(containerNode(this[NODE], other, operators.strictlyLeftOf));
  }
  /** It begins behind the other's end: `>>`. */
  strictlyRightOf<V>(
    this: CollectionOperators<V, O>,
    other: V | Contained<V> | Operand<unknown>,
  ): Expression<boolean | (T & null), O> {
    return this.derived(containerNode(this[NODE], other, operators.strictlyRightOf));
  }
  /** It ends no later than the other: `&<`. */
  notExtendRightOf<V>(
    this: CollectionOperators<V, O>,
    other: V | Contained<V> | Operand<unknown>,
  ): Expression<boolean | (T & null), O> {
    return this.derived(containerNode(this[NODE], other, operators.notExtendRightOf));
  }
  /** It begins no earlier than the other: `&>`. */
  notExtendLeftOf<V>(
    this: CollectionOperators<V, O>,
    other: V | Contained<V> | Operand<unknown>,
  ): Expression<boolean | (T & null), O> {
    return this.derived(containerNode(this[NODE], other, operators.notExtendLeftOf));
  }
  /** One begins where the other ends: `-|-`. */
  adjacentTo<V>(
    this: CollectionOperators<V, O>,
    other: V | Contained<V> | Operand<unknown>,
  ): Expression<boolean | (T & null), O> {
    return this.derived(containerNode(this[NODE], other, operators.adjacentTo));
  }
}
