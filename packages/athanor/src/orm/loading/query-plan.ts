import { ArgumentError } from "../../errors/errors.ts";
import type { BindNode } from "../../sql/nodes/expressions.ts";
import type { OptionNode, SelectItemNode, SelectNode } from "../../sql/nodes/statements.ts";
import { leafItems, nameOf } from "../../sql/traverse/output-columns.ts";
import type { Task } from "../../util/task.ts";
import type { InstanceState } from "../instrumentation/instance-state.ts";
import { entityOf } from "../mapping/aliased.ts";
import type { ColumnProperty } from "../mapping/column-property.ts";
import type { Mapper } from "../mapping/mapper.ts";
import { withCriteria } from "./apply-criteria.ts";
import { BorrowedValues, type Loan } from "./borrowed-values.ts";
import { buildRootPlan } from "./build-plan.ts";
import { type EntityPlan, repeatsRows } from "./entity-plan.ts";
import { layOut, type PlannedItem } from "./lay-out.ts";
import type { LoadContext } from "./load-context.ts";
import { loadOptionsOf } from "./load-option.ts";
import { LoadRun } from "./load-run.ts";
import { type LoadRoot, type LoadTree, loadTrees } from "./load-tree.ts";
import { criteriaOf } from "./loader-criteria.ts";
import { loadPostponed, readRows } from "./read-rows.ts";

import { elementsOf, firstItem, type RowPart, rowParts } from "./row-parts.ts";

/** One element of a row as users see it. */
export interface RowElement {
  /** Its name in the row; null where it has none of its own (an entity without an alias). */
  readonly name: string | null;
  /** Where it begins in a row of the database. */
  readonly offset: number;
  readonly isEntity: boolean;
}

/** How a statement's rows become what users see, kept together with what the statement was compiled to. */
export class RowPlan {
  readonly elements: readonly RowElement[];
  /** What the elements are made of: items by their place, or bundles of them. */
  readonly #parts: readonly RowPart[];
  readonly #offsets: readonly number[];
  /** A joined collection repeats rows: the result has to be made unique before it is read. */
  readonly requiresUnique: boolean;
  /** Nothing is loaded along: no rows of other tables, no other statements. */
  readonly isPlain: boolean;
  readonly #items: readonly PlannedItem[];

  /** @param selected what the statement selects; the items are the same without the bundles around them */
  constructor(selected: readonly SelectItemNode[], items: readonly PlannedItem[], offsets: readonly number[]) {
    this.#items = items;
    this.#offsets = offsets;
    this.#parts = rowParts(selected);
    this.elements = this.#parts.map((part, index) => {
      const first = firstItem(part);
      return {
        name: elementName(selected[index] as SelectItemNode),
        offset: offsets[first] ?? 0,
        isEntity: part === first && items[first]?.plan !== null,
      };
    });
    this.isPlain = items.every(({ plan }) => plan === null || (plan.joined.length === 0 && plan.after.length === 0));
    this.requiresUnique = items.some(({ plan }) => plan !== null && repeatsRows(plan));
  }

  /** What a row holds for an attribute of the first entity; undefined where the statement does not select it. */
  valueIn(row: readonly unknown[], property: ColumnProperty): unknown {
    const plan = this.#items[0]?.plan ?? null;
    const position = plan === null ? -1 : plan.properties.indexOf(property);
    return plan === null || position < 0 ? undefined : row[plan.offset + position];
  }

  /** Reads the rows of one plain entity (`isPlain`), of which nothing has to be loaded later. */
  readPlain(rows: unknown[][], context: LoadContext): readonly (object | null)[] {
    const plan = this.#items[0]?.plan ?? null;
    return plan === null ? [] : readRows(plan, rows, new LoadRun(context)).map(objectOf);
  }

  /** Reads rows and loads everything that goes with them: a list for each element, with a value for each row. */
  *load(rows: unknown[][], context: LoadContext): Task<readonly unknown[][]> {
    const run = new LoadRun(context);
    // What stands between entities is read first: a row may become an object's snapshot.
    const values = this.#items.map(({ node, plan }, index) => {
      const offset = this.#offsets[index] ?? 0;
      if (plan !== null) return null;
      if (node.kind !== "entity") return rows.map((row) => row[offset]);
      return rows.map((row) => row.slice(offset, offset + node.columns.length));
    });
    const states = this.#items.map(({ plan }) => (plan === null ? null : readRows(plan, rows, run)));
    if (run.hasPostponed) yield* loadPostponed(run);
    const columns = states.map((each, index) => (each === null ? (values[index] ?? []) : each.map(objectOf)));
    return this.#parts.map((part) => elementsOf(part, columns, rows.length));
  }
}

function objectOf(state: InstanceState | null): object | null {
  return state === null ? null : state.object;
}

function elementName(node: SelectItemNode): string | null {
  if (node.kind === "entity" || node.kind === "bundle") return node.name;
  return node.kind === "column" ? node.key : nameOf(node);
}

/** A query with entities: what is executed in its place, and how its rows are read. */
export class LoadPlan extends RowPlan {
  /**
   * The statement to execute. Values of the user's statement are the same nodes here: it is compiled with the user's
   * list of values.
   */
  readonly statement: SelectNode;

  constructor(
    statement: SelectNode,
    selected: readonly SelectItemNode[],
    items: readonly PlannedItem[],
    offsets: readonly number[],
  ) {
    super(selected, items, offsets);
    this.statement = statement;
  }
}

/**
 * Plans a query: which joins and columns are added for what is loaded along, and how the rows become objects. Null when
 * nothing of the ORM is in it.
 *
 * @param binds the values of the statement in the order of its cache key
 * @throws ArgumentError for options that do not fit the query.
 */
export function planQuery(select: SelectNode, binds: readonly BindNode[]): LoadPlan | null {
  const items = planItems(select.columns, select.options, binds, select);
  if (items === null) return null;
  const { statement, offsets, eager } = layOut(select, items);
  const complete = withCriteria(statement, criteriaOf(select.options), { eager });
  return new LoadPlan(complete, select.columns, items, offsets);
}

/** Plans the loading of an object once more, with the options that it was loaded with before. */
export function planAgain(select: SelectNode, mapper: Mapper, tree: LoadTree, loan: Loan): LoadPlan {
  const { entity: node } = mapper;
  const root = {
    mapper,
    from: node.from,
    columns: node.columns,
    subclasses: mapper.inlineSubclasses,
    union: null,
    tree,
  };
  const items = [{ node, plan: buildRootPlan(root, select) }];
  const { statement, offsets } = layOut(select, items);
  return new LoadPlan(tree.values.named(statement, loan), select.columns, items, offsets);
}

/** Plans the reading of rows that another statement gives: RETURNING, or text whose columns are told. */
export function planRows(
  columns: readonly SelectItemNode[],
  options: readonly OptionNode[],
  binds: readonly BindNode[],
): RowPlan | null {
  const items = planItems(columns, options, binds, null);
  if (items === null) return null;
  let width = 0;
  const offsets = items.map(({ node, plan }) => {
    if (plan !== null) checkReadable(plan);
    const offset = width;
    if (plan !== null) plan.offset = offset;
    width += node.kind === "entity" ? node.columns.length : 1;
    return offset;
  });
  return new RowPlan(columns, items, offsets);
}

/**
 * What is selected, with how it is loaded; null when nothing of the ORM is in it.
 *
 * @param restrict says more of an entity that is selected
 */
export function planItems(
  selected: readonly SelectItemNode[],
  nodes: readonly OptionNode[],
  binds: readonly BindNode[],
  select: SelectNode | null,
  restrict: ((root: LoadRoot, tree: LoadTree) => void) | null = null,
): readonly PlannedItem[] | null {
  const columns = selected.flatMap(leafItems);
  const hasBundles = selected.some(({ kind }) => kind === "bundle");
  const entities = columns.map((node) => (node.kind === "entity" ? entityOf(node) : null));
  const roots = entities.filter((each) => each !== null);
  const hasOptions = loadOptionsOf(nodes).some(({ root }) => root !== null);
  if (roots.length === 0 && !hasOptions && !hasBundles) return null;
  const trees = loadTrees(roots, nodes, new BorrowedValues(binds));
  const canChoose = select !== null || restrict !== null;
  let next = 0;
  return columns.map((node, index) => {
    const root = entities[index];
    const tree = trees[next];
    if (root == null || tree === undefined || node.kind !== "entity") return { node, plan: null };
    next += 1;
    restrict?.(root, tree);
    return { node, plan: buildRootPlan({ ...root, columns: node.columns, tree }, select, canChoose) };
  });
}

/** RETURNING and text give the rows as they are: nothing can be joined to them, and no column left out. */
function checkReadable(plan: EntityPlan): void {
  if (plan.isWhole) assertNothingJoined(plan);
  else throw notReadable(plan);
}

/** A statement of the user's own joins nothing for loaders. */
export function assertNothingJoined(plan: EntityPlan): void {
  if (plan.joined.length > 0) throw notReadable(plan);
}

function notReadable({ mapper }: EntityPlan): ArgumentError {
  return new ArgumentError(
    `${mapper.className} is read from a statement that cannot be added to: containsEager() and loadOnly() are for select().`,
  );
}
