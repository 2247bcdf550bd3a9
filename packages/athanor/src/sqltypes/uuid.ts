import { refuseResult, refuseValue } from "./refuse.ts";
import { SqlType, type TypeTraits } from "./sql-type.ts";

const canonical = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const dashed = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const undashed = /^[0-9a-f]{32}$/i;

/** A UUID: lower-case text with dashes in JavaScript; 32 digits where the database has no such type. */
export class UuidType extends SqlType<string> {
  readonly kind = "uuid";
  readonly affinity = "uuid";
  /** False: 32 digits, even where the database has the type. */
  readonly native: boolean;

  constructor(options: { readonly native?: boolean } = {}) {
    super();
    this.native = options.native ?? true;
  }

  override get key(): string {
    return this.native ? "uuid" : "uuid:text";
  }

  override bindProcessor(traits: TypeTraits): (value: unknown) => unknown {
    return this.native && traits.nativeUuid ? bindNative : bindDigits;
  }

  override resultProcessor(traits: TypeTraits): ((value: unknown) => unknown) | null {
    return this.native && traits.nativeUuid ? null : readUuid;
  }

  override isUnchanged(snapshot: unknown, value: unknown): boolean {
    if (Object.is(snapshot, value)) return true;
    return typeof snapshot === "string" && typeof value === "string" && digits(snapshot) === digits(value);
  }
}

function digits(value: string): string {
  return value.replaceAll("-", "").toLowerCase();
}

function bindDigits(value: unknown): string {
  if (typeof value === "string" && canonical.test(value)) {
    return value.slice(0, 8) + value.slice(9, 13) + value.slice(14, 18) + value.slice(19, 23) + value.slice(24);
  }
  if (typeof value === "string" && (dashed.test(value) || undashed.test(value))) return digits(value);
  return refuseUuid(value);
}

function bindNative(value: unknown): string {
  return withDashes(bindDigits(value));
}

function readUuid(value: unknown): string {
  if (typeof value !== "string") return refuseResult("uuid()", "UUIDs", value);
  if (value.length === 32) return withDashes(value);
  return dashed.test(value) ? value.toLowerCase() : refuseResult("uuid()", "UUIDs", value);
}

function withDashes(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function refuseUuid(value: unknown): never {
  if (typeof value === "string") throw new TypeError("uuid() takes a UUID, and the string is none");
  return refuseValue("uuid()", "a UUID as text", value);
}
