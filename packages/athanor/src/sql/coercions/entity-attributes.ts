import type { ExpressionNode } from "../nodes/expressions.ts";
import type { FromNode } from "../nodes/froms.ts";

/** Offers what a mapped class has beside its columns to statements that speak of attributes by their names. */
export const ATTRIBUTES: unique symbol = Symbol("athanor.attributes");

export interface EntityAttributes {
  /** `attribute = value` for an element of FROM; null where there is no attribute of the name. */
  equality(key: string, value: unknown, from: FromNode): ExpressionNode | null;
  /** Values by attributes as values by columns; names that are unknown stay as they are. */
  columnValues(values: Readonly<Record<string, unknown>>, from: FromNode): Readonly<Record<string, unknown>>;
}

/** What an entity offers; null for a table, and for a class that has nothing but columns. */
export function attributesOf(entity: object | null): EntityAttributes | null {
  return (entity as { readonly [ATTRIBUTES]?: EntityAttributes | null } | null)?.[ATTRIBUTES] ?? null;
}
