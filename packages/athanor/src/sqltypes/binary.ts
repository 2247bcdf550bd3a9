import { isBytes, refuseResult, refuseValue } from "./refuse.ts";
import { SqlType, type TypeTraits } from "./sql-type.ts";

/** Bytes: a Uint8Array, whatever the driver makes of them. */
export class BinaryType extends SqlType<Uint8Array> {
  readonly kind = "binary";
  readonly affinity = "binary";
  readonly length: number | null;

  constructor(length: number | null = null) {
    super();
    this.length = length;
  }

  override get key(): string {
    return this.length === null ? "binary" : `binary:${this.length}`;
  }
  override get mutable(): boolean {
    return true;
  }

  override bindProcessor(_traits: TypeTraits): (value: unknown) => unknown {
    return (value) => (isBytes(value) ? value : refuseValue("binary()", "a Uint8Array", value));
  }

  override resultProcessor(traits: TypeTraits): (value: unknown) => unknown {
    return traits.hexBytes === true
      ? (value) => (typeof value === "string" ? bytesOfHex(value) : readBytes(value))
      : readBytes;
  }

  override snapshot(value: unknown): unknown {
    return isBytes(value) ? new Uint8Array(value) : value;
  }

  override restore(snapshot: unknown): unknown {
    return this.snapshot(snapshot);
  }

  override isUnchanged(snapshot: unknown, value: unknown): boolean {
    if (!isBytes(snapshot) || !isBytes(value)) return Object.is(snapshot, value);
    if (snapshot.length !== value.length) return false;
    for (let i = 0; i < snapshot.length; i += 1) if (snapshot[i] !== value[i]) return false;
    return true;
  }
}

/** Bytes out of `\\x` and hexadecimal digits. */
function bytesOfHex(text: string): Uint8Array {
  if (!text.startsWith("\\x")) return refuseResult("binary()", "bytes in hexadecimal digits", text);
  const bytes = new Uint8Array((text.length - 2) / 2);
  for (let i = 0; i < bytes.length; i += 1) {
    bytes[i] = (hexDigit(text.charCodeAt(2 * i + 2)) << 4) | hexDigit(text.charCodeAt(2 * i + 3));
  }
  return bytes;
}

/** `0` to `9` are 48 to 57, `a` to `f` are 97 to 102. */
function hexDigit(code: number): number {
  return code < 58 ? code - 48 : (code | 32) - 87;
}

function readBytes(value: unknown): Uint8Array {
  // A driver's subclass (Buffer) may be a view of a shared pool and prints as something else: copy it.
  if (isBytes(value)) return value.constructor === Uint8Array ? value : new Uint8Array(value);
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (typeof value === "string") return new TextEncoder().encode(value);
  return refuseResult("binary()", "bytes", value);
}
