import { booleanType } from "../../sql/coercions/literal-types.ts";
import type { BindNode, ColumnNode, ExpressionNode } from "../../sql/nodes/expressions.ts";
import type { FromNode, JoinClauseNode } from "../../sql/nodes/froms.ts";
import { operators } from "../../sql/nodes/operators.ts";
import type { SelectNode } from "../../sql/nodes/statements.ts";
import { selectNode } from "../../sql/statement/select-node.ts";
import { aliasedFrom } from "../../sql/traverse/aliased-from.ts";
import { TupleType } from "../../sqltypes/composite.ts";
import type { SqlType } from "../../sqltypes/sql-type.ts";
import type { Task } from "../../util/task.ts";
import type { InstanceState } from "../instrumentation/instance-state.ts";
import type { ColumnProperty } from "../mapping/column-property.ts";
import { relationshipJoin, relationshipOrder } from "../mapping/join-condition.ts";
import { moved } from "../mapping/moved.ts";
import type { RelationshipProperty } from "../mapping/relationship-property.ts";
import { withCriteria } from "./apply-criteria.ts";
import { borrowedCriteria, Loan } from "./borrowed-values.ts";
import { distribution, type RelatedRows } from "./distribution.ts";
import { type EntityPlan, type RelationLoad, repeatsRows } from "./entity-plan.ts";
import { layOut } from "./lay-out.ts";
import type { LoadRun } from "./load-run.ts";
import type { LoadRule } from "./load-tree.ts";
import { loadPostponed } from "./read-rows.ts";
import { loadMissing } from "./refresh.ts";
import { conditionsOnTarget, relationColumns } from "./relation-columns.ts";

/** Keys of several columns cannot travel as an array: so many of them go into one statement. */
const fewKeys = 500;
const keysName = "keys";

/** What has to be known to load a relationship: the relationship, how its objects are read, what options say of it. */
export interface RelationRequest {
  readonly property: RelationshipProperty;
  readonly target: EntityPlan;
  readonly rule: LoadRule;
}

/** Loads a relationship of many objects by the keys that they have: `SELECT … WHERE key IN (…)`. */
export class SelectinLoad implements RelationLoad {
  readonly property: RelationshipProperty;
  readonly needs: readonly ColumnProperty[];
  readonly #select: SelectNode;
  readonly #loan = new Loan();
  readonly #rows: RelatedRows;
  readonly #depth: number;

  constructor({ property, target, rule }: RelationRequest) {
    this.property = property;
    const query = queryFor(property, target);
    this.needs = query.local;
    const depth = rule.recursionDepth ?? 0;
    this.#depth = depth < 0 ? Number.POSITIVE_INFINITY : depth;
    const criteria = rule.criteria.map((each) =>
      moved(target.tree.values.named(each, this.#loan), property.target.from, target.from),
    );
    // A key that is a column of the target is read from the object's own columns.
    const own = query.keys.map((key) =>
      key.from === target.from ? target.properties.findIndex((each) => each.isKeptIn(key.column)) : -1,
    );
    const areOwn = own.every((position) => position >= 0);
    const items = [
      { node: entityOf(target), plan: target },
      ...(areOwn ? [] : query.keys.map((node) => ({ node, plan: null }))),
    ];
    const base = selectNode({
      columns: items.map(({ node }) => node),
      from: query.from,
      joins: query.joins,
      where: [isIn(query.keys), ...query.where, ...criteria],
      orderBy: relationshipOrder(property, target.from),
    });
    const { statement, offsets } = layOut(base, items);
    const inForce = borrowedCriteria(target.tree, this.#loan);
    const named = target.tree.values.named(statement, this.#loan);
    this.#select = withCriteria(named, inForce, { exempt: query.parents });
    this.#rows = {
      property,
      target,
      local: query.local,
      positions: areOwn ? own.map((position) => target.offset + position) : offsets.slice(1),
      areLast: !areOwn && target.joined.length === 0,
      isIdentity:
        property.targetKey !== null &&
        query.isDirect &&
        criteria.length === 0 &&
        !inForce.some((each) => each.countsFor(target.mapper)),
      repeats: property.direction === "manyToMany" || repeatsRows(target),
    };
  }

  run(states: Iterable<InstanceState>, run: LoadRun): Task<void> {
    return this.#load(states, run, this.#depth);
  }

  *#load(states: Iterable<InstanceState>, run: LoadRun, depth: number): Task<void> {
    const related = depth > 0 ? new Set<InstanceState>() : null;
    const found = distribution(this.#rows, run, related);
    for (const state of states) {
      if (state.partial) yield* loadMissing(run.session, state, this.needs);
      found.add(state);
    }
    const { keys } = found;
    const chunkSize = this.#rows.local.length > 1 ? fewKeys : yield* run.session.keysAtOnce(this.#select);
    for (let start = 0; start < keys.length; start += chunkSize) {
      const end = Math.min(start + chunkSize, keys.length);
      const parameters = this.#loan.parameters({ [keysName]: keys.slice(start, end) }, run);
      found.feed(yield* run.session.executeLoad(this.#select, parameters, this.property), { start, end });
    }
    found.finish();
    yield* loadPostponed(run);
    if (related !== null && related.size > 0) yield* this.#load(related, run, depth - 1);
  }
}

interface RelationQuery {
  readonly from: readonly FromNode[];
  readonly joins: readonly JoinClauseNode[];
  readonly where: readonly ExpressionNode[];
  /** The columns whose values are looked for. */
  readonly keys: readonly ColumnNode[];
  /** The parent's attributes that hold them. */
  readonly local: readonly ColumnProperty[];
  /** The parent's table takes no part. */
  readonly isDirect: boolean;
  /** What stands for the parents in it. */
  readonly parents: ReadonlySet<FromNode>;
}

const noParents: ReadonlySet<FromNode> = new Set();

/** The shortest way to a relationship's objects: by the foreign key, by the association table, or from the parent. */
function queryFor(property: RelationshipProperty, target: EntityPlan): RelationQuery {
  const conditions = conditionsOnTarget(property);
  if (conditions === null) return queryFromParent(property, target);
  const { local, remote } = relationColumns(property);
  const where = conditions.map((each) => moved(each, property.target.from, target.from));
  const through = property.secondaryFrom;
  if (through === null) {
    const keys = remote.map((each) => moved(each, property.target.from, target.from));
    return { from: [target.from], joins: [], where, keys, local, isDirect: true, parents: noParents };
  }
  const { secondary } = relationshipJoin(property, { parent: property.parent.from, target: target.from });
  const joins = [joinTo(through, target.from, secondary)];
  return { from: [through], joins, where, keys: remote, local, isDirect: true, parents: noParents };
}

function queryFromParent(property: RelationshipProperty, target: EntityPlan): RelationQuery {
  const { parent } = property;
  const alias = aliasedFrom(parent.from);
  const { primary, secondary, through } = relationshipJoin(property, { parent: alias, target: target.from });
  const joins =
    through === null
      ? [joinTo(alias, target.from, primary)]
      : [joinTo(alias, through, primary), joinTo(through, target.from, secondary)];
  const columns = parent.columnsIn(alias);
  const keys = parent.primaryKey.flatMap(({ index }) => columns[index] ?? []);
  return {
    from: [alias],
    joins,
    where: [],
    keys,
    local: parent.primaryKey,
    isDirect: false,
    parents: new Set([alias]),
  };
}

function joinTo(left: FromNode, right: FromNode, on: ExpressionNode | null): JoinClauseNode {
  return { kind: "joinClause", left, right, on, type: "inner" };
}

function entityOf({ mapper, from, columns }: EntityPlan) {
  return { kind: "entity", from, columns, entity: mapper, name: null } as const;
}

/** `key IN (:keys)`; the list is expanded when the statement is executed. */
function isIn(keys: readonly ColumnNode[]): ExpressionNode {
  const types = keys.map(({ type }) => type);
  const [only] = keys;
  const isSingle = keys.length === 1 && only !== undefined;
  const type: SqlType = isSingle ? only.type : new TupleType(types);
  const left: ExpressionNode = isSingle ? only : { kind: "tuple", items: keys, type };
  const right: BindNode = {
    ...{ kind: "bind", value: [], type, name: keysName, required: true, expanding: true },
    together: isSingle,
  };
  return { kind: "binary", operator: operators.in, left, right, type: booleanType, modifier: null };
}
