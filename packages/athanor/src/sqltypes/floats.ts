import { refuseValue } from "./refuse.ts";
import { SqlType, type TypeTraits } from "./sql-type.ts";

/** A floating-point number: what JavaScript's `number` is. */
export class DoubleType extends SqlType<number> {
  readonly kind: string = "double";
  readonly affinity = "float";

  override bindProcessor(traits: TypeTraits): (value: unknown) => unknown {
    const name = `${this.kind}()`;
    if (traits.nativeNaN) return (value) => (typeof value === "number" ? value : refuseValue(name, "a number", value));
    // Where the database has no NaN, it would silently become NULL.
    return (value) =>
      typeof value === "number" && !Number.isNaN(value) ? value : refuseValue(name, "a number", value);
  }

  /** An average of integers is a decimal to the database. */
  override resultProcessor(traits: TypeTraits): ((value: unknown) => unknown) | null {
    return traits.textNumbers === true ? (value) => (typeof value === "string" ? Number(value) : value) : null;
  }
}

/** SQL's FLOAT: single or double precision, as the given number of binary digits asks for. */
export class FloatType extends DoubleType {
  override readonly kind = "float";
  readonly precision: number | null;

  constructor(precision: number | null = null) {
    super();
    this.precision = precision;
  }
  override get key(): string {
    return this.precision === null ? "float" : `float:${this.precision}`;
  }
}

/** Single precision where the database has it. */
export class RealType extends DoubleType {
  override readonly kind = "real";
}
