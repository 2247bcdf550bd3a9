import { allOf } from "../../sql/coercions/boolean-lists.ts";
import {
  displayedFroms,
  fromClause,
  fromsIn,
  leavesOf,
  type QueryPlace,
  type Surroundings,
  tableOf,
} from "../../sql/compile/from-clause.ts";
import type { ExpressionNode } from "../../sql/nodes/expressions.ts";
import type { Node } from "../../sql/nodes/fields.ts";
import type { CteNode, FromNode, JoinNode } from "../../sql/nodes/froms.ts";
import type { DeleteNode, SelectNode, StatementNode, UpdateNode } from "../../sql/nodes/statements.ts";
import { leafItems } from "../../sql/traverse/output-columns.ts";
import { transform } from "../../sql/traverse/transform.ts";
import { entityOf } from "../mapping/aliased.ts";
import { mapperOfTable } from "../mapping/mapped-tables.ts";
import type { Mapper } from "../mapping/mapper.ts";
import type { Criterion } from "./loader-criteria.ts";

/** Elements of FROM that are there for loading: what only some criteria count for, and what none counts for. */
export interface LoadedFroms {
  /** Joined to load relationships along: criteria that do not propagate to loaders leave them alone. */
  readonly eager?: ReadonlySet<FromNode>;
  /** Stand for objects that have been loaded already. */
  readonly exempt?: ReadonlySet<FromNode>;
}

/**
 * Adds to a statement, and to all queries in it, what criteria ask of the classes whose rows they read: in ON, where a class
 * is joined, and in WHERE otherwise.
 */
export function withCriteria<N extends StatementNode>(
  statement: N,
  criteria: readonly Criterion[],
  froms: LoadedFroms = {},
): N {
  return criteria.length === 0 ? statement : (new CriteriaWriter(criteria, froms).statement(statement) as N);
}

interface Context extends QueryPlace {
  readonly around: Surroundings;
}

const nowhere: Context = { around: { froms: new Set(), outer: new Set() }, isTable: false, correlates: true };

/** The classes that a statement names for elements of its FROM. */
type Entities = ReadonlyMap<FromNode, Mapper>;

class CriteriaWriter {
  readonly #criteria: readonly Criterion[];
  readonly #froms: LoadedFroms;
  readonly #done = new Map<Node, Node>();

  constructor(criteria: readonly Criterion[], froms: LoadedFroms) {
    this.#criteria = criteria;
    this.#froms = froms;
  }

  statement(node: StatementNode): StatementNode {
    if (node.kind !== "update" && node.kind !== "delete") return this.#rewritten(node, nowhere);
    const own = [node.table, ...(node.kind === "delete" ? node.using : []), ...fromsIn(node.where)];
    const around = { froms: new Set(own.flatMap(leavesOf)), outer: nowhere.around.outer };
    const copy = this.#below(node, { ...nowhere, around }) as UpdateNode | DeleteNode;
    const conditions = [...new Set(own)].flatMap((from) => this.#conditionsOn(from, new Map()));
    return conditions.length === 0 ? copy : { ...copy, where: [...copy.where, ...conditions] };
  }

  /** A copy of a part of a statement in which all queries have their criteria. */
  #rewritten<N extends Node>(root: N, context: Context): N {
    return transform(root, (node) => this.#query(node, context), this.#done);
  }
  #below<N extends Node>(root: N, context: Context): N {
    return transform(root, (node) => (node === root ? null : this.#query(node, context)), this.#done);
  }

  #query(node: Node, context: Context): Node | null {
    switch (node.kind) {
      case "select":
        return this.#select(node, context);
      case "scalarSubquery":
        return { ...node, query: this.#rewritten(node.query, { ...context, isTable: false, correlates: true }) };
      case "subquery": {
        const place = { isTable: !node.lateral, correlates: node.lateral };
        const query = this.#rewritten(node.query, { ...context, ...place });
        return query === node.query ? node : { ...node, query };
      }
      case "cte":
        return this.#cte(node);
      default:
        return null;
    }
  }

  #cte(node: CteNode): CteNode {
    const anchor = node.anchor === null ? null : this.#rewritten(node.anchor, nowhere);
    const query = this.#rewritten(node.query, nowhere);
    return query === node.query && anchor === node.anchor ? node : { ...node, query, anchor };
  }

  #select(node: SelectNode, context: Context): SelectNode {
    const froms = fromClause(node);
    const displayed = displayedFroms(node, froms, context.around, context);
    const { around } = context;
    const inner = {
      froms: new Set(displayed.flatMap(leavesOf)),
      outer: new Set([...around.outer, ...around.froms]),
    };
    const copy = this.#below(node, { ...nowhere, around: inner });
    const hidden = new Set(froms.filter((from) => !displayed.includes(from)));
    const entities = entitiesOf(copy);
    const where: ExpressionNode[] = [];
    let isChanged = false;
    const placed = fromClause(copy).map((from) => {
      if (hidden.has(from)) return from;
      const { from: next, open } = this.#place(from, entities);
      where.push(...open);
      isChanged ||= next !== from;
      return next;
    });
    const joined = isChanged ? { ...copy, from: placed, joins: [] } : copy;
    return where.length === 0 ? joined : { ...joined, where: [...joined.where, ...where] };
  }

  /** Puts conditions on what is joined into its ON clause; those on what everything is joined to stay open. */
  #place(from: FromNode, entities: Entities): { readonly from: FromNode; readonly open: readonly ExpressionNode[] } {
    if (from.kind !== "join") return { from, open: this.#conditionsOn(from, entities) };
    const left = this.#place(from.left, entities);
    const right = this.#place(from.right, entities);
    const isUnchanged = left.from === from.left && right.from === from.right;
    if (from.on === null || right.open.length === 0) {
      const join: JoinNode = isUnchanged ? from : { ...from, left: left.from, right: right.from };
      return { from: join, open: [...left.open, ...right.open] };
    }
    const on = allOf([from.on, ...right.open]);
    return { from: { ...from, left: left.from, right: right.from, on }, open: left.open };
  }

  #conditionsOn(from: FromNode, entities: Entities): readonly ExpressionNode[] {
    if (this.#froms.exempt?.has(from) === true) return [];
    const table = tableOf(from);
    const mapper = table === null ? givenRows(from, entities) : (entities.get(from) ?? mapperOfTable(table));
    if (mapper === null) return [];
    // Aliases without a name are the library's own: of EXISTS and of relationships that are loaded along.
    const isAlias = from.kind !== "table" && !(from.kind === "alias" && from.name === null);
    const isEager = this.#froms.eager?.has(from) === true;
    return this.#criteria.flatMap((criterion) => {
      if ((isAlias && !criterion.includesAliases) || (isEager && !criterion.propagates)) return [];
      const condition = criterion.on(mapper, from);
      return condition === null ? [] : [condition];
    });
  }
}

function entitiesOf({ columns }: SelectNode): Entities {
  const found = new Map<FromNode, Mapper>();
  for (const item of columns.flatMap(leafItems)) {
    const root = item.kind === "entity" ? entityOf(item) : null;
    if (root !== null) found.set(root.from, root.mapper);
  }
  return found;
}

/** The class of rows that no SELECT of a mapped table gives, so that nothing has been asked of them yet. */
function givenRows(from: FromNode, entities: Entities): Mapper | null {
  const isGiven =
    from.kind === "tableFunction" ||
    ((from.kind === "subquery" || from.kind === "cte") &&
      (from.query.kind === "values" || from.query.kind === "textStatement"));
  return isGiven ? (entities.get(from) ?? null) : null;
}
