import type { ColumnDeferral } from "../../schema/column-definition.ts";
import type { ExpressionNode } from "../../sql/nodes/expressions.ts";
import type { FromNode } from "../../sql/nodes/froms.ts";
import type { InstanceState } from "../instrumentation/instance-state.ts";
import type { ColumnProperty } from "./column-property.ts";
import type { Mapper } from "./mapper.ts";
import { moved } from "./moved.ts";

/** How an attribute is loaded whose value an expression gives. */
export interface ExpressionLoading {
  readonly deferred: ColumnDeferral | null;
  /** A flush that writes the object forgets the value, which may have changed with it. */
  readonly expireOnFlush: boolean;
  /** Queries say what it is; where they do not, it is null, and nothing is loaded when it is read. */
  readonly isQueried: boolean;
}

/**
 * An attribute whose value the database computes when objects are loaded. The value is data of the object, beside its
 * columns, but it is no part of the object's snapshot: it never changes a row.
 */
export class ExpressionProperty {
  readonly key: string;
  readonly mapper: Mapper;
  readonly deferred: ColumnDeferral | null;
  readonly expireOnFlush: boolean;
  readonly isQueried: boolean;
  readonly #expression: () => ExpressionNode | null;
  #node: ExpressionNode | null | undefined = undefined;

  /** @param expression what it is in terms of the class's own table; null: only queries say it */
  constructor(key: string, mapper: Mapper, expression: () => ExpressionNode | null, loading: ExpressionLoading) {
    this.key = key;
    this.mapper = mapper;
    this.#expression = expression;
    this.deferred = loading.deferred;
    this.expireOnFlush = loading.expireOnFlush;
    this.isQueried = loading.isQueried;
  }

  /** The expression, as an element of FROM has it; null where only queries say it. */
  nodeIn(from: FromNode): ExpressionNode | null {
    if (this.#node === undefined) this.#node = this.#expression();
    return this.#node === null ? null : moved(this.#node, this.mapper.from, from);
  }
}

/** What objects have as data of their own. */
export type LoadedProperty = ColumnProperty | ExpressionProperty;

/** Gives an object the value of an expression, which cannot be assigned. */
export function defineComputed(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, writable: false, enumerable: true, configurable: true });
}

/** Forgets values of expressions, which are loaded when they are read. */
export function expireExpressions({ object }: InstanceState, properties: readonly ExpressionProperty[]): void {
  for (const { key } of properties) Reflect.deleteProperty(object, key);
}
