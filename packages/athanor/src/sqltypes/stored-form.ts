/** A snapshot of an object, which may change in place: what is stored of it. Other values are their own snapshots. */
export class StoredForm {
  readonly stored: unknown;

  constructor(stored: unknown) {
    this.stored = stored;
  }
}

/** A copy of what a type that the library does not know stores: as a text, or as bytes. */
export function copyOf(stored: unknown): unknown {
  if (typeof stored !== "object" || stored === null) return stored;
  return stored instanceof Uint8Array ? stored.slice() : JSON.stringify(stored);
}

/** What such a copy was made of. */
export function originalOf(copy: unknown, wasObject: boolean): unknown {
  if (copy instanceof Uint8Array) return copy.slice();
  return wasObject && typeof copy === "string" ? (JSON.parse(copy) as unknown) : copy;
}

export function isSameCopy(a: unknown, b: unknown): boolean {
  if (!(a instanceof Uint8Array && b instanceof Uint8Array)) return Object.is(a, b);
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
