import { ArgumentError } from "../../errors/errors.ts";
import { describe, offersNode } from "../../sql/coercions/operands.ts";
import type { Expression } from "../../sql/expression/expression.ts";
import type { OptionNode } from "../../sql/nodes/statements.ts";
import type { EntityClass, LoaderOption } from "../../sql/statement/types.ts";
import { type FROM, type KIND, type LOADS, NODE, type OWNERS } from "../../util/symbols.ts";
import { entityOf } from "../mapping/aliased.ts";
import type { RelationshipAttribute } from "../mapping/attributes.ts";
import type { Cardinality } from "../mapping/relationship.ts";
import { optionNode, type PathElement, type Strategy } from "./load-option.ts";
import {
  columnsElement,
  type DeferOptions,
  entityFor,
  expressionElement,
  groupElement,
  raiseStrategy,
  stepElement,
  subclassesElement,
} from "./path-elements.ts";
import type { JoinedOptions, RaiseOptions, RangeOptions, SelectinOptions, StepOptions } from "./step-options.ts";

/** What objects have data of: a column, or what follows from columns. */
export type LoadedColumn<O extends string> = Expression<unknown, O, string> | CompositeLike<O>;
type ColumnsAndOptions<O extends string> =
  | readonly LoadedColumn<O>[]
  | readonly [...columns: LoadedColumn<O>[], options: DeferOptions];
/** A value object that is made of several columns. */
interface CompositeLike<O extends string> {
  readonly [KIND]: "composite";
  readonly [OWNERS]: O;
}

/** A relationship that starts at the tables `O`. */
type From<C extends EntityClass, O extends string, L extends string> = RelationshipAttribute<C, Cardinality, O, L>;
/** A step from `C` along a relationship that is loaded: the path grows, and is among the loaded ones. */
type Loads<D extends EntityClass, P extends string, L extends string, All extends string> = Loader<
  D,
  `${P}.${L}`,
  All | `${P}.${L}`
>;
/** Paths that start at a class, as they are after a path that has led to it. */
type Beyond<Q extends string, O extends string, P extends string> = Q extends `${O}.${infer Rest}`
  ? `${P}.${Rest}`
  : never;
/** A step that loads nothing by itself. */
type Passes<D extends EntityClass, P extends string, L extends string, All extends string> = Loader<
  D,
  `${P}.${L}`,
  All
>;

/**
 * How a relationship is loaded, and what is loaded beyond it. `C` is where the path stands, `P` the path so far, `All`
 * every path that is loaded on the way. A next step must start where this one ends.
 */
export class Loader<C extends EntityClass, P extends string, All extends string> implements LoaderOption<All> {
  declare readonly [LOADS]: All;
  readonly #elements: readonly PathElement[];
  #nodes: readonly OptionNode[] | null = null;

  /** Paths that go on from this one, given to `options()`. */
  readonly #branches: readonly (readonly PathElement[])[];

  constructor(elements: readonly PathElement[], branches: readonly (readonly PathElement[])[] = []) {
    this.#elements = elements;
    this.#branches = branches;
  }

  /** The option as parts of a statement; here it is found out whether its steps follow one another. @internal */
  get [NODE](): readonly OptionNode[] {
    this.#nodes ??= [this.#elements, ...this.#branches].map(optionNode);
    return this.#nodes;
  }

  /** Several options for what lies beyond: each starts at the class to which the path has led. */
  options<Q extends string>(...options: readonly LoaderOption<Q>[]): Loader<C, P, All | Beyond<Q, C[typeof FROM], P>> {
    const branches = options.flatMap((each) => {
      if (each instanceof Loader) return [each.#elements, ...each.#branches];
      throw new ArgumentError(
        `options() of a path takes options such as selectinload(User.orders), not ${describe(each)}.`,
      );
    });
    const added = branches.map((branch) => [...this.#elements, ...branch.filter(({ kind }) => kind !== "root")]);
    return new Loader(this.#elements, [...this.#branches, ...added]);
  }

  /** See {@link selectinload}. */
  selectinload<D extends EntityClass, L extends string>(
    next: From<D, C[typeof FROM], L>,
    options: SelectinOptions = {},
  ): Loads<D, P, L, All> {
    return this.#step("selectinload", "selectin", next, options);
  }
  /** See {@link joinedload}. */
  joinedload<D extends EntityClass, L extends string>(
    next: From<D, C[typeof FROM], L>,
    options: JoinedOptions = {},
  ): Loads<D, P, L, All> {
    return this.#step("joinedload", "joined", next, options);
  }
  /** See {@link subqueryload}. */
  subqueryload<D extends EntityClass, L extends string>(next: From<D, C[typeof FROM], L>): Loads<D, P, L, All> {
    return this.#step("subqueryload", "subquery", next);
  }
  /** See {@link containsEager}. */
  containsEager<D extends EntityClass, L extends string>(next: From<D, C[typeof FROM], L>): Loads<D, P, L, All> {
    return this.#step("containsEager", "contains", next);
  }
  /** See {@link immediateload}. */
  immediateload<D extends EntityClass, L extends string>(
    next: From<D, C[typeof FROM], L>,
    options: RangeOptions = {},
  ): Loads<D, P, L, All> {
    return this.#step("immediateload", "immediate", next, options);
  }
  /** See {@link lazyload}. */
  lazyload<D extends EntityClass, L extends string>(
    next: "*" | From<D, C[typeof FROM], L>,
    options: RangeOptions = {},
  ): Passes<D, P, L, All> {
    return this.#step("lazyload", "select", next, options);
  }
  /** See {@link raiseload}. */
  raiseload<D extends EntityClass, L extends string>(
    what: "*" | From<D, C[typeof FROM], L>,
    options: RaiseOptions = {},
  ): Passes<D, P, L, All> {
    return this.#step("raiseload", raiseStrategy(options), what);
  }
  /** See {@link noload}. */
  noload<D extends EntityClass, L extends string>(next: "*" | From<D, C[typeof FROM], L>): Passes<D, P, L, All> {
    return this.#step("noload", "noload", next);
  }
  /** See {@link defaultload}. */
  defaultload<D extends EntityClass, L extends string>(next: From<D, C[typeof FROM], L>): Passes<D, P, L, All> {
    return this.#step("defaultload", null, next);
  }
  /** See {@link loadOnly}. */
  loadOnly(...columns: ColumnsAndOptions<C[typeof FROM]>): Loader<C, P, All> {
    return this.#with(columnsElement("loadOnly", "only", columns));
  }
  /** See {@link defer}. */
  defer(...columns: ColumnsAndOptions<C[typeof FROM]> | readonly ["*", DeferOptions?]): Loader<C, P, All> {
    return this.#with(columnsElement("defer", "defer", columns));
  }
  /** See {@link undefer}. */
  undefer(...columns: readonly LoadedColumn<C[typeof FROM]>[] | readonly ["*"]): Loader<C, P, All> {
    return this.#with(columnsElement("undefer", "undefer", columns));
  }
  /** See {@link undeferGroup}. */
  undeferGroup(group: string): Loader<C, P, All> {
    return this.#with(groupElement(group));
  }
  /** See {@link withExpression}. */
  withExpression<T>(
    attribute: Expression<T, C[typeof FROM], string>,
    expression: Expression<T, string, string>,
  ): Loader<C, P, All> {
    return this.#with(expressionElement(attribute, expression));
  }

  /** See {@link selectinPolymorphic}. */
  selectinPolymorphic(subclasses: readonly EntityClass[]): Loader<C, P, All> {
    return this.#with(subclassesElement(subclasses));
  }

  #with(element: PathElement): Loader<C, P, All> {
    return new Loader([...this.#elements, element], this.#branches);
  }
  #step<D extends EntityClass, Q extends string, A extends string>(
    name: string,
    strategy: Strategy | null,
    next: unknown,
    options: StepOptions = {},
  ): Loader<D, Q, A> {
    return new Loader([...this.#elements, stepElement(name, strategy, next, options)], this.#branches);
  }
}

/**
 * Starts at a class or an alias of the query, for what is to be said of it: `load(User).raiseload("*")`,
 * `load(User).options(selectinload(User.orders), joinedload(User.profile))`.
 */
export function load<C extends EntityClass>(entity: C): Loader<C, C[typeof FROM], never> {
  const node = offersNode(entity) ? entity[NODE] : null;
  const root = node?.kind === "entity" ? entityOf(node) : null;
  if (root === null) throw new ArgumentError(`load() takes a model or an alias of one, not ${describe(entity)}.`);
  return new Loader([{ kind: "root", name: "load", ...root }]);
}

/**
 * Loads a relationship with one more statement, which looks for the keys of all loaded objects: the one to take for
 * collections. An order and a limit count for each collection on its own.
 *
 * @example select(User).options(selectinload(User.orders).selectinload(Order.items))
 * @example select(User).options(selectinload(User.orders, { orderBy: Order.createdAt.desc(), limit: 10 }))
 */
export function selectinload<C extends EntityClass, O extends string, L extends string>(
  relationship: From<C, O, L>,
  options: SelectinOptions = {},
): Loader<C, `${O}.${L}`, `${O}.${L}`> {
  return start("selectinload", "selectin", relationship, options);
}

/**
 * Loads a relationship with the statement itself, by an outer join to an alias that nothing else in the statement can
 * touch. A joined collection multiplies rows: the result has to be made `unique()`.
 */
export function joinedload<C extends EntityClass, O extends string, L extends string>(
  relationship: From<C, O, L>,
  options: JoinedOptions = {},
): Loader<C, `${O}.${L}`, `${O}.${L}`> {
  return start("joinedload", "joined", relationship, options);
}

/**
 * Loads a relationship with one more statement, which repeats the query as a subquery. Under a limit the query has to
 * order its rows completely.
 */
export function subqueryload<C extends EntityClass, O extends string, L extends string>(
  relationship: From<C, O, L>,
): Loader<C, `${O}.${L}`, `${O}.${L}`> {
  return start("subqueryload", "subquery", relationship);
}

/**
 * Fills a relationship from what the query itself has joined. A collection holds what the query let through, and keeps
 * it. For an alias: `containsEager(User.orders.ofType(alias))`.
 */
export function containsEager<C extends EntityClass, O extends string, L extends string>(
  relationship: From<C, O, L>,
): Loader<C, `${O}.${L}`, `${O}.${L}`> {
  return start("containsEager", "contains", relationship);
}

/** Loads a relationship of each object with a statement of its own, at once. Rarely the right one. */
export function immediateload<C extends EntityClass, O extends string, L extends string>(
  relationship: From<C, O, L>,
  options: RangeOptions = {},
): Loader<C, `${O}.${L}`, `${O}.${L}`> {
  return start("immediateload", "immediate", relationship, options);
}

/** Leaves a relationship to be loaded when it is read, or a part of it; `"*"`: all that are not named. */
export function lazyload<C extends EntityClass, O extends string, L extends string>(
  relationship: "*" | From<C, O, L>,
  options: RangeOptions = {},
): Loader<C, `${O}.${L}`, never> {
  return start("lazyload", "select", relationship, options);
}

/** Refuses to load a relationship when it is read; `"*"`: all that are not named. */
export function raiseload<C extends EntityClass, O extends string, L extends string>(
  what: "*" | From<C, O, L>,
  options: RaiseOptions = {},
): Loader<C, `${O}.${L}`, never> {
  return start("raiseload", raiseStrategy(options), what);
}

/** Leaves a relationship empty, whatever the database holds. */
export function noload<C extends EntityClass, O extends string, L extends string>(
  relationship: "*" | From<C, O, L>,
): Loader<C, `${O}.${L}`, never> {
  return start("noload", "noload", relationship);
}

/** Leaves a relationship as it is mapped; for what is to be said of things beyond it. */
export function defaultload<C extends EntityClass, O extends string, L extends string>(
  relationship: From<C, O, L>,
): Loader<C, `${O}.${L}`, never> {
  return start("defaultload", null, relationship);
}

/**
 * Loads these columns and the primary key; the others are loaded when they are read, where that can be done, and throw with
 * `{ raiseload: true }` as the last argument.
 */
export function loadOnly(...columns: ColumnsAndOptions<string>): LoaderOption<never> {
  return new Loader([columnsElement("loadOnly", "only", columns)]);
}

/**
 * Leaves these columns, or `"*"`, to be loaded when they are read; with `{ raiseload: true }` as the last argument, reading
 * them throws.
 */
export function defer(...columns: ColumnsAndOptions<string> | readonly ["*", DeferOptions?]): LoaderOption<never> {
  return new Loader([columnsElement("defer", "defer", columns)]);
}

/** Loads columns that are deferred by their mapping or by another option; `"*"`: all of them. */
export function undefer(...columns: readonly LoadedColumn<string>[] | readonly ["*"]): LoaderOption<never> {
  return new Loader([columnsElement("undefer", "undefer", columns)]);
}

/** Loads the columns that are mapped as `deferred({ group })`. */
export function undeferGroup(group: string): LoaderOption<never> {
  return new Loader([groupElement(group)]);
}

/**
 * What an attribute is in this query: an expression in the place of the one it is mapped with, or of null, where it is a
 * `queryExpression()`. Objects keep it until they are overwritten or expire.
 *
 * @example select(User).options(withExpression(User.distance, func.abs(User.x.sub(10))))
 */
export function withExpression<T, O extends string>(
  attribute: Expression<T, O, string>,
  expression: Expression<T, string, string>,
): LoaderOption<never> {
  return new Loader([expressionElement(attribute, expression)]);
}

/**
 * Loads the columns of these subclasses with one more statement for each of them, which looks for the keys of its objects. On
 * a path: `selectinload(Company.employees).selectinPolymorphic([Engineer])`.
 *
 * @example select(Employee).options(selectinPolymorphic(Employee, [Engineer, Manager]), selectinload(Engineer.machines))
 */
export function selectinPolymorphic(base: EntityClass, subclasses: readonly EntityClass[]): LoaderOption<never> {
  const { node, mapper } = entityFor(base, "selectinPolymorphic");
  return new Loader([{ kind: "root", name: "load", mapper, from: node.from }, subclassesElement(subclasses)]);
}

function start<C extends EntityClass, P extends string, All extends string>(
  name: string,
  strategy: Strategy | null,
  given: unknown,
  options: StepOptions = {},
): Loader<C, P, All> {
  return new Loader([stepElement(name, strategy, given, options)]);
}
