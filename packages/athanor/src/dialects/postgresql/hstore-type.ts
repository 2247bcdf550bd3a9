import { refuseResult, refuseValue } from "../../sqltypes/refuse.ts";
import { SqlType } from "../../sqltypes/sql-type.ts";

/** Texts by keys, as the extension hstore keeps them: `"color"=>"red", "size"=>NULL`. */
export type Hstore = Readonly<Record<string, string | null>>;

const pair = /\s*"((?:[^"\\]|\\.)*)"\s*=>\s*(?:NULL|"((?:[^"\\]|\\.)*)")\s*(?:,|$)/gsy;

/** A map from text to text. */
export class HstoreType extends SqlType<Hstore> {
  readonly kind = "hstore";
  readonly affinity = "hstore";

  override get mutable(): boolean {
    return true;
  }
  override bindProcessor(): (value: unknown) => unknown {
    return (value) => {
      if (typeof value !== "object" || value === null) return refuseValue("hstore()", "an object of texts", value);
      return Object.entries(value).map(pairText).join(",");
    };
  }
  override resultProcessor(): (value: unknown) => unknown {
    return (value) => (typeof value === "string" ? readPairs(value) : refuseResult("hstore()", "pairs of text", value));
  }
  override snapshot(value: unknown): unknown {
    return typeof value === "object" && value !== null ? { ...value } : value;
  }
  override restore(snapshot: unknown): unknown {
    return this.snapshot(snapshot);
  }
  override isUnchanged(snapshot: unknown, value: unknown): boolean {
    if (typeof snapshot !== "object" || typeof value !== "object" || snapshot === null || value === null) {
      return Object.is(snapshot, value);
    }
    const before = Object.entries(snapshot);
    const after = new Map<string, unknown>(Object.entries(value));
    return before.length === after.size && before.every(([key, each]) => after.has(key) && after.get(key) === each);
  }
}

function pairText([key, value]: readonly [string, unknown]): string {
  if (value === null) return `${quoted(key)}=>NULL`;
  return typeof value === "string"
    ? `${quoted(key)}=>${quoted(value)}`
    : refuseValue("hstore()", "text or null under each key", value);
}
function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}

function readPairs(text: string): Hstore {
  const found: Record<string, string | null> = {};
  let end = 0;
  for (const [whole, key = "", value] of text.matchAll(pair)) {
    end += whole.length;
    const plain = (each: string) => each.replace(/\\(.)/gs, "$1");
    Object.defineProperty(found, plain(key), {
      value: value === undefined ? null : plain(value),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return end === text.length ? found : refuseResult("hstore()", "pairs of text", text);
}
