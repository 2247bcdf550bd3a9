import { columnIn, fromsIn } from "../../sql/compile/from-clause.ts";
import type { ColumnNode } from "../../sql/nodes/expressions.ts";
import type { AliasNode, FromNode, JoinClauseNode, SubqueryNode } from "../../sql/nodes/froms.ts";
import type { SelectNode } from "../../sql/nodes/statements.ts";
import { selectNode } from "../../sql/statement/select-node.ts";
import { aliasedFrom } from "../../sql/traverse/aliased-from.ts";
import { subqueryColumns } from "../../sql/traverse/output-columns.ts";
import { transform } from "../../sql/traverse/transform.ts";
import type { Task } from "../../util/task.ts";
import type { InstanceState } from "../instrumentation/instance-state.ts";
import type { ColumnProperty } from "../mapping/column-property.ts";
import { relationshipJoin, relationshipOrder } from "../mapping/join-condition.ts";
import { moved } from "../mapping/moved.ts";
import type { RelationshipProperty } from "../mapping/relationship-property.ts";
import { withCriteria } from "./apply-criteria.ts";
import { borrowedCriteria, Loan } from "./borrowed-values.ts";
import { distribution, type RelatedRows } from "./distribution.ts";
import { type RelationLoad, repeatsRows } from "./entity-plan.ts";
import { layOut } from "./lay-out.ts";
import type { LoadRun } from "./load-run.ts";
import { loadPostponed } from "./read-rows.ts";
import { loadMissing } from "./refresh.ts";
import { joinedAttributes, keysOfParent } from "./relation-columns.ts";
import type { RelationRequest } from "./selectin-load.ts";

/** The query that a subqueryload repeats, and the way from what it selects to the parents of the relationship. */
export interface QueryOrigin {
  readonly select: SelectNode;
  /** Where the way begins in that query. */
  readonly from: FromNode;
  readonly way: readonly RelationshipProperty[];
}

/**
 * Loads a relationship by the query that found the parents, as a subquery: `SELECT … FROM (SELECT parent.id …) JOIN
 * target`.
 */
export class SubqueryLoad implements RelationLoad {
  readonly property: RelationshipProperty;
  readonly needs: readonly ColumnProperty[];
  readonly #select: SelectNode;
  readonly #loan = new Loan();
  readonly #rows: RelatedRows;

  constructor({ property, target, rule }: RelationRequest, origin: QueryOrigin) {
    this.property = property;
    const local = keysOfParent(property);
    this.needs = local;
    const { values } = target.tree;
    const path = [...origin.way, property];
    const [first] = path;
    const columns = joinedAttributes(first ?? property);
    const subquery = repeated(values.named(origin.select, this.#loan), origin.from, columns);
    const steps = new Steps(subquery, origin.from, columns);
    for (const step of path.slice(0, -1)) steps.follow(step, aliasedFrom(step.targetFrom));
    const keys = steps.columns(local);
    steps.follow(property, target.from);
    const criteria = rule.criteria.map((each) =>
      moved(values.named(each, this.#loan), property.targetFrom, target.from),
    );
    const node = {
      kind: "entity",
      from: target.from,
      columns: target.columns,
      entity: target.mapper,
      name: null,
    } as const;
    const items = [{ node, plan: target }, ...keys.map((key) => ({ node: key, plan: null }))];
    const base = selectNode({
      columns: items.map((item) => item.node),
      from: [subquery],
      joins: steps.joins,
      where: criteria,
      orderBy: relationshipOrder(property, target.from),
    });
    const { statement, offsets } = layOut(base, items);
    const named = values.named(statement, this.#loan);
    this.#select = withCriteria(named, borrowedCriteria(target.tree, this.#loan));
    this.#rows = {
      property,
      target,
      local,
      positions: offsets.slice(1),
      areLast: target.joined.length === 0,
      isIdentity: false,
      isPart: criteria.length > 0,
      repeats: path.length > 1 || property.direction === "manyToMany" || repeatsRows(target),
    };
  }

  *run(states: Iterable<InstanceState>, run: LoadRun): Task<void> {
    const found = distribution(this.#rows, run, null);
    for (const state of states) {
      if (state.partial) yield* loadMissing(run.session, state, this.needs);
      found.add(state);
    }
    const { length } = found.keys;
    if (length > 0) {
      const rows = yield* run.session.executeLoad(this.#select, this.#loan.parameters({}, run), this.property);
      found.feed(rows, { start: 0, end: length });
    }
    found.finish();
    yield* loadPostponed(run);
  }
}

/** The query with nothing but the columns that a join needs; the order counts only where rows are cut off. */
function repeated(select: SelectNode, from: FromNode, columns: readonly ColumnProperty[]): SubqueryNode {
  const isCut = select.limit !== null || select.offset !== null;
  const isKey = columns.every(({ column }) => column.primaryKey);
  // What only the columns clause has spoken of stays in FROM.
  const joined = new Set(select.joins.map(({ right }) => right));
  const spoken = [...fromsIn(select.columns)].filter((each) => !joined.has(each) && !select.from.includes(each));
  const query: SelectNode = {
    ...select,
    columns: columns.map(({ column }) => columnIn(from, column)),
    from: [...select.from, ...spoken],
    orderBy: isCut ? select.orderBy : [],
    distinct: select.distinct || !isKey,
    lock: null,
    options: [],
  };
  return { kind: "subquery", query, name: null, lateral: false };
}

/** Joins from the repeated query to the target, one relationship after the other. */
class Steps {
  readonly joins: JoinClauseNode[] = [];
  readonly #subquery: SubqueryNode;
  readonly #origin: FromNode;
  readonly #outputs: ReadonlyMap<string, ColumnNode>;
  #here: FromNode;

  constructor(subquery: SubqueryNode, origin: FromNode, columns: readonly ColumnProperty[]) {
    this.#subquery = subquery;
    this.#origin = origin;
    this.#here = origin;
    const outputs = subqueryColumns(subquery, subquery.query);
    this.#outputs = new Map(
      columns.flatMap(({ column }, index) => {
        const output = outputs[index];
        return output === undefined ? [] : [[column.name, output] as const];
      }),
    );
  }

  /** Columns of the class to which the steps have led. */
  columns(properties: readonly ColumnProperty[]): readonly ColumnNode[] {
    return properties.map(({ column }) => this.#seen(columnIn(this.#here, column)));
  }

  follow(property: RelationshipProperty, target: FromNode): void {
    const { secondaryFrom } = property;
    const through: AliasNode | null = secondaryFrom === null ? null : { kind: "alias", of: secondaryFrom, name: null };
    // An alias of its own: the parent's table and the target's may be the same.
    const parent = aliasedFrom(property.parent.from);
    const join = relationshipJoin(property, { parent, target, ...(through === null ? {} : { secondary: through }) });
    const primary = transform(join.primary, (node) =>
      node.kind === "column" && node.from === parent ? this.#seen({ ...node, from: this.#here }) : null,
    );
    const left = this.#here === this.#origin ? this.#subquery : this.#here;
    if (through === null || join.secondary === null) {
      this.joins.push({ kind: "joinClause", left, right: target, on: primary, type: "inner" });
    } else {
      this.joins.push({ kind: "joinClause", left, right: through, on: primary, type: "inner" });
      this.joins.push({ kind: "joinClause", left: through, right: target, on: join.secondary, type: "inner" });
    }
    this.#here = target;
  }

  #seen(column: ColumnNode): ColumnNode {
    return column.from === this.#origin ? (this.#outputs.get(column.name) ?? column) : column;
  }
}

/** The origin of what lies beyond a relationship. */
export function beyond(origin: QueryOrigin, property: RelationshipProperty): QueryOrigin {
  return { ...origin, way: [...origin.way, property] };
}
