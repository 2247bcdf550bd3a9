import { isBytes, refuseResult, refuseValue } from "../../sqltypes/refuse.ts";
import { SqlType, type TypeTraits } from "../../sqltypes/sql-type.ts";

/** A field of 1 to 64 bits, as a bigint. */
export class BitType extends SqlType<bigint> {
  readonly kind = "bit";
  readonly affinity = "integer";
  readonly length: number;

  constructor(length: number) {
    super();
    if (!Number.isInteger(length) || length < 1 || length > 64) {
      throw new TypeError(`bit() takes a number of bits from 1 to 64, not ${String(length)}`);
    }
    this.length = length;
  }

  override get key(): string {
    return `bit:${this.length}`;
  }
  override get needsBigInt(): boolean {
    return true;
  }
  override bindProcessor(_traits: TypeTraits): (value: unknown) => unknown {
    const largest = 2n ** BigInt(this.length) - 1n;
    return (value) => {
      const bits = typeof value === "number" && Number.isSafeInteger(value) ? BigInt(value) : value;
      if (typeof bits !== "bigint") return refuseValue(`bit(${this.length})`, "a bigint", value);
      if (bits < 0n || bits > largest) throw new RangeError(`bit(${this.length}) takes bigints from 0 to ${largest}`);
      return bits;
    };
  }
  override resultProcessor(_traits: TypeTraits): (value: unknown) => unknown {
    return readBits;
  }
}

function readBits(value: unknown): bigint {
  if (typeof value === "bigint" || (typeof value === "number" && Number.isSafeInteger(value))) return BigInt(value);
  if (!isBytes(value)) return refuseResult("bit()", "bits", value);
  return value.reduce((bits, byte) => (bits << 8n) | BigInt(byte), 0n);
}
