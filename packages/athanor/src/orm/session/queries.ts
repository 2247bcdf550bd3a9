import type { EngineCore } from "../../engine/engine-core.ts";
import { compiledFor, type Prepared, preparedNode } from "../../engine/prepare.ts";
import type { CompiledStatement } from "../../sql/compile/compiled.ts";
import type { OptionNode, QueryNode, SelectItemNode, TextStatementNode } from "../../sql/nodes/statements.ts";
import { readAsOf } from "../../sql/statement/from-statement.ts";
import { LruCache } from "../../util/lru-cache.ts";
import { className } from "../instrumentation/entity.ts";
import { withCriteria } from "../loading/apply-criteria.ts";
import { criteriaOf } from "../loading/loader-criteria.ts";
import { planQuery, planRows, type RowPlan } from "../loading/query-plan.ts";
import { planReading, typedColumns } from "../loading/read-as.ts";
import { entityOf } from "../mapping/aliased.ts";

/** How a query of a session is executed, and how its rows are read. */
export interface Query {
  /** Null: the rows are what the database gives. */
  readonly plan: RowPlan | null;
  readonly compiled: CompiledStatement;
  readonly keys: readonly string[];
  /** Where a row of the database has what the plan reads; null: in that order. */
  readonly positions: readonly number[] | null;
}

/** Under which an engine keeps how queries with entities are executed and read. */
const extension = { name: "queries" };

/** How a query with entities is executed and read; null for one without. Kept for all statements of the same structure. */
export function queryFor(engine: EngineCore, prepared: Prepared): Query | null {
  let queries = engine.extensions.get(extension) as LruCache<string, Query | false> | undefined;
  if (queries === undefined) {
    queries = new LruCache(engine.options.queryCacheSize ?? 500);
    engine.extensions.set(extension, queries);
  }
  const known = queries.get(prepared.key.text);
  if (known !== undefined) return known === false ? null : known;
  const query = makeQuery(engine, prepared);
  if (!prepared.key.volatile) queries.set(prepared.key.text, query ?? false);
  return query;
}

function makeQuery(engine: EngineCore, { node, key }: Prepared): Query | null {
  const items = "options" in node ? readAsOf(node.options) : null;
  if (items !== null && (node.kind === "select" || node.kind === "compound" || node.kind === "textStatement")) {
    return readingQuery(engine, { node, key }, items);
  }
  if (node.kind === "textStatement") {
    const plan = planRows(node.columns, node.options, key.binds);
    if (plan === null) return null;
    return {
      plan,
      compiled: compiledFor(engine, { node, key }, null),
      keys: keysOf(plan, node.columns),
      positions: null,
    };
  }
  if (node.kind !== "select" && node.kind !== "compound") return null;
  const plan = node.kind === "select" ? planQuery(node, key.binds) : null;
  const statement = plan?.statement ?? withCriteria(node, criteriaOf(node.options));
  if (statement === node && plan === null) return null;
  // The values of the statement are the same in what is executed in its place.
  const compiled = compiledFor(engine, { node: statement, key: { ...key, text: `${key.text}|entities` } }, null);
  return {
    plan,
    compiled,
    keys: plan === null || node.kind !== "select" ? [] : keysOf(plan, node.columns),
    positions: null,
  };
}

/** A statement of the user's own, whose rows are read as these items. */
function readingQuery(
  engine: EngineCore,
  { node, key }: Prepared & { readonly node: QueryNode },
  items: readonly SelectItemNode[],
): Query {
  const options = "options" in node ? node.options : [];
  const { plan, positions } = planReading(items, node, options, key.binds);
  const statement = withCriteria(node, criteriaOf(options));
  const compiled = compiledFor(engine, { node: statement, key: { ...key, text: `${key.text}|entities` } }, null);
  return { plan, compiled, keys: keysOf(plan, items), positions };
}

/** Text of which the database has said what it returns. */
export function describedText(
  node: TextStatementNode,
  items: readonly SelectItemNode[],
  names: readonly string[],
): Prepared {
  return preparedNode({ ...node, columns: typedColumns(items, names) });
}

/** Rows with their values in the order in which a plan reads them. */
export function arranged(rows: unknown[][], { positions }: Query): unknown[][] {
  return positions === null ? rows : rows.map((row) => positions.map((position) => row[position]));
}

/** A statement with the options that count for all statements of its session. */
export function withStandingOptions(standing: readonly OptionNode[], prepared: Prepared): Prepared {
  const { node } = prepared;
  if (standing.length === 0 || node.kind === "values") return prepared;
  return preparedNode({ ...node, options: [...standing, ...node.options] });
}

export function keysOf({ elements }: RowPlan, items: readonly SelectItemNode[]): readonly string[] {
  return elements.map(({ name }, index) => name ?? entityName(items[index]));
}

/** A selected class without an alias is called by its own name. */
function entityName(node: SelectItemNode | undefined): string {
  const root = node?.kind === "entity" ? entityOf(node) : null;
  return root === null ? "" : className(root.mapper.class);
}
