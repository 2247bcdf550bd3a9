import { ArgumentError } from "../../errors/errors.ts";
import { type AnyColumn, Column } from "../../schema/column.ts";
import { describe, offersNode } from "../../sql/coercions/operands.ts";
import { columnIn } from "../../sql/compile/from-clause.ts";
import type { AnyExpression } from "../../sql/expression/expression.ts";
import { type CRITERION, type INPUT, NODE, type VALUE } from "../../util/symbols.ts";
import { requireState } from "../instrumentation/entity.ts";
import { loadSources } from "../instrumentation/missing-value.ts";
import { isChanged, snapshotOf } from "../mapping/column-access.ts";
import type { ColumnProperty } from "../mapping/column-property.ts";
import { type AttributeKind, type AttributeSite, DerivedAttribute } from "../mapping/derived-attribute.ts";
import type { Mapper } from "../mapping/mapper.ts";
import { CompositeAttribute } from "./composite-attribute.ts";

export interface CompositeOptions<V> {
  /** Makes the value object. By default the class is constructed with the values in the order of the columns. */
  readonly create?: (...values: never[]) => V;
  /**
   * When the attribute is null in place of a value object: by default when every column is null. Null: never, so that
   * there is always a value object.
   */
  readonly returnNoneOn?: ((...values: readonly unknown[]) => boolean) | null;
}

/** A composite attribute on classes and aliases. */
export interface CompositeKind<V, P extends object> extends AttributeKind {
  readonly type: CompositeAttribute<V, P, this["from"], this["name"]>;
}

/** A column of a composite: the property of the value object, and the attribute that holds it. */
interface Part {
  readonly name: string;
  readonly property: ColumnProperty;
}

/** A value object that was made for an object, and the columns' values that it was made of. */
interface Held {
  readonly value: object | null;
  seen: readonly unknown[];
}

type Constructor = new (...values: readonly unknown[]) => object;
type Columns = Readonly<Record<string, AnyColumn>>;
type Given = Columns | (() => Readonly<Record<string, AnyExpression>>);

/** An attribute that is a value object, and several columns of the table. */
export class Composite<out V, out P extends object, out G extends "always" | "never"> extends DerivedAttribute<
  V,
  CompositeKind<V, P>,
  G
> {
  declare readonly [CRITERION]: V;
  declare readonly [INPUT]: V;
  readonly #type: Constructor;
  readonly #given: Given;
  readonly #options: CompositeOptions<unknown>;
  readonly #parts = new WeakMap<Mapper, readonly Part[]>();
  readonly #held = new WeakMap<object, Map<string, Held>>();

  constructor(type: unknown, given: Given, options: CompositeOptions<unknown>) {
    super();
    this.#type = type as Constructor;
    this.#given = given;
    this.#options = options;
  }

  override columns(key: string): readonly (readonly [string, AnyColumn])[] {
    const given = this.#given;
    if (typeof given === "function") return [];
    return Object.entries(given).map(([name, column]) => [columnKey(key, name), column]);
  }

  #partsOf(key: string, mapper: Mapper): readonly Part[] {
    let parts = this.#parts.get(mapper);
    if (parts === undefined) {
      const given = this.#given;
      const names: readonly (readonly [string, string | null])[] =
        typeof given === "function"
          ? Object.entries(given()).map(([name, attribute]) => [name, keyOf(attribute)])
          : Object.keys(given).map((name) => [name, columnKey(key, name)]);
      parts = names.map(([name, attribute]) => {
        const property = attribute === null ? undefined : mapper.columnsByKey.get(attribute);
        if (property !== undefined) return { name, property };
        throw new ArgumentError(
          `${mapper.className}.${key} is a composite whose ${name} is no column of ${mapper.className}: give columns such as ${mapper.className}.x, or declarations such as integer().`,
        );
      });
      this.#parts.set(mapper, parts);
    }
    return parts;
  }

  override sources(key: string, mapper: Mapper): readonly ColumnProperty[] {
    return this.#partsOf(key, mapper).map(({ property }) => property);
  }

  override values(value: unknown, { key, mapper }: AttributeSite): Readonly<Record<string, unknown>> {
    const parts = this.#partsOf(key, mapper());
    const values = this.#valuesOf(value, key, mapper());
    return Object.fromEntries(parts.map(({ property }, index) => [property.key, values[index]]));
  }

  attribute(site: AttributeSite): CompositeAttribute<unknown, object, string, string> {
    const mapper = site.mapper();
    const columns = this.#partsOf(site.key, mapper).map(
      ({ name, property }) => [name, columnIn(site.from(), property.column)] as const,
    );
    return new CompositeAttribute({
      name: `${mapper.className}.${site.key}`,
      key: site.key,
      columns: new Map(columns),
      reader: this.#reader,
      partsOf: (value) => this.#valuesOf(value, site.key, mapper),
      derived: { site, declared: this },
    });
  }

  readonly #reader = { read: (values: readonly unknown[]) => this.#create(values) };

  #create(values: readonly unknown[]): object | null {
    const { create, returnNoneOn } = this.#options;
    const isNone =
      returnNoneOn === undefined
        ? values.every((value) => value === null || value === undefined)
        : returnNoneOn?.(...values) === true;
    if (isNone) return null;
    const given = values.map((value) => value ?? null);
    return create === undefined ? new this.#type(...given) : (create(...(given as never[])) as object);
  }

  /** The values of the columns for a value object. */
  #valuesOf(value: unknown, key: string, mapper: Mapper): readonly unknown[] {
    const parts = this.#partsOf(key, mapper);
    if (value === null) return parts.map(() => null);
    if (!(value instanceof this.#type)) {
      throw new ArgumentError(
        `${mapper.className}.${key} takes an object of ${this.#type.name}, or null, not ${describe(value)}.`,
      );
    }
    return parts.map(({ name }) => (Reflect.get(value, name) as unknown) ?? null);
  }

  // ── objects ────────────────────────────────────────────────────────────────
  #heldOf(object: object, key: string): Held | undefined {
    return this.#held.get(object)?.get(key);
  }
  #hold(object: object, key: string, held: Held): void {
    let all = this.#held.get(object);
    if (all === undefined) {
      all = new Map();
      this.#held.set(object, all);
    }
    all.set(key, held);
  }

  accessor(key: string, mapper: Mapper): PropertyDescriptor {
    const parts = this.#partsOf(key, mapper);
    const columns = this.sources(key, mapper);
    const read = (object: object) => {
      const state = requireState(object);
      if (state.partial) loadSources(state, columns, key);
      const values = parts.map(({ property }) => Reflect.get(object, property.key) as unknown);
      if (values.every((value) => value === undefined)) return undefined;
      const known = this.#heldOf(object, key);
      if (known !== undefined && !differs(parts, known.seen, values)) return known.value;
      const value = this.#create(values);
      this.#hold(object, key, { value, seen: seen(parts, values) });
      return value;
    };
    const assign = (object: object, value: unknown) => {
      const values = this.#valuesOf(value, key, mapper);
      for (const [index, { property }] of parts.entries()) Reflect.set(object, property.key, values[index]);
      this.#hold(object, key, { value: value as object | null, seen: seen(parts, values) });
    };
    return {
      configurable: true,
      enumerable: false,
      get(this: object): unknown {
        return read(this);
      },
      set(this: object, value: unknown): void {
        assign(this, value);
      },
    };
  }

  override former(values: readonly unknown[]): object | null {
    return this.#create(values);
  }

  /** A value object that was changed in place gives its columns their values. */
  override writer(key: string, mapper: Mapper): (object: object) => void {
    const parts = this.#partsOf(key, mapper);
    return (object) => {
      const held = this.#heldOf(object, key);
      if (held === undefined || held.value === null) return;
      const now = this.#valuesOf(held.value, key, mapper);
      if (!differs(parts, held.seen, now)) return;
      const columns = parts.map(({ property }) => Reflect.get(object, property.key) as unknown);
      // Columns that were assigned themselves since then count.
      if (differs(parts, held.seen, columns)) return;
      for (const [index, { property }] of parts.entries()) {
        if (isChanged(property.type, held.seen[index], now[index])) Reflect.set(object, property.key, now[index]);
      }
      held.seen = seen(parts, now);
    };
  }
}

function seen(parts: readonly Part[], values: readonly unknown[]): readonly unknown[] {
  return parts.map(({ property }, index) => snapshotOf(property.type, values[index] ?? null));
}

function differs(parts: readonly Part[], before: readonly unknown[], now: readonly unknown[]): boolean {
  return parts.some(({ property }, index) => isChanged(property.type, before[index], now[index] ?? null));
}

function columnKey(key: string, name: string): string {
  return `${key}${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
}

function keyOf(attribute: unknown): string | null {
  const node = offersNode(attribute) ? attribute[NODE] : null;
  return node?.kind === "column" ? node.key : null;
}

// ── declarations ─────────────────────────────────────────────────────────────
type Valued = { readonly [VALUE]: unknown };
/** The columns of a value object: each holds what the property of its name holds. */
type PartsOf<V> = { readonly [K in keyof V]?: { readonly [VALUE]: V[K] | null } };
type ValuesOf<D> = { [K in keyof D]: D[K] extends { readonly [VALUE]: infer T } ? T : never };
/** Columns that are never null: without one, there may be no value object. */
type Present<D> = {
  [K in keyof D]: D[K] extends Valued ? (null extends D[K][typeof VALUE] ? never : K) : never;
}[keyof D];
type ComposedOf<V, D> = [Present<D>] extends [never] ? V | null : V;
type GivenOf<D> = [Extract<D[keyof D], Column<unknown, "always">>] extends [never] ? "never" : "always";
type ValueClass<V> = abstract new (...values: never) => V;

/**
 * An attribute that is a value object of a class of yours, kept in several columns: declarations of columns of its own,
 * which are called after the attribute and the property (`start_x`), or existing columns of the class, given by a function. The
 * class is constructed with the columns' values in their order, and has a property for each. Where every column may be
 * null and is, so is the attribute.
 *
 * Objects notice when the value object is replaced or changed in place. In queries it is compared as a whole, and `c` has
 * its columns: `Vertex.start.c.x`.
 *
 * @example
 * class Point { constructor(public x: number, public y: number) {} }
 * class Vertex extends Base.model("vertices", {
 *   id: integer().primaryKey(),
 *   start: composite(Point, { x: integer(), y: integer() }),
 *   get end() { return composite(Point, () => ({ x: Vertex.x2, y: Vertex.y2 })); },
 */
export function composite<V extends object, D extends PartsOf<V> & Readonly<Record<keyof D, AnyColumn>>>(
  type: ValueClass<V>,
  columns: D,
  options?: CompositeOptions<V>,
): Composite<ComposedOf<V, D>, ValuesOf<D>, GivenOf<D>>;
export function composite<V extends object, D extends PartsOf<V> & Readonly<Record<keyof D, AnyExpression>>>(
  type: ValueClass<V>,
  columns: () => D,
  options?: CompositeOptions<V>,
): Composite<ComposedOf<V, D>, ValuesOf<D>, "never">;
export function composite(type: unknown, given: unknown, options: CompositeOptions<unknown> = {}): unknown {
  if (typeof type !== "function") {
    throw new ArgumentError(`composite() takes the class of the value objects first, not ${describe(type)}.`);
  }
  const isDeclared =
    typeof given === "object" && given !== null && Object.values(given).every((each) => each instanceof Column);
  if (typeof given !== "function" && !isDeclared) {
    throw new ArgumentError(
      "composite() takes columns by the properties of the value object, { x: integer(), y: integer() }, or a function that gives existing ones.",
    );
  }
  return new Composite(type, given as Given, options);
}
