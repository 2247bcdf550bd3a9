import { ArgumentError } from "../../errors/errors.ts";
import { leavesOf, wholeOf } from "../../sql/compile/from-clause.ts";
import type { ExpressionNode } from "../../sql/nodes/expressions.ts";
import type { EntityNode, FromNode } from "../../sql/nodes/froms.ts";
import type { OptionNode } from "../../sql/nodes/statements.ts";
import type { ColumnProperty } from "../mapping/column-property.ts";
import type { ExpressionProperty, LoadedProperty } from "../mapping/expression-property.ts";
import type { Mapper } from "../mapping/mapper.ts";
import { moved } from "../mapping/moved.ts";
import type { RelationshipProperty } from "../mapping/relationship-property.ts";
import type { BorrowedValues } from "./borrowed-values.ts";
import {
  type ColumnsElement,
  type ExpressionElement,
  type LoadOption,
  loadOptionsOf,
  type OptionStep,
  type PathStep,
  plainStep,
  type StepDetails,
  type Strategy,
  speaksOf,
} from "./load-option.ts";
import { type Criterion, criteriaOf, leavesCriteriaOut } from "./loader-criteria.ts";

/** What the options of a statement say of one relationship at one place. */
export interface LoadRule {
  /** Null: as it is mapped. */
  readonly strategy: Strategy | null;
  readonly criteria: readonly ExpressionNode[];
  /** An alias in place of the target. */
  readonly target: EntityNode | null;
  readonly details: StepDetails;
}

const asMapped: LoadRule = { strategy: null, criteria: [], target: null, details: plainStep };

/** What counts for everything that a statement loads, and for what its objects load later. */
export interface LoadScope {
  /** Where the values of criteria come from. */
  readonly values: BorrowedValues;
  /** See `withLoaderCriteria()`. */
  readonly criteria: readonly Criterion[];
  /** How relationships are loaded that no option names. */
  readonly everywhere: Strategy | null;
  /** Something is said, be it that criteria of the session are left out. */
  readonly isSaid: boolean;
}

/** What options say that start nowhere in particular. */
export function scopeOf(nodes: readonly OptionNode[], values: BorrowedValues): LoadScope {
  const wildcards = loadOptionsOf(nodes).flatMap(({ root, steps: [step] }) =>
    root === null && step?.kind === "wildcard" ? [step] : [],
  );
  const everywhere = wildcards.at(-1)?.strategy ?? null;
  const criteria = criteriaOf(nodes).filter(({ propagates }) => propagates);
  const isSaid = everywhere !== null || criteria.length > 0 || nodes.some(leavesCriteriaOut);
  return { values, criteria, everywhere, isSaid };
}

/** What all options of a statement say of a class at one place of the object graph, and of the places beyond it. */
export class LoadTree {
  readonly #scope: LoadScope;
  readonly #rules = new Map<RelationshipProperty, LoadRule>();
  readonly #next = new Map<RelationshipProperty, LoadTree>();
  readonly #columns: ColumnsElement[] = [];
  /** What attributes are in this query: `withExpression()`. */
  readonly #expressions = new Map<string, ExpressionElement>();
  /** Subclasses whose columns are loaded with a statement of their own: `selectinPolymorphic()`. */
  readonly #subclasses = new Set<Mapper>();
  /** For relationships that are not named here. */
  #wildcard: Strategy | null = null;

  constructor(scope: LoadScope) {
    this.#scope = scope;
  }

  get values(): BorrowedValues {
    return this.#scope.values;
  }
  get criteria(): readonly Criterion[] {
    return this.#scope.criteria;
  }

  /** Nothing is said: everything is loaded as it is mapped. */
  get isEmpty(): boolean {
    return (
      this.#rules.size === 0 &&
      this.#next.size === 0 &&
      this.#columns.length === 0 &&
      this.#expressions.size === 0 &&
      this.#subclasses.size === 0 &&
      this.#wildcard === null &&
      !this.#scope.isSaid
    );
  }

  /** Whether the columns of a subclass are loaded with a statement of their own. */
  loadsSubclass(mapper: Mapper): boolean {
    return this.#subclasses.has(mapper) || mapper.polymorphicLoad === "selectin";
  }

  rule(property: RelationshipProperty): LoadRule {
    return this.#rules.get(property) ?? asMapped;
  }

  /** What is said of a relationship is said of another one, too, of which nothing is said. */
  repeat(property: RelationshipProperty, other: RelationshipProperty): void {
    const rule = this.#rules.get(property);
    if (rule === undefined || this.#rules.has(other)) return;
    this.#rules.set(other, rule);
    this.#next.set(other, this.beyond(property));
  }

  /** How a relationship is loaded, and whether an option says so or the mapping. */
  strategy(property: RelationshipProperty): { readonly strategy: Strategy; readonly explicit: boolean } {
    if (property.isQueried) return { strategy: property.lazy, explicit: false };
    const named = this.rule(property).strategy;
    if (named !== null) return { strategy: named, explicit: true };
    return { strategy: this.#wildcard ?? this.#scope.everywhere ?? property.lazy, explicit: false };
  }

  /** What is said beyond a relationship. */
  beyond(property: RelationshipProperty): LoadTree {
    let next = this.#next.get(property);
    if (next === undefined) {
      next = new LoadTree(this.#scope);
      // What is not named is not kept: a tree without rules stays empty.
      if (this.#rules.has(property)) this.#next.set(property, next);
    }
    return next;
  }

  /** The columns to load, in the order of the mapper: always those by which an object, its class and its version are known. */
  columns(mapper: Mapper): readonly ColumnProperty[] {
    const chosen = this.#chosen(mapper.columns);
    if (chosen === null) return mapper.columns;
    for (const property of mapper.primaryKey) chosen.add(property);
    if (mapper.polymorphicOn !== null) chosen.add(mapper.polymorphicOn);
    if (mapper.version !== null) chosen.add(mapper.version.property);
    return chosen.size === mapper.columns.length ? mapper.columns : mapper.columns.filter((each) => chosen.has(each));
  }

  /** The attributes to load whose values the database computes, and what they are. */
  expressions(mapper: Mapper, from: FromNode): readonly ComputedValue[] {
    const chosen = this.#chosen(mapper.expressions.filter(({ isQueried }) => !isQueried));
    return mapper.expressions.flatMap((property) => {
      const given = this.#expressions.get(property.key);
      const isLoaded = property.isQueried || chosen === null || chosen.has(property);
      const node =
        given === undefined
          ? isLoaded
            ? property.nodeIn(from)
            : null
          : moved(given.expression, given.attribute.from, from);
      return node === null ? [] : [{ property, node }];
    });
  }

  /** Whether an attribute that was left out is not to be loaded by reading it. */
  raises(property: LoadedProperty): boolean {
    const last = this.#columns.findLast((element) => element.rule === "only" || speaksOf(element, property));
    if (last === undefined) return property.deferred?.raiseload ?? false;
    return last.raises && (last.rule === "defer" || !speaksOf(last, property));
  }

  /** What is loaded of attributes; null: all of them. */
  #chosen<P extends LoadedProperty>(properties: readonly P[]): Set<P> | null {
    if (this.#columns.length === 0) {
      return properties.some(isDeferred) ? new Set(properties.filter((each) => !isDeferred(each))) : null;
    }
    const startsEmpty = this.#columns.some(({ rule }) => rule === "only");
    const chosen = new Set(startsEmpty ? [] : properties.filter((each) => !isDeferred(each)));
    for (const element of this.#columns) {
      for (const property of properties) {
        if (!speaksOf(element, property)) continue;
        if (element.rule === "defer") chosen.delete(property);
        else chosen.add(property);
      }
    }
    return chosen;
  }

  /** Adds an option's steps; the last option that speaks of a relationship wins. */
  add(steps: readonly OptionStep[]): void {
    let here: LoadTree = this;
    for (const step of steps) {
      if (step.kind === "step") here = here.#follow(step);
      else if (step.kind === "columns") here.#columns.push(step);
      else if (step.kind === "subclasses") for (const each of step.mappers) here.#subclasses.add(each);
      else if (step.kind === "expression") here.#expressions.set(step.attribute.name, step);
      else here.#wildcard = step.strategy;
    }
  }

  #follow(step: PathStep): LoadTree {
    const { property, strategy, criteria, target, details } = step;
    const before = this.rule(property);
    const rule: LoadRule =
      strategy === null
        ? { ...before, criteria: [...before.criteria, ...criteria], target: target ?? before.target }
        : { strategy, criteria, target, details };
    this.#rules.set(property, rule);
    const next = this.beyond(property);
    return next;
  }
}

/** An attribute whose value the database computes, and the expression that a statement selects for it. */
export interface ComputedValue {
  /** Null for what tells the class of a row, and is no attribute. */
  readonly property: ExpressionProperty | null;
  readonly node: ExpressionNode;
}

function isDeferred({ deferred }: LoadedProperty): boolean {
  return deferred !== null;
}

/** A class that a statement selects, and what it is selected from. */
export interface LoadRoot {
  readonly mapper: Mapper;
  readonly from: FromNode;
  /** Classes below it whose columns are selected along. */
  readonly subclasses: readonly Mapper[];
}

/** The options of a statement for each of the entities that it selects. Throws ArgumentError for options that fit none. */
export function loadTrees(
  roots: readonly LoadRoot[],
  nodes: readonly OptionNode[],
  values: BorrowedValues,
): readonly LoadTree[] {
  const scope = scopeOf(nodes, values);
  const trees = roots.map(() => new LoadTree(scope));
  for (const option of loadOptionsOf(nodes)) {
    if (option.root === null && option.steps[0]?.kind === "wildcard") continue;
    const fitting = trees.filter((_, index) => fits(option, roots[index] as LoadRoot));
    if (fitting.length === 0) throw doesNotFit(option, roots);
    for (const tree of fitting) tree.add(option.steps);
  }
  return trees;
}

function fits({ root, rootMapper }: LoadOption, { mapper, from }: LoadRoot): boolean {
  if (root === null) return true;
  if (rootMapper !== null && !mapper.isA(rootMapper) && !rootMapper.isA(mapper)) return false;
  return root === from || standsIn(root, from) || standsIn(from, root);
}

/** Whether all that one element of FROM is joined of stands in another one: classes of a hierarchy share tables. */
function standsIn(part: FromNode, from: FromNode): boolean {
  const leaves = new Set(leavesOf(from).map(wholeOf));
  return leavesOf(part).every((leaf) => leaves.has(wholeOf(leaf)));
}

function doesNotFit(option: LoadOption, roots: readonly LoadRoot[]): ArgumentError {
  const selected = roots.map(({ mapper, from }) =>
    from.kind === "alias" ? `an alias of ${mapper.className}` : mapper.className,
  );
  const start = option.rootMapper?.className ?? "a class";
  return new ArgumentError(
    `The option ${option} starts at ${start}, which the query does not select` +
      `${selected.length === 0 ? ": it selects no class" : `; it selects ${selected.join(", ")}`}. ` +
      "A path starts at an entity of the query and names every relationship on the way.",
    { code: "loader-path" },
  );
}
