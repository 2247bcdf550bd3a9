import type { InstanceState } from "../instrumentation/instance-state.ts";
import { relatedValue } from "../instrumentation/related.ts";
import type { RelationshipProperty } from "../mapping/relationship-property.ts";
import type { EntityPlan } from "./entity-plan.ts";
import type { LoadContext, LoadSession, ParameterValues } from "./load-context.ts";
import { LoadNews } from "./load-news.ts";
import type { LoadTree } from "./load-tree.ts";

/**
 * What an object keeps of the options of the query that loaded it, for what is loaded later. It stands in
 * `state.loadOptions`.
 */
export class LoadOptions {
  readonly tree: LoadTree;
  /** The values and parameters of that query: criteria of options have theirs among them. */
  readonly values: readonly unknown[];
  readonly parameters: ParameterValues;

  constructor(tree: LoadTree, { values, parameters }: Pick<LoadContext, "values" | "parameters">) {
    this.tree = tree;
    this.values = values;
    this.parameters = parameters;
  }

  /** The options with which an object was loaded, or null. */
  static of(state: InstanceState): LoadOptions | null {
    return state.loadOptions instanceof LoadOptions ? state.loadOptions : null;
  }
}

/** The reading of one statement's rows, together with everything that is loaded along. */
export class LoadRun implements LoadContext {
  readonly session: LoadSession;
  readonly populateExisting: boolean;
  readonly values: readonly unknown[];
  readonly parameters: ParameterValues;
  /** What is told when rows have been read; null where nobody listens. */
  readonly news: LoadNews | null;
  // Made when they are needed: most statements load one object, and nothing along with it.
  #refreshed: Set<InstanceState> | null = null;
  #options: Map<LoadTree, LoadOptions> | null = null;
  #later: Map<EntityPlan, InstanceState[]> | null = null;

  constructor(context: LoadContext) {
    this.session = context.session;
    this.populateExisting = context.populateExisting;
    this.values = context.values;
    this.parameters = context.parameters;
    this.news = LoadNews.for(context.session);
  }

  /** What objects that are loaded by a plan keep of the options. */
  optionsFor({ tree }: EntityPlan): LoadOptions | null {
    if (tree.isEmpty) return null;
    this.#options ??= new Map();
    let options = this.#options.get(tree);
    if (options === undefined) {
      options = new LoadOptions(tree, this);
      this.#options.set(tree, options);
    }
    return options;
  }

  /** Whether an object is still to be overwritten: each is, once. */
  refreshes(state: InstanceState): boolean {
    this.#refreshed ??= new Set();
    if (this.#refreshed.has(state)) return false;
    this.#refreshed.add(state);
    return true;
  }

  /** Whether a relationship is to be filled: what is loaded already stays, unless all is to be overwritten. */
  fills(state: InstanceState, property: RelationshipProperty): boolean {
    return this.populateExisting || relatedValue(state, property) === undefined;
  }

  /** Puts objects down for what a plan loads after the rows have been read. */
  postpone(plan: EntityPlan, states: readonly (InstanceState | null)[]): void {
    if (plan.after.length === 0) return;
    this.#later ??= new Map();
    let waiting = this.#later.get(plan);
    if (waiting === undefined) {
      waiting = [];
      this.#later.set(plan, waiting);
    }
    let last: InstanceState | null = null;
    for (const state of states) {
      // Rows that a join has multiplied follow one another; others may come again, which does no harm.
      if (state !== null && state !== last) waiting.push(state);
      last = state;
    }
  }

  get hasPostponed(): boolean {
    return this.#later !== null;
  }
  /** The objects put down so far; they are taken off the list. */
  takePostponed(): ReadonlyMap<EntityPlan, readonly InstanceState[]> {
    const taken = this.#later ?? nothingPostponed;
    this.#later = null;
    return taken;
  }
}

const nothingPostponed: ReadonlyMap<EntityPlan, readonly InstanceState[]> = new Map();
