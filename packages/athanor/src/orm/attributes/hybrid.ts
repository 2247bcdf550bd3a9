import { ArgumentError, InvalidRequestError } from "../../errors/errors.ts";
import type { ExpressionNode } from "../../sql/nodes/expressions.ts";
import { childrenOf } from "../../sql/traverse/transform.ts";
import type { CRITERION, INPUT } from "../../util/symbols.ts";
import { requireState } from "../instrumentation/entity.ts";
import { loadSources } from "../instrumentation/missing-value.ts";
import { type AttributeSite, DerivedAttribute } from "../mapping/derived-attribute.ts";
import type { LoadedProperty } from "../mapping/expression-property.ts";
import type { Mapper } from "../mapping/mapper.ts";
import { moved } from "../mapping/moved.ts";
import { CannotEvaluate, type Evaluator, UNKNOWN } from "../query/evaluation.ts";
import { evaluator } from "../query/evaluator.ts";
import {
  AttributeExpression,
  type ExpressionKind,
  type ExpressionThunk,
  expressionOf,
} from "./attribute-expression.ts";

/** The sides of a hybrid, where its expression alone does not say them. */
export interface HybridOptions<T> {
  /** What it is in SQL, of classes and aliases. */
  readonly expression: ExpressionThunk<T>;
  /** What it is of an object. By default the expression is worked out with the values of the object. */
  readonly get?: (self: never) => T;
}
export interface SettableHybridOptions<T> extends HybridOptions<T> {
  /** What assigning it does to an object. */
  readonly set: (self: never, value: T) => void;
  /** What INSERT and UPDATE write for a value: values, or SQL, by the names of other attributes. */
  readonly update?: (value: T) => Readonly<Record<string, unknown>>;
}

/** An attribute that is one thing in SQL and on objects: computed there by the database, here from the object's values. */
export class Hybrid<out T, out I = never> extends DerivedAttribute<T, ExpressionKind<T>, "never", I> {
  declare readonly [CRITERION]: T;
  declare readonly [INPUT]: I;
  readonly #options: Partial<SettableHybridOptions<unknown>> & HybridOptions<unknown>;
  readonly #nodes = new WeakMap<Mapper, ExpressionNode>();

  constructor(options: Partial<SettableHybridOptions<T>> & HybridOptions<T>) {
    super();
    this.#options = options as Partial<SettableHybridOptions<unknown>> & HybridOptions<unknown>;
  }

  /** The expression in terms of the class's own table. */
  #node(key: string, mapper: Mapper): ExpressionNode {
    let node = this.#nodes.get(mapper);
    if (node === undefined) {
      node = expressionOf(this.#options.expression, mapper, () => `${mapper.className}.${key}`);
      this.#nodes.set(mapper, node);
    }
    return node;
  }

  override sources(key: string, mapper: Mapper): readonly LoadedProperty[] {
    const spoken = new Set(columnsOf(this.#node(key, mapper)));
    return mapper.columns.filter(({ column }) => spoken.has(column));
  }

  override values(value: unknown, site: AttributeSite): Readonly<Record<string, unknown>> {
    const { update } = this.#options;
    if (update === undefined) return super.values(value, site);
    return update(value);
  }

  attribute(site: AttributeSite): AttributeExpression {
    const mapper = site.mapper();
    return new AttributeExpression(moved(this.#node(site.key, mapper), mapper.from, site.from()), site, this);
  }

  accessor(key: string, mapper: Mapper): PropertyDescriptor {
    const { get, set } = this.#options;
    const name = `${mapper.className}.${key}`;
    const node = () => this.#node(key, mapper);
    const sources = () => this.sources(key, mapper);
    let worked: Evaluator | null = null;
    return {
      configurable: true,
      enumerable: false,
      get(this: object): unknown {
        if (get !== undefined) return get(this as never);
        worked ??= objectEvaluator(node(), mapper, name);
        const state = requireState(this);
        if (state.partial) loadSources(state, sources(), key);
        return worked(this);
      },
      set(this: object, value: unknown): void {
        if (set === undefined) {
          throw new InvalidRequestError(
            `${name} is computed and cannot be assigned. Give hybrid({ expression, set(self, value) { … } }) to say what assigning it does.`,
          );
        }
        set(this as never, value);
      },
    };
  }
}

/**
 * Works out an expression with the values of an object. What is not loaded is loaded, where the session can.
 *
 * @throws InvalidRequestError where only the database can tell what the expression gives.
 */
export function objectEvaluator(node: ExpressionNode, mapper: Mapper, name: string): Evaluator {
  const read = (object: object, key: string): unknown => Reflect.get(object, key);
  const refused = (why: string, cause?: unknown) =>
    new InvalidRequestError(
      `${name} cannot be worked out for an object: only the database can tell what its expression gives (${why}). ` +
        "Say it for objects, too: { expression, get(self) { … } }, of a method { expression, call(self, …) { … } }.",
      { cause },
    );
  try {
    const scope = { mapper, from: mapper.from, parameters: {}, textByCollation: false, lenient: true, read };
    const evaluate = evaluator(node, scope);
    return (object) => {
      const value = evaluate(object);
      if (value === UNKNOWN) throw refused("a value of another type than its column's");
      return value;
    };
  } catch (error) {
    throw error instanceof CannotEvaluate ? refused(error.message, error) : error;
  }
}

function columnsOf(node: ExpressionNode): readonly object[] {
  const found: object[] = [];
  const walk = (each: Parameters<typeof childrenOf>[0]): void => {
    if (each.kind === "column") {
      if (each.column !== null) found.push(each.column);
    } else for (const child of childrenOf(each)) walk(child);
  };
  walk(node);
  return found;
}

/**
 * An attribute that follows from columns, as SQL on classes and aliases, and as a value on objects. The expression is the
 * definition of both sides: of an object it is worked out with the object's own values, with SQL's logic (a comparison
 * with null is null). Comparisons, `and()`, `or()`, `not()`, `in()`, `between()`, `like()`, arithmetic, concatenation, CASE, CAST,
 * `coalesce()`, `nullif()` and the common functions of texts and numbers can be; for anything else, give `get`. It stands
 * in a getter of the shape.
 *
 * With `set`, it can be assigned and given to the constructor, and with `update`, `values()` of INSERT and UPDATE take it.
 *
 * @example
 * get isLarge() { return hybrid(() => Invoice.amount.gt(100)); }
 * get fullName() {
 *   return hybrid({
 *     expression: () => User.firstName.concat(" ").concat(User.lastName),
 *     set(self: User, name) { [self.firstName = "", self.lastName = ""] = name.split(" "); },
 *   });
 * }
 */
export function hybrid<T>(options: SettableHybridOptions<T>): Hybrid<T, T>;
export function hybrid<T>(options: HybridOptions<T>): Hybrid<T>;
export function hybrid<T>(expression: ExpressionThunk<T>): Hybrid<T>;
export function hybrid<T>(given: ExpressionThunk<T> | HybridOptions<T>): Hybrid<T, unknown> {
  if (typeof given === "function") return new Hybrid<T>({ expression: given });
  if (typeof given?.expression === "function") return new Hybrid<T, unknown>(given);
  throw new ArgumentError("hybrid() takes a function that gives an expression, or { expression, get, set, update }.");
}
