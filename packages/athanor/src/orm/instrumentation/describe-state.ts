import type { InstanceState } from "./instance-state.ts";

/** An object as messages name it: `User(7)`, `OrderItem(new)`. */
export function describeState({ mapper, key, object }: InstanceState): string {
  if (key === null) return `${mapper.className}(new)`;
  // Of an object that has expired, the key of one column is known still.
  const values = mapper.primaryKey.length === 1 ? [key] : mapper.primaryKeyValues(object);
  return `${mapper.className}(${values.map(describeValue).join(", ")})`;
}

/** A value of a column, for messages. */
export function describeValue(value: unknown): string {
  if (typeof value === "bigint") return String(value);
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  return JSON.stringify(value) ?? String(value);
}
