import { refuseResult, refuseValue } from "./refuse.ts";
import { SqlType, type TypeTraits } from "./sql-type.ts";

export interface BooleanOptions {
  /** A CHECK that holds 0 and 1 apart from other numbers, where the database has no booleans; a string names it. */
  readonly createConstraint?: boolean | string;
}

/** True or false; 1 and 0 where the database has no booleans. */
export class BooleanType extends SqlType<boolean> {
  readonly kind = "boolean";
  readonly affinity = "boolean";
  readonly createConstraint: boolean | string;

  constructor(options: BooleanOptions = {}) {
    super();
    this.createConstraint = options.createConstraint ?? false;
  }

  override bindProcessor(traits: TypeTraits): (value: unknown) => unknown {
    return traits.nativeBoolean
      ? (value) => (typeof value === "boolean" ? value : refuseValue("boolean()", "true or false", value))
      : (value) => (value === true ? 1 : value === false ? 0 : refuseValue("boolean()", "true or false", value));
  }

  override resultProcessor(traits: TypeTraits): ((value: unknown) => unknown) | null {
    return traits.nativeBoolean ? null : (value) => (value === 1 ? true : value === 0 ? false : readBoolean(value));
  }
}

function readBoolean(value: unknown): boolean {
  if (typeof value === "boolean") return value;
  if (typeof value === "bigint" || typeof value === "number") return Boolean(value);
  return refuseResult("boolean()", "0 or 1", value);
}
