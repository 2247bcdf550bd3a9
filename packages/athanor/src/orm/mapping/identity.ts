import { ArgumentError, InvalidRequestError } from "../../errors/errors.ts";
import type { IdentityKey } from "../instrumentation/instance-state.ts";
import type { Mapper } from "./mapper.ts";

/** One value as it stands in a key: dates and bytes by what they say. */
function keyPart(value: unknown): IdentityKey | null {
  switch (typeof value) {
    case "number":
    case "string":
    case "bigint":
      return value;
    case "boolean":
      return value ? 1 : 0;
    default:
      if (value === null || value === undefined) return null;
      if (value instanceof Date) return value.toISOString();
      if (value instanceof Uint8Array) return Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("");
      return JSON.stringify(value);
  }
}

export function identityKey(values: readonly unknown[]): IdentityKey | null {
  if (values.length === 1) return keyPart(values[0]);
  let key = "";
  for (const value of values) {
    const part = keyPart(value);
    if (part === null) return null;
    // Length first: ("a", "b,c") and ("a,b", "c") are two keys.
    const text = `${typeof part === "string" ? "s" : "n"}${part}`;
    key += `${text.length}:${text}`;
  }
  return key;
}

/** What `session.get()` was given, as values in the order of the primary key. */
export function normalizeIdentity(identity: unknown, mapper: Mapper): readonly unknown[] {
  const values = identityValues(identity, mapper);
  for (const [index, value] of values.entries()) {
    if (value === undefined || value === null) {
      const key = mapper.primaryKey[index]?.key ?? "";
      throw new ArgumentError(
        `The primary key of ${mapper.className} was given ${String(value)} for ${JSON.stringify(key)}.`,
      );
    }
  }
  return values;
}

function identityValues(identity: unknown, mapper: Mapper): readonly unknown[] {
  const keys = mapper.primaryKey.map((property) => property.key);
  if (identity === undefined || identity === null) {
    throw new ArgumentError(
      `The primary key of ${mapper.className} was given as ${String(identity)}; it is never null.`,
    );
  }
  if (Array.isArray(identity)) {
    if (identity.length === keys.length) return identity as readonly unknown[];
    throw new InvalidRequestError(
      `The primary key of ${mapper.className} has ${keys.length === 1 ? "one value" : `${keys.length} values`} (${keys.join(", ")}), not ${identity.length}.`,
    );
  }
  if (isPlainObject(identity)) {
    const unknown = Object.keys(identity).filter((key) => !keys.includes(key));
    if (unknown.length > 0 || Object.keys(identity).length !== keys.length) {
      throw new InvalidRequestError(
        `The primary key of ${mapper.className} is { ${keys.join(", ")} }, not { ${Object.keys(identity).join(", ")} }.`,
      );
    }
    return keys.map((key) => identity[key]);
  }
  if (keys.length === 1) return [identity];
  throw new InvalidRequestError(
    `The primary key of ${mapper.className} has ${keys.length} values: pass an array [${keys.join(", ")}] or an object.`,
  );
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
