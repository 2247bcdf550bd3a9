import { InvalidRequestError, LazyLoadError } from "../../errors/errors.ts";
import type { Task } from "../../util/task.ts";
import { describeState } from "../instrumentation/describe-state.ts";
import type { InstanceState } from "../instrumentation/instance-state.ts";
import { relatedValue, setLoaded } from "../instrumentation/related.ts";
import type { RelationshipProperty } from "../mapping/relationship-property.ts";
import { BorrowedValues } from "./borrowed-values.ts";
import { buildTargetPlan, selectinLoad } from "./build-plan.ts";
import { LazyLoad } from "./lazy-load.ts";
import type { LoadSession } from "./load-context.ts";
import type { Strategy } from "./load-option.ts";
import { LoadOptions, LoadRun } from "./load-run.ts";
import { LoadTree, scopeOf } from "./load-tree.ts";
import { standingLoadOptions } from "./standing-load-options.ts";

export interface LoadRelationshipOptions {
  /** Load what options or the mapping refuse to load: for cascades, not for reading. */
  readonly force?: boolean;
  /** Look for what the row refers to, and not for what the object will once it is flushed. */
  readonly committed?: boolean;
  /** Load all there is, whatever part of it options ask for. */
  readonly whole?: boolean;
  /** Thrown in place of a statement: only what is known without one is loaded. */
  readonly refuse?: () => Error;
}

/**
 * Loads a relationship of one object, with the options of the query that loaded the object. Afterwards `state.related` has
 * it. Does not flush: whoever calls it does, where that is wanted.
 *
 * @throws LazyLoadError where options or the mapping refuse it.
 */
export function* loadRelationship(
  session: LoadSession,
  state: InstanceState,
  property: RelationshipProperty,
  { force = false, committed = false, whole = false, refuse: refuseStatement }: LoadRelationshipOptions = {},
): Task<void> {
  if (relatedValue(state, property) !== undefined) return;
  if (property.lazy === "writeOnly") throw neverLoaded(property);
  const options = whole ? null : (LoadOptions.of(state) ?? standingLoadOptions(session.standingOptions));
  const strategy = strategyOf(state, property);
  if (!force) {
    const refusal = refusalOf(state, property);
    if (refusal !== null) throw refusal;
    if (strategy === "noload") {
      setLoaded(state, property, property.isCollection ? [] : null);
      return;
    }
  }
  const { values, parameters } = options ?? nothing;
  const run = new LoadRun({ session, populateExisting: false, values, parameters });
  const refuse =
    !force && strategy === "raiseOnSql" ? () => refused(state, property, strategy) : (refuseStatement ?? null);
  yield* lazyLoads.for(property, options).load(state, run, refuse, committed);
}

const nothing = { values: [], parameters: {} };

/**
 * Whether a relationship of an object may be loaded with one statement for many. A one-to-one is loaded alone, so that it is
 * noticed when the database has several.
 */
export function canLoadTogether(state: InstanceState, property: RelationshipProperty): boolean {
  if (!isFoundByKeys(property)) return false;
  switch (strategyOf(state, property)) {
    case "select":
    case "selectin":
    case "joined":
    case "subquery":
    case "immediate":
      return true;
    default:
      return false;
  }
}

function isFoundByKeys({ isCollection, direction }: RelationshipProperty): boolean {
  return isCollection || direction === "manyToOne";
}

/** The options with which an object was loaded: objects that share them may be loaded together. */
export function sharedOptions(state: InstanceState): object | null {
  return LoadOptions.of(state);
}

/** Loads a relationship of many objects that share their options, also what is refused to those who read it. Does not flush. */
export function* loadTogether(
  session: LoadSession,
  states: readonly InstanceState[],
  property: RelationshipProperty,
): Task<void> {
  const waiting = states.filter((state) => relatedValue(state, property) === undefined);
  const [first] = waiting;
  if (first === undefined) return;
  if (waiting.length === 1 || !isFoundByKeys(property)) {
    for (const state of waiting) yield* loadRelationship(session, state, property, { force: true });
    return;
  }
  const options = LoadOptions.of(first) ?? standingLoadOptions(session.standingOptions);
  const { values, parameters } = options ?? nothing;
  const run = new LoadRun({ session, populateExisting: false, values, parameters });
  yield* loadsTogether.for(property, options).run(waiting, run);
}

/** How a relationship of an object is loaded when it is read: as the query that loaded the object said, or as mapped. */
export function strategyOf(state: InstanceState, property: RelationshipProperty): Strategy {
  return LoadOptions.of(state)?.tree.strategy(property).strategy ?? property.lazy;
}

/** Why a relationship may not be loaded by reading it; null where it may. */
export function refusalOf(state: InstanceState, property: RelationshipProperty): LazyLoadError | null {
  const strategy = strategyOf(state, property);
  return strategy === "raise" ? refused(state, property, strategy) : null;
}

function refused(state: InstanceState, property: RelationshipProperty, strategy: Strategy): LazyLoadError {
  const loader = property.isCollection ? "selectinload" : "joinedload";
  const why =
    strategy === property.lazy ? `it is mapped with lazy: "${strategy}"` : "raiseload() was an option of the query";
  return new LazyLoadError(
    `${property} is not loaded for ${describeState(state)}, and is not to be loaded by reading it: ${why}. Load it with the query: options(${loader}(${property})).`,
  );
}

function neverLoaded(property: RelationshipProperty): InvalidRequestError {
  return new InvalidRequestError(
    `${property} is write-only: its members are never loaded, not to be deleted with their parent either. ` +
      "Leave them to the database's ON DELETE with { passiveDeletes: true }.",
  );
}

// ── statements, kept ─────────────────────────────────────────────────────────
const asMapped = new LoadTree(scopeOf([], new BorrowedValues([])));

/** What is built for a relationship, once for all objects that were loaded with the same options. */
class KeptLoads<L> {
  readonly #build: (property: RelationshipProperty, tree: LoadTree) => L;
  readonly #byTree = new WeakMap<LoadTree, Map<RelationshipProperty, L>>();
  readonly #asMapped = new WeakMap<RelationshipProperty, L>();

  constructor(build: (property: RelationshipProperty, tree: LoadTree) => L) {
    this.#build = build;
  }

  for(property: RelationshipProperty, options: LoadOptions | null): L {
    const tree = options?.tree ?? asMapped;
    const loads = options === null ? this.#asMapped : this.#loadsOf(tree);
    let load = loads.get(property);
    if (load === undefined) {
      load = this.#build(property, tree);
      loads.set(property, load);
    }
    return load;
  }

  #loadsOf(tree: LoadTree): Map<RelationshipProperty, L> {
    let loads = this.#byTree.get(tree);
    if (loads === undefined) {
      loads = new Map();
      this.#byTree.set(tree, loads);
    }
    return loads;
  }
}

const lazyLoads = new KeptLoads((property, tree) => {
  const target = buildTargetPlan({ tree, path: [property.parent] }, property);
  return new LazyLoad({ property, target, rule: tree.rule(property) });
});
const loadsTogether = new KeptLoads((property, tree) => selectinLoad({ tree, path: [property.parent] }, property));
