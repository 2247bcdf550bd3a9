import { ArgumentError } from "../../errors/errors.ts";
import { describe, offersNode } from "../../sql/coercions/operands.ts";
import { leavesOf } from "../../sql/compile/from-clause.ts";
import { Expression } from "../../sql/expression/expression.ts";
import type { ExpressionNode } from "../../sql/nodes/expressions.ts";
import type { FromNode } from "../../sql/nodes/froms.ts";
import { transform } from "../../sql/traverse/transform.ts";
import { NODE } from "../../util/symbols.ts";
import {
  type AnyDerivedAttribute,
  type AttributeKind,
  type AttributeSite,
  DERIVED,
  type DerivedClassAttribute,
} from "../mapping/derived-attribute.ts";
import type { Mapper } from "../mapping/mapper.ts";
import { ofOwnTable } from "../mapping/of-own-table.ts";

/** A derived attribute that is an expression on classes and aliases. */
export interface ExpressionKind<T> extends AttributeKind {
  readonly type: Expression<T, this["from"], this["name"]>;
}

/**
 * A function that gives an expression. It is called when the expression is needed, so that it may speak of what is declared
 * later. It is given the class, for declarations that several classes share (mixins): annotate the parameter with what it
 * has, such as `(self: { readonly price: Expression<number> }) => self.price.mul(2)`.
 */
export type ExpressionThunk<T> = (self: never) => Expression<T, string, string>;

/** What a class or an alias has for a derived attribute: the expression, under the attribute's name. */
export class AttributeExpression extends Expression<unknown> implements DerivedClassAttribute {
  readonly [DERIVED]: DerivedClassAttribute[typeof DERIVED];

  constructor(node: ExpressionNode, site: AttributeSite, declared: AnyDerivedAttribute) {
    super({ kind: "label", name: site.key, expression: node, type: node.type });
    this[DERIVED] = { site, declared };
  }
}

/** What a thunk gives for a class. */
export function expressionOf(thunk: ExpressionThunk<unknown>, mapper: Mapper, name: () => string): ExpressionNode {
  const given: unknown = thunk(mapper.class as never);
  const node = offersNode(given) ? given[NODE] : null;
  if (given instanceof Expression && node !== null) {
    return correlatedWith(mapper.from, ofOwnTable(withoutLabel(node as ExpressionNode), mapper));
  }
  throw new ArgumentError(
    `${name()} is declared with a function that gives ${describe(given)}, and not an expression such as User.name.`,
  );
}

/**
 * Subqueries belong to the class: they are correlated with it, and not with whatever else stands in a statement that
 * speaks of the attribute, unless they say so themselves.
 */
function correlatedWith(from: FromNode, node: ExpressionNode): ExpressionNode {
  const correlate = leavesOf(from);
  return transform(node, (each) => {
    if (each.kind === "column") return each;
    if (each.kind !== "select") return null;
    return each.correlate === null && each.correlateExcept === null ? { ...each, correlate } : each;
  });
}

/** The attribute's own name stands in for a label that the expression has. */
function withoutLabel(node: ExpressionNode): ExpressionNode {
  return node.kind === "label" ? withoutLabel(node.expression) : node;
}
