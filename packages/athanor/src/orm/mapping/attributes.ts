import { ArgumentError } from "../../errors/errors.ts";
import { allOf } from "../../sql/coercions/boolean-lists.ts";
import { condition, describe, offersNode } from "../../sql/coercions/operands.ts";
import { not } from "../../sql/expression/conditions.ts";
import { Expression } from "../../sql/expression/expression.ts";
import type { Condition } from "../../sql/expression/types.ts";
import type { ExpressionNode } from "../../sql/nodes/expressions.ts";
import type { EntityNode, FromNode, JoinClauseNode, JoinNode, JoinType } from "../../sql/nodes/froms.ts";
import type { EntityClass } from "../../sql/statement/types.ts";
import {
  type FROM,
  JOIN,
  type JOINS,
  type KIND,
  type NAME,
  NODE,
  type OWNERS,
  type VALUE,
} from "../../util/symbols.ts";
import { containsInstance, differsFromInstance, equalsInstance, existsCriterion } from "../query/criteria.ts";
import { relationshipJoin } from "./join-condition.ts";
import type { Cardinality } from "./relationship.ts";
import type { RelationshipProperty } from "./relationship-property.ts";

/** Where a relationship attribute stands. What needs a configured registry is a function. */
export interface AttributeSource {
  readonly key: string;
  readonly from: () => FromNode;
  readonly property: () => RelationshipProperty;
}

/**
 * A relationship as the class has it: something to join along, to load, and to ask about. `C` is the target, `O` the name
 * of the table or alias it starts from, `L` its own name.
 */
export class RelationshipAttribute<
  out C extends EntityClass = EntityClass,
  out N extends Cardinality = Cardinality,
  out O extends string = string,
  out L extends string = string,
> {
  declare readonly [VALUE]: C;
  declare readonly [KIND]: N;
  declare readonly [OWNERS]: O;
  declare readonly [NAME]: L;
  declare readonly [JOINS]: C[typeof FROM];
  readonly #source: AttributeSource;
  readonly #criteria: readonly ExpressionNode[];
  readonly #ofType: EntityNode | null;

  constructor(source: AttributeSource, criteria: readonly ExpressionNode[] = [], ofType: EntityNode | null = null) {
    this.#source = source;
    this.#criteria = criteria;
    this.#ofType = ofType;
  }

  /** @internal */
  get property(): RelationshipProperty {
    return this.#source.property();
  }
  /** The element of FROM that it starts from. @internal */
  get from(): FromNode {
    return this.#source.from();
  }
  /** Conditions added with `and()`. @internal */
  get criteria(): readonly ExpressionNode[] {
    return this.#criteria;
  }
  /** The alias or subclass given to `ofType()`. @internal */
  get ofTypeTarget(): EntityNode | null {
    return this.#ofType;
  }

  /** True for objects one of whose members satisfies the condition; without one, that have a member. */
  any(criterion?: Condition): Expression<boolean> {
    return this.#exists("any", criterion);
  }
  /** True for objects whose related object satisfies the condition; without one, that have a related object. */
  has(criterion?: Condition): Expression<boolean> {
    return this.#exists("has", criterion);
  }
  #exists(name: "any" | "has", criterion: Condition | undefined): Expression<boolean> {
    const { property } = this;
    if (property.isCollection !== (name === "any")) {
      throw new ArgumentError(
        `${property} is ${property.isCollection ? "a collection: use any()" : "a single object: use has()"}.`,
      );
    }
    const conditions = [...this.#criteria, ...(criterion === undefined ? [] : [condition(criterion, `${name}()`)])];
    return new Expression(existsCriterion(property, this.from, conditions, this.#ofType?.from));
  }
  /** Objects whose related object is this one, compared by key; null asks for none, also of a collection (NOT EXISTS). */
  eq(other: C["prototype"] | null): Expression<boolean> {
    return new Expression(equalsInstance(this.property, this.from, other));
  }
  /** Objects whose related object is another one, or that have none; null asks for any, also of a collection (EXISTS). */
  ne(other: C["prototype"] | null): Expression<boolean> {
    return new Expression(differsFromInstance(this.property, this.from, other));
  }
  /** `IS NULL` and the like: with null, the same as `eq()`. */
  is(other: null): Expression<boolean> {
    return this.eq(other);
  }
  /** With null, the same as `ne()`. */
  isNot(other: null): Expression<boolean> {
    return this.ne(other);
  }
  /** Objects whose collection does not hold this object. */
  notContains(other: C["prototype"]): Expression<boolean> {
    return not(this.contains(other));
  }
  /** Objects whose collection holds this object, compared by key. */
  contains(other: C["prototype"]): Expression<boolean> {
    return new Expression(containsInstance(this.property, this.from, other));
  }
  /** Adds a condition to the ON clause of a join or to what a loader loads. */
  and(criterion: Condition): RelationshipAttribute<C, N, O, L> {
    return new RelationshipAttribute(this.#source, [...this.#criteria, condition(criterion, "and()")], this.#ofType);
  }
  /** Leads to an alias or a subclass of the target. */
  ofType<D extends EntityClass>(target: D): RelationshipAttribute<D, N, O, L> {
    const node = offersNode(target) ? target[NODE] : null;
    if (node === null || node.kind !== "entity") {
      throw new ArgumentError(`ofType() takes a model or an alias of one, not ${describe(target)}.`);
    }
    return new RelationshipAttribute(this.#source, this.#criteria, node);
  }

  /** The joins that lead along this relationship. @internal */
  [JOIN](type: JoinType, on: ExpressionNode | null): readonly JoinClauseNode[] {
    const { property, from } = this;
    const target = this.#ofType?.from ?? property.targetFrom;
    const { secondaryFrom } = property;
    const through: FromNode | null = secondaryFrom === null ? null : { kind: "alias", of: secondaryFrom, name: null };
    const join = relationshipJoin(property, {
      parent: from,
      target,
      ...(through === null ? {} : { secondary: through }),
    });
    const own = allOf([join.secondary ?? join.primary, ...this.#criteria, ...(on === null ? [] : [on])]);
    if (through === null) return [{ kind: "joinClause", left: from, right: target, on: own, type }];
    if (type === "inner") {
      return [
        { kind: "joinClause", left: from, right: through, on: join.primary, type },
        { kind: "joinClause", left: through, right: target, on: own, type },
      ];
    }
    // A row of the association table without a target that fits is no match.
    const right: JoinNode = { kind: "join", left: through, right: target, on: own, type: "inner" };
    return [{ kind: "joinClause", left: from, right, on: join.primary, type }];
  }
}
