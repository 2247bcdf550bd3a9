import { ArgumentError } from "../../errors/errors.ts";
import { allOf } from "../../sql/coercions/boolean-lists.ts";
import { booleanType } from "../../sql/coercions/literal-types.ts";
import { describe } from "../../sql/coercions/operands.ts";
import { Expression } from "../../sql/expression/expression.ts";
import { comparison, equality, membership } from "../../sql/expression/operator-nodes.ts";
import type { ColumnNode, ExpressionNode } from "../../sql/nodes/expressions.ts";
import { type Operator, operators } from "../../sql/nodes/operators.ts";
import type { BundleNode } from "../../sql/nodes/statements.ts";
import { TupleType } from "../../sqltypes/composite.ts";
import { type COMPOSED, type KIND, type NAME, NODE, type OWNERS } from "../../util/symbols.ts";
import type { BundleReader } from "../loading/row-parts.ts";
import { DERIVED, type DerivedClassAttribute } from "../mapping/derived-attribute.ts";

/** What a composite attribute is made of, of a class or an alias. */
export interface CompositeSource {
  /** `Vertex.start`, for messages. */
  readonly name: string;
  readonly key: string;
  /** The columns by the names of their parts. */
  readonly columns: ReadonlyMap<string, ColumnNode>;
  readonly reader: BundleReader;
  /** The values of the columns for a value object; null is null everywhere. */
  readonly partsOf: (value: unknown) => readonly unknown[];
  readonly derived: DerivedClassAttribute[typeof DERIVED];
}

/**
 * A value object that is made of several columns, as the class has it: to be selected, and compared as a whole. Its columns
 * are there under `c`.
 */
export class CompositeAttribute<out V, out P extends object, out O extends string, out L extends string>
  implements DerivedClassAttribute
{
  declare readonly [KIND]: "composite";
  declare readonly [OWNERS]: O;
  declare readonly [NAME]: L;
  declare readonly [COMPOSED]: V;
  readonly [NODE]: BundleNode;
  readonly [DERIVED]: DerivedClassAttribute[typeof DERIVED];
  /** Its columns by the names of the value object's properties: `Vertex.start.c.x`. */
  readonly c: { readonly [K in keyof P]: Expression<P[K], O, K & string> };
  readonly #source: CompositeSource;

  constructor(source: CompositeSource) {
    const { key, columns, reader, derived } = source;
    this.#source = source;
    this[NODE] = { kind: "bundle", name: key, items: [...columns.values()], reader };
    this[DERIVED] = derived;
    const named = [...columns].map(([name, column]) => [name, new Expression({ ...column, key: name })]);
    this.c = Object.fromEntries(named) as { readonly [K in keyof P]: Expression<P[K], O, K & string> };
  }

  get #columns(): readonly ColumnNode[] {
    return [...this.#source.columns.values()];
  }
  /** Each column with its value. */
  #paired(value: unknown): readonly (readonly [ColumnNode, unknown])[] {
    const parts = this.#source.partsOf(value);
    return this.#columns.map((column, index) => [column, parts[index] ?? null]);
  }

  /** Every column has the value that the object has for it; null: every column is null. */
  eq(value: V | null): Expression<boolean | null, O> {
    const equal = this.#paired(value).map(([column, part]) => equality(column, part, operators.eq, operators.is));
    return new Expression(allOf(equal));
  }
  /** Some column has another value; null: some column has one. */
  ne(value: V | null): Expression<boolean | null, O> {
    const items = this.#paired(value).map(([column, part]) => equality(column, part, operators.ne, operators.isNot));
    const [only] = items;
    if (items.length === 1 && only !== undefined) return new Expression(only);
    return new Expression({ kind: "booleanList", operator: operators.or, items, type: booleanType });
  }
  /** Equal to one of these; an empty list matches nothing. */
  in(values: readonly V[]): Expression<boolean | null, O> {
    return this.#membership(values, operators.in);
  }
  notIn(values: readonly V[]): Expression<boolean | null, O> {
    return this.#membership(values, operators.notIn);
  }
  #membership(values: readonly V[], operator: Operator): Expression<boolean | null, O> {
    if (!Array.isArray(values)) {
      throw new ArgumentError(`${this.#source.name}.${operator.name}() takes an array, not ${describe(values)}.`);
    }
    const rows = (values as readonly unknown[]).map((value) => this.#source.partsOf(value));
    return new Expression(membership(this.#row(), this.#isSimple ? rows.map(([part]) => part) : rows, operator));
  }

  /** Comes before, by the first column whose value differs. */
  lt(value: NonNullable<V>): Expression<boolean | null, O> {
    return this.#compared(value, operators.lt);
  }
  le(value: NonNullable<V>): Expression<boolean | null, O> {
    return this.#compared(value, operators.le);
  }
  /** Comes after, by the first column whose value differs. */
  gt(value: NonNullable<V>): Expression<boolean | null, O> {
    return this.#compared(value, operators.gt);
  }
  ge(value: NonNullable<V>): Expression<boolean | null, O> {
    return this.#compared(value, operators.ge);
  }
  #compared(value: unknown, operator: Operator): Expression<boolean | null, O> {
    const parts = this.#source.partsOf(value);
    return new Expression(comparison(this.#row(), this.#isSimple ? parts[0] : parts, operator));
  }

  get #isSimple(): boolean {
    return this.#source.columns.size === 1;
  }
  /** The columns as one value. */
  #row(): ExpressionNode {
    const items = this.#columns;
    const [only] = items;
    if (this.#isSimple && only !== undefined) return only;
    return { kind: "tuple", items, type: new TupleType(items.map(({ type }) => type)) };
  }
}
