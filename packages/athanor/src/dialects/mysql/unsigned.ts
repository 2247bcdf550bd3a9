import { BigIntegerType } from "../../sqltypes/integers.ts";
import { refuseValue } from "../../sqltypes/refuse.ts";
import type { TypeTraits } from "../../sqltypes/sql-type.ts";

const maxUint64 = 2n ** 64n - 1n;

/** A whole number of 64 bits without a sign, as a bigint. */
export class UnsignedBigIntegerType extends BigIntegerType {
  override get key(): string {
    return "bigInteger:unsigned";
  }
  override bindProcessor(_traits: TypeTraits): (value: unknown) => unknown {
    return (value) => {
      const isWhole = typeof value === "bigint" || Number.isSafeInteger(value);
      if (!isWhole) return refuseValue("bigint({ unsigned: true })", "a bigint or a safe whole number", value);
      if ((value as bigint | number) >= 0 && (value as bigint | number) <= maxUint64) return value;
      throw new RangeError(`bigint({ unsigned: true }) takes whole numbers from 0 to ${maxUint64}`);
    };
  }
}
