import type { SelectNode } from "../../sql/nodes/statements.ts";
import { selectNode } from "../../sql/statement/select-node.ts";
import type { Task } from "../../util/task.ts";
import type { InstanceState } from "../instrumentation/instance-state.ts";
import type { ColumnProperty } from "../mapping/column-property.ts";
import { moved } from "../mapping/moved.ts";
import type { RelationshipProperty } from "../mapping/relationship-property.ts";
import { withCriteria } from "./apply-criteria.ts";
import { borrowedCriteria, Loan } from "./borrowed-values.ts";
import { collectionOrder } from "./collection-order.ts";
import { distribution, type RelatedRows } from "./distribution.ts";
import { type EntityPlan, entityItem, type RelationLoad, repeatsRows } from "./entity-plan.ts";
import { layOut } from "./lay-out.ts";
import type { LoadRun } from "./load-run.ts";
import type { LoadRule } from "./load-tree.ts";
import { loadPostponed } from "./read-rows.ts";
import { loadMissing } from "./refresh.ts";
import { isIn, keysParameter, relationQuery } from "./relation-query.ts";

/** Keys of several columns cannot travel as an array: so many of them go into one statement. */
export const fewKeys = 500;

/** What has to be known to load a relationship: the relationship, how its objects are read, what options say of it. */
export interface RelationRequest {
  readonly property: RelationshipProperty;
  readonly target: EntityPlan;
  readonly rule: LoadRule;
}

/** A statement that looks for keys, and how its rows are handed out. */
export interface KeyedStatement {
  readonly select: SelectNode;
  /** The same as a LATERAL join, to be taken where the database has it; null where that would not help. */
  readonly lateral: SelectNode | null;
  readonly loan: Loan;
  readonly rows: RelatedRows;
}

/** Loads a relationship of many objects by the keys that they have: `SELECT … WHERE key IN (…)`. */
export class SelectinLoad implements RelationLoad {
  readonly property: RelationshipProperty;
  readonly needs: readonly ColumnProperty[];
  readonly #statement: KeyedStatement;
  readonly #depth: number;
  readonly #chunkSize: number | null;

  constructor(statement: KeyedStatement, { details: { recursionDepth, chunkSize } }: LoadRule) {
    const { property, local } = statement.rows;
    this.property = property;
    this.needs = local;
    this.#statement = statement;
    const depth = recursionDepth ?? 0;
    this.#depth = depth < 0 ? Number.POSITIVE_INFINITY : depth;
    this.#chunkSize = chunkSize ?? (local.length > 1 ? fewKeys : null);
  }

  run(states: Iterable<InstanceState>, run: LoadRun): Task<void> {
    return this.#load(states, run, this.#depth);
  }

  *#load(states: Iterable<InstanceState>, run: LoadRun, depth: number): Task<void> {
    const { rows, loan, lateral } = this.#statement;
    const related = depth > 0 ? new Set<InstanceState>() : null;
    const found = distribution(rows, run, related);
    for (const state of states) {
      if (state.partial) yield* loadMissing(run.session, state, this.needs);
      found.add(state);
    }
    const { keys } = found;
    const isLateral = lateral !== null && keys.length > 0 && (yield* run.session.joinsLaterally(lateral));
    const select = isLateral ? lateral : this.#statement.select;
    const chunkSize = this.#chunkSize ?? (yield* run.session.keysAtOnce(select));
    for (let start = 0; start < keys.length; start += chunkSize) {
      const end = Math.min(start + chunkSize, keys.length);
      const parameters = loan.parameters({ [keysParameter]: keys.slice(start, end) }, run);
      found.feed(yield* run.session.executeLoad(select, parameters, this.property), { start, end });
    }
    found.finish();
    yield* loadPostponed(run);
    if (related !== null && related.size > 0) yield* this.#load(related, run, depth - 1);
  }
}

/** The statement for all members of a relationship. */
export function selectinStatement({ property, target, rule }: RelationRequest): KeyedStatement {
  const loan = new Loan();
  const { values } = target.tree;
  const query = relationQuery(property, target.from);
  const criteria = rule.criteria.map((each) => moved(values.named(each, loan), property.targetFrom, target.from));
  // A key that is a column of the target is read from the object's own columns.
  const own = query.keys.map((key) =>
    key.from === target.from ? target.properties.findIndex((each) => each.isKeptIn(key.column)) : -1,
  );
  const areOwn = own.every((position) => position >= 0);
  const items = [
    { node: entityItem(target), plan: target },
    ...(areOwn ? [] : query.keys.map((node) => ({ node, plan: null }))),
  ];
  const base = selectNode({
    columns: items.map(({ node }) => node),
    from: query.from,
    joins: query.joins,
    where: [isIn(query.keys), ...query.where, ...criteria],
    orderBy: collectionOrder(property, target.from, rule.details.range),
  });
  const { statement, offsets } = layOut(base, items);
  const inForce = borrowedCriteria(target.tree, loan);
  const mayBeKnown = property.targetKey !== null && query.isDirect && criteria.length === 0;
  return {
    select: withCriteria(values.named(statement, loan), inForce, { exempt: query.parents }),
    lateral: null,
    loan,
    rows: {
      property,
      target,
      local: query.local,
      positions: areOwn ? own.map((position) => target.offset + position) : offsets.slice(1),
      areLast: !areOwn && target.joined.length === 0,
      isIdentity: mayBeKnown && !inForce.some((each) => each.countsFor(target.mapper)),
      isPart: criteria.length > 0,
      repeats: property.direction === "manyToMany" || repeatsRows(target),
    },
  };
}
