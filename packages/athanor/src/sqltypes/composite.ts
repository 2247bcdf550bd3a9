import { arrayLiteral, readArrayLiteral } from "./array-literal.ts";
import { refuseValue } from "./refuse.ts";
import { SqlType, type TypeTraits } from "./sql-type.ts";

/** An array of values of one type, where the database has arrays. */
export class ArrayType<T = unknown> extends SqlType<readonly T[]> {
  readonly kind = "array";
  readonly affinity = "array";
  readonly item: SqlType;
  readonly dimensions: number | null;

  constructor(item: SqlType, dimensions: number | null = null) {
    super();
    this.item = item;
    this.dimensions = dimensions;
  }

  override get key(): string {
    return `array:${this.dimensions ?? ""}(${this.item.key})`;
  }
  override get mutable(): boolean {
    return true;
  }
  override parts(dialects: readonly string[]): readonly SqlType[] {
    return [...this.item.parts(dialects), this];
  }
  override inSchema(schema: string): SqlType<readonly T[]> {
    const item = this.item.inSchema(schema);
    return item === this.item ? this : new ArrayType<T>(item, this.dimensions);
  }
  override get needsBigInt(): boolean {
    return this.item.needsBigInt;
  }

  override bindProcessor(traits: TypeTraits): (value: unknown) => unknown {
    const bind = this.item.bindProcessor(traits);
    if (traits.arrayLiterals === true) {
      return (value) =>
        Array.isArray(value) ? arrayLiteral(value, bind, this.#depth) : refuseValue("array()", "an array", value);
    }
    return (value) => (Array.isArray(value) ? mapNested(value, bind) : refuseValue("array()", "an array", value));
  }

  override resultProcessor(traits: TypeTraits): ((value: unknown) => unknown) | null {
    const read = this.item.resultProcessor(traits);
    if (traits.arrayLiterals === true) {
      const readItem = itemReader(this.item, read);
      return (value) => (typeof value === "string" ? readArrayLiteral(value, readItem) : value);
    }
    return read === null ? null : (value) => (Array.isArray(value) ? mapNested(value, read) : value);
  }

  /** How many levels of arrays are the type's own; a JSON value or a multirange is an array itself. */
  get #depth(): number {
    const { affinity } = this.item;
    return this.dimensions ?? (affinity === "json" || affinity === "multirange" ? 1 : Number.POSITIVE_INFINITY);
  }

  override snapshot(value: unknown): unknown {
    return Array.isArray(value) ? mapNested(value, (item) => this.item.snapshot(item)) : value;
  }

  override restore(snapshot: unknown): unknown {
    return Array.isArray(snapshot) ? mapNested(snapshot, (item) => this.item.restore(item)) : snapshot;
  }

  override isUnchanged(snapshot: unknown, value: unknown): boolean {
    if (!Array.isArray(snapshot) || !Array.isArray(value)) return Object.is(snapshot, value);
    return (
      snapshot.length === value.length &&
      snapshot.every((item: unknown, i) =>
        Array.isArray(item) ? this.isUnchanged(item, value[i]) : this.item.isUnchanged(item, value[i]),
      )
    );
  }
}

/** An item comes as text, even where a driver gives the type's values as something else. */
function itemReader(item: SqlType, read: ((value: unknown) => unknown) | null): (text: string) => unknown {
  switch (item.stored.affinity) {
    case "boolean":
      return (text) => (read === null ? text === "t" : read(text === "t"));
    case "float":
      return (text) => (read === null ? Number(text) : read(Number(text)));
    default:
      return read ?? ((text) => text);
  }
}

function mapNested(values: readonly unknown[], convert: ((value: unknown) => unknown) | null): unknown[] {
  return values.map((value) =>
    Array.isArray(value) ? mapNested(value, convert) : value === null || convert === null ? value : convert(value),
  );
}

/** Several values as one, with a type for each position: `(a, b) IN …`. */
export class TupleType extends SqlType<readonly unknown[]> {
  readonly kind = "tuple";
  readonly affinity = "tuple";
  readonly items: readonly SqlType[];

  constructor(items: readonly SqlType[]) {
    super();
    this.items = Object.freeze([...items]);
  }

  override get key(): string {
    return `tuple(${this.items.map((item) => item.key).join(",")})`;
  }
}
