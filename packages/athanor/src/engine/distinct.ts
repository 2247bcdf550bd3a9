/**
 * The values without those that have been there before. Rows and values of the database are the same when they are equal,
 * everything else (entities) when it is the same object.
 */
export function distinct<T>(values: readonly T[], key?: (value: T) => unknown): T[] {
  const seen = new Set<unknown>();
  return values.filter((value) => {
    const mark = markOf(key === undefined ? value : key(value));
    if (seen.has(mark)) return false;
    seen.add(mark);
    return true;
  });
}

/** Two values are the same when their marks are. */
function markOf(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return typeof value === "string" ? `s${value}` : value;
  if (!Array.isArray(value)) return partOf(value) ?? value;
  const row: readonly unknown[] = value;
  if (row.length === 1) return markOf(row[0]);
  return JSON.stringify(row.map(textOf));
}

/** A value inside a row, so that values of different types have different texts. */
function textOf(value: unknown): string {
  if (typeof value === "string") return `s${value}`;
  if (typeof value !== "object" || value === null) return `${typeof value} ${String(value)}`;
  return partOf(value) ?? `object ${identityOf(value)}`;
}

/** Of objects that stand for a value of the database; null for all others. */
function partOf(value: object): string | null {
  if (value instanceof Date) return `date ${value.getTime()}`;
  return value instanceof Uint8Array ? `bytes ${value.join()}` : null;
}

const identities = new WeakMap<object, number>();
let lastIdentity = 0;

function identityOf(value: object): number {
  let identity = identities.get(value);
  if (identity === undefined) {
    lastIdentity += 1;
    identity = lastIdentity;
    identities.set(value, identity);
  }
  return identity;
}
