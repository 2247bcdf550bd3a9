import { ArgumentError, InvalidRequestError } from "../../errors/errors.ts";
import { allOf } from "../../sql/coercions/boolean-lists.ts";
import { booleanType, integerType } from "../../sql/coercions/literal-types.ts";
import { bind, nullNode } from "../../sql/coercions/operands.ts";
import { columnIn, leavesOf, tableOf } from "../../sql/compile/from-clause.ts";
import { negated } from "../../sql/expression/conditions.ts";
import type { BinaryNode, ColumnNode, ExpressionNode, FragmentNode } from "../../sql/nodes/expressions.ts";
import type { FromNode } from "../../sql/nodes/froms.ts";
import { type Operator, operators } from "../../sql/nodes/operators.ts";
import { existsNode } from "../../sql/statement/exists.ts";
import { selectNode } from "../../sql/statement/select-node.ts";
import { aliasedFrom } from "../../sql/traverse/aliased-from.ts";
import { transform } from "../../sql/traverse/transform.ts";
import { requireState } from "../instrumentation/entity.ts";
import type { ColumnProperty } from "../mapping/column-property.ts";
import { relationshipJoin } from "../mapping/join-condition.ts";
import type { Mapper } from "../mapping/mapper.ts";
import { moved } from "../mapping/moved.ts";
import type { KeyPair, RelationshipProperty } from "../mapping/relationship-property.ts";

const one: FragmentNode = { kind: "fragment", texts: ["1"], expressions: [], type: integerType };

/**
 * `EXISTS (SELECT 1 FROM target WHERE …)`: what `any()` and `has()` mean. A class that refers to itself is looked up
 * under an alias, and conditions on the class are meant for that alias.
 *
 * @param from what the relationship starts from in the statement: the parent's table or an alias
 * @param target a subclass or an alias of the target, which the conditions speak of; by default the target itself
 */
export function existsCriterion(
  property: RelationshipProperty,
  from: FromNode,
  conditions: readonly ExpressionNode[],
  target: FromNode = property.targetFrom,
): ExpressionNode {
  const inner = from === target || sharesTable(from, target) ? aliasedFrom(target) : target;
  const join = relationshipJoin(property, { parent: from, target: inner });
  const own = [...criteriaOf(property.target, inner), ...conditions.map((each) => moved(each, target, inner))];
  const where = join.secondary === null ? [join.primary, ...own] : [join.primary, join.secondary, ...own];
  const froms = join.through === null ? [inner] : [inner, join.through];
  return existsNode(selectNode({ columns: [one], from: froms, where, correlateExcept: froms }));
}

/** Whether an element of FROM is, or is joined of, a table that another one has, too. Aliases are there to be told apart. */
function sharesTable(from: FromNode, target: FromNode): boolean {
  const tables = new Set(leavesOf(from).map(tableOf));
  return leavesOf(target).some((leaf) => leaf.kind === "table" && tables.has(leaf.table));
}

/**
 * The target is among what a relationship of this object leads to, told by the object's keys: the condition of a lazy load,
 * as part of another statement.
 *
 * @param target an alias of the target that the statement selects from; by default the target itself
 */
export function parentCriterion(
  property: RelationshipProperty,
  instance: object,
  target: FromNode = property.targetFrom,
): ExpressionNode {
  const { parent } = property;
  const state = requireState(instance);
  if (!state.mapper.isA(parent)) {
    throw new ArgumentError(
      `withParent(): ${property} starts at ${parent.className}, not at an object of class ${state.mapper.className}.`,
    );
  }
  const stand = aliasedFrom(parent.from);
  const leaves = leavesOf(stand);
  const { primary, secondary } = relationshipJoin(property, { parent: stand, target });
  const bound = [primary, ...(secondary === null ? [] : [secondary])].map((condition) =>
    transform(condition, (node) => {
      if (node.kind !== "column" || node.from === null) return null;
      if (node.from !== stand && !leaves.includes(node.from)) return null;
      const attribute = parent.columns.find((each) => each.isKeptIn(node.column));
      return attribute === undefined ? null : ownValue(property, instance, attribute);
    }),
  );
  return allOf([...bound, ...criteriaOf(property.target, target)]);
}

function ownValue(property: RelationshipProperty, instance: object, { key, type }: ColumnProperty): ExpressionNode {
  const value: unknown = Reflect.get(instance, key);
  if (value === undefined) {
    throw new ArgumentError(
      `withParent(): the ${property.parent.className} has no ${JSON.stringify(key)} yet: flush it first.`,
    );
  }
  return value === null ? nullNode : bind(value, type);
}

/** The relationship leads to this object; to nothing, when it is null. */
export function equalsInstance(
  property: RelationshipProperty,
  from: FromNode,
  instance: object | null,
): ExpressionNode {
  if (instance !== null) {
    assertScalar(property);
    return allOf(comparisons(property, from, instance));
  }
  if (!isTold(property)) {
    return negated(existsCriterion(property, from, []));
  }
  return allOf(property.pairs.map(({ local }) => compare(operators.is, seenFrom(from, local), nullNode)));
}

/** The relationship leads to another object than this one, or to none; to any object, when it is null. */
export function differsFromInstance(
  property: RelationshipProperty,
  from: FromNode,
  instance: object | null,
): ExpressionNode {
  if (instance === null) return negated(equalsInstance(property, from, null));
  assertScalar(property);
  if (!isTold(property)) return negated(leadsTo(property, from, instance));
  const differences = property.pairs.flatMap(({ local, remote }) => {
    const column = seenFrom(from, local);
    const other = compare(operators.ne, column, remoteValue(property, instance, remote));
    return [other, compare(operators.is, column, nullNode)];
  });
  return { kind: "booleanList", operator: operators.or, items: differences, type: booleanType };
}

/** Whether the foreign key tells what the relationship leads to. An alias may be without the row that it refers to. */
function isTold({ direction, pairs, targetAlias }: RelationshipProperty): boolean {
  return direction === "manyToOne" && pairs.length > 0 && targetAlias === null;
}

/** The row of this object is among those to which the relationship leads. */
function leadsTo(property: RelationshipProperty, from: FromNode, instance: object): ExpressionNode {
  requireInstance(property, instance);
  const { target, targetAlias, targetFrom } = property;
  const key = target.primaryKey.map(({ column, key: name, index }) =>
    equal(targetAlias?.columns[index] ?? columnIn(targetFrom, column), valueOf(property, instance, name)),
  );
  return existsCriterion(property, from, key);
}

/** The collection has this object among its members. */
export function containsInstance(property: RelationshipProperty, from: FromNode, instance: object): ExpressionNode {
  if (!property.isCollection) {
    throw new InvalidRequestError(`${property} holds one object: use eq() in place of contains().`);
  }
  const { secondaryFrom, targetAlias } = property;
  if (targetAlias !== null) return leadsTo(property, from, instance);
  if (secondaryFrom === null) return allOf(comparisons(property, from, instance));
  requireInstance(property, instance);
  const { primary } = relationshipJoin(property, { parent: from, target: property.targetFrom });
  const members = property.secondaryPairs.map(({ local, remote }) =>
    equal(remote, remoteValue(property, instance, local)),
  );
  const where = [primary, ...members];
  return existsNode(selectNode({ columns: [one], from: [secondaryFrom], where, correlateExcept: [secondaryFrom] }));
}

/** What every query for a class asks (single-table inheritance), of this element of FROM. */
export function criteriaOf(mapper: Mapper, from: FromNode): readonly ExpressionNode[] {
  return mapper.criterion === null ? [] : [moved(mapper.criterion, mapper.from, from)];
}

function assertScalar(property: RelationshipProperty): void {
  if (!property.isCollection) return;
  throw new InvalidRequestError(
    `${property} is a collection, which cannot be compared with an object: use contains() to ask for a member, any() to ask for what a member is like.`,
  );
}

/** The columns of the relationship's own side with the values that the object has for them. */
function comparisons(property: RelationshipProperty, from: FromNode, instance: object): readonly ExpressionNode[] {
  requireInstance(property, instance);
  if (property.targetAlias !== null) return [leadsTo(property, from, instance)];
  if (property.declared.options.primaryJoin !== undefined) return [joinedTo(property, from, instance)];
  return property.pairs.map(({ local, remote }) =>
    equal(seenFrom(from, local), remoteValue(property, instance, remote)),
  );
}

/** A condition of the user's own, with the values that the object has for the columns of the far side. */
function joinedTo(property: RelationshipProperty, from: FromNode, instance: object): ExpressionNode {
  const target = aliasedFrom(property.targetFrom);
  const far = new Set([target, ...leavesOf(target)]);
  return transform(relationshipJoin(property, { parent: from, target }).primary, (node) =>
    node.kind === "column" && node.from !== null && far.has(node.from) ? remoteValue(property, instance, node) : null,
  );
}

function requireInstance(property: RelationshipProperty, instance: object) {
  const state = requireState(instance);
  if (state.mapper.isA(property.target)) return state;
  throw new ArgumentError(
    `${property} leads to ${property.target.className}: it cannot be compared with an object of class ${state.mapper.className}.`,
  );
}

function remoteValue(property: RelationshipProperty, instance: object, remote: KeyPair["remote"]): ExpressionNode {
  const attribute = property.target.columns.find((each) => each.isKeptIn(remote.column));
  if (attribute === undefined) {
    throw new ArgumentError(`${property} cannot be compared with an object: ${remote.name} is no attribute of it.`);
  }
  return valueOf(property, instance, attribute.key);
}

function valueOf(property: RelationshipProperty, instance: object, key: string): ExpressionNode {
  // An expired attribute loads itself here, or says what to do.
  const value: unknown = Reflect.get(instance, key);
  const { target } = property;
  if (value === undefined) {
    throw new ArgumentError(
      `${property} was compared with an object of class ${target.className} that has no ${JSON.stringify(key)} yet: flush it first.`,
    );
  }
  const type = target.columnsByKey.get(key)?.type;
  return type === undefined || value === null ? nullNode : bind(value, type);
}

function seenFrom(from: FromNode, column: ColumnNode): ColumnNode {
  return column.from === from ? column : { ...column, from };
}

function equal(left: ExpressionNode, right: ExpressionNode): BinaryNode {
  return compare(operators.eq, left, right);
}

function compare(operator: Operator, left: ExpressionNode, right: ExpressionNode): BinaryNode {
  return { kind: "binary", operator, left, right, type: booleanType, modifier: null };
}
