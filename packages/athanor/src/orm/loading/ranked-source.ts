import { booleanType, integerType } from "../../sql/coercions/literal-types.ts";
import { columnIn, leavesOf } from "../../sql/compile/from-clause.ts";
import type { ColumnNode, ExpressionNode, LabelNode, OrderingNode } from "../../sql/nodes/expressions.ts";
import type { EntityNode, FromNode, SubqueryNode } from "../../sql/nodes/froms.ts";
import { operators } from "../../sql/nodes/operators.ts";
import type { SelectNode } from "../../sql/nodes/statements.ts";
import { selectNode } from "../../sql/statement/select-node.ts";
import { aliasedFrom } from "../../sql/traverse/aliased-from.ts";
import { subqueryColumns } from "../../sql/traverse/output-columns.ts";
import { transform } from "../../sql/traverse/transform.ts";
import { relationshipJoin } from "../mapping/join-condition.ts";
import { moved } from "../mapping/moved.ts";
import type { RelationshipProperty } from "../mapping/relationship-property.ts";
import { withCriteria } from "./apply-criteria.ts";
import { borrowedCriteria, Loan } from "./borrowed-values.ts";
import { collectionOrder } from "./collection-order.ts";
import { type EntityPlan, entityItem, repeatsRows } from "./entity-plan.ts";
import { type LaidOutQuery, layOut } from "./lay-out.ts";
import type { CollectionRange } from "./load-option.ts";
import type { LoadRule } from "./load-tree.ts";
import { isIn, type RelationQuery, relationQuery } from "./relation-query.ts";
import type { KeyedStatement } from "./selectin-load.ts";

/**
 * The members of a relationship, numbered within each parent, so that each parent gets its own part of them. There are two
 * forms. As a LATERAL join from the parents, members are sought parent by parent: with an index on foreign key and order,
 * the database reads as many rows as it gives. Without LATERAL, ROW_NUMBER() numbers all members of the parents. Measured
 * for ten of each of 1,000 parents with 1,000 members, PostgreSQL 15: with such an index 0.1 s as a LATERAL join and 3.4 s
 * numbered; with one on the foreign key alone, where all members have to be read in either form, 4 s and 2.1 s. So LATERAL is
 * taken where there is LATERAL. MariaDB 10.11, which has none, takes 7 s to number them.
 */
export class RankedSource {
  /** The numbered members, in place of the target's table. */
  readonly from: SubqueryNode;
  /** The target's columns in it. */
  readonly columns: readonly ColumnNode[];
  readonly #property: RelationshipProperty;
  readonly #members: FromNode;
  readonly #entity: EntityNode;
  readonly #query: RelationQuery;
  readonly #keys: readonly ColumnNode[];
  readonly #rank: ColumnNode;
  readonly #conditions: readonly ExpressionNode[];
  readonly #order: readonly (ExpressionNode | OrderingNode)[];
  readonly #range: CollectionRange;
  readonly #loan = new Loan();

  constructor(property: RelationshipProperty, { target: named, criteria }: LoadRule, range: CollectionRange) {
    const { target, targetEntity, targetFrom } = property;
    this.#property = property;
    this.#members = named?.from ?? targetFrom;
    const columns = (named ?? targetEntity).columns;
    this.#entity = { kind: "entity", from: this.#members, columns, entity: target, name: null };
    this.#query = relationQuery(property, this.#members);
    this.#conditions = criteria.map((each) => moved(each, targetFrom, this.#members));
    const order = collectionOrder(property, this.#members, range);
    this.#order = order.length > 0 ? order : target.primaryKey.flatMap(({ index }) => columns[index] ?? []);
    this.#range = range;
    const { keys, from, joins, where } = this.#query;
    const members = selectNode({
      columns: [this.#entity, ...keys.map(keyLabel), this.#numbered(keys)],
      from,
      joins,
      where: [isIn(keys), ...where, ...this.#conditions],
    });
    this.from = { kind: "subquery", query: members, name: null, lateral: false };
    const seen = subqueryColumns(this.from, members);
    this.columns = seen.slice(0, columns.length);
    this.#keys = seen.slice(columns.length, -1);
    this.#rank = seen.at(-1) as ColumnNode;
  }

  /** The statement for members that are read as the target's plan says, in both forms. */
  statement(target: EntityPlan): KeyedStatement {
    const property = this.#property;
    const loan = this.#loan;
    const { values } = target.tree;
    const criteria = borrowedCriteria(target.tree, loan);
    const ranked = this.#laidOut(target, this.#keys, { from: [this.from], where: this.#within() });
    const parents = aliasedFrom(property.parent.from);
    const { local } = this.#query;
    return {
      select: withCriteria(values.named(ranked.statement, loan), criteria, { exempt: this.#query.parents }),
      lateral: withCriteria(values.named(this.#lateral(target, parents), loan), criteria, {
        exempt: new Set(leavesOf(parents)),
      }),
      loan,
      rows: {
        ...{ property, target, local, positions: ranked.offsets.slice(1) },
        ...{ areLast: target.joined.length === 0, isIdentity: false, isPart: true },
        repeats: property.direction === "manyToMany" || repeatsRows(target),
      },
    };
  }

  #laidOut(target: EntityPlan, keys: readonly ColumnNode[], parts: Partial<SelectNode>): LaidOutQuery {
    const items = [{ node: entityItem(target), plan: target }, ...keys.map((node) => ({ node, plan: null }))];
    return layOut(selectNode({ ...parts, columns: items.map(({ node }) => node), orderBy: [this.#rank] }), items);
  }

  /** The number of a member among those of its parent. */
  #numbered(partitionBy: readonly ExpressionNode[]): LabelNode {
    const call: ExpressionNode = {
      ...{ kind: "function", name: "row_number", arguments: [], type: integerType, distinct: false, orderBy: [] },
    };
    const expression: ExpressionNode = {
      ...{ kind: "over", expression: call, partitionBy, orderBy: this.#order, frame: null, type: integerType },
    };
    return { kind: "label", name: "rank_in_parent", expression, type: integerType };
  }

  #within(): readonly ExpressionNode[] {
    const { limit, offset } = this.#range;
    const last = limit === null || offset === null ? limit : sum(limit, offset);
    return [
      ...(offset === null ? [] : [compared("gt", this.#rank, offset)]),
      ...(last === null ? [] : [compared("le", this.#rank, last)]),
    ];
  }

  #lateral(target: EntityPlan, parents: FromNode): SelectNode {
    const property = this.#property;
    const { limit, offset } = this.#range;
    const members = this.#members;
    const { primary, secondary, through } = relationshipJoin(property, { parent: parents, target: members });
    const query = selectNode({
      columns: [this.#entity, this.#numbered([])],
      from: through === null ? [members] : [through],
      joins:
        through === null ? [] : [{ kind: "joinClause", left: through, right: members, on: secondary, type: "inner" }],
      where: [primary, ...this.#conditions],
      orderBy: this.#order,
      limit,
      offset,
    });
    const each: SubqueryNode = { kind: "subquery", query, name: null, lateral: true };
    const keys = this.#query.local.map(({ column }) => columnIn(parents, column));
    const { statement } = this.#laidOut(target, keys, {
      from: [parents],
      joins: [{ kind: "joinClause", left: parents, right: this.from, on: null, type: "cross" }],
      where: [isIn(keys)],
    });
    return transform(statement, (node) => (node === this.from ? each : null));
  }
}

function keyLabel(expression: ColumnNode, index: number): LabelNode {
  return { kind: "label", name: `parent_key_${index + 1}`, expression, type: expression.type };
}

function compared(name: "gt" | "le", left: ExpressionNode, right: ExpressionNode): ExpressionNode {
  return { kind: "binary", operator: operators[name], left, right, type: booleanType, modifier: null };
}

function sum(left: ExpressionNode, right: ExpressionNode): ExpressionNode {
  return { kind: "binary", operator: operators.add, left, right, type: integerType, modifier: null };
}
