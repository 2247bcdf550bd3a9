import { isBytes } from "./refuse.ts";

/** Items as text in braces, `{1,NULL,"a b"}`; `depth` says how many levels of arrays are arrays of the database's. */
export function arrayLiteral(
  items: readonly unknown[],
  bind: ((value: unknown) => unknown) | null,
  depth: number = Number.POSITIVE_INFINITY,
): string {
  const texts = items.map((item) => {
    if (item === null) return "NULL";
    if (Array.isArray(item) && depth > 1) return arrayLiteral(item, bind, depth - 1);
    return itemText(bind === null ? item : bind(item));
  });
  return `{${texts.join(",")}}`;
}

function itemText(value: unknown): string {
  if (value === null) return "NULL";
  if (typeof value === "string") return `"${value.replace(/["\\]/g, "\\$&")}"`;
  if (isBytes(value)) {
    return `"\\\\x${Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("")}"`;
  }
  return String(value);
}

/**
 * Reads text in braces: nested as the braces are, with each item's text converted by `read`.
 *
 * Throws TypeError for text of another form.
 */
export function readArrayLiteral(text: string, read: (item: string) => unknown): unknown[] {
  // Bounds that do not begin with 1 stand in front: `[0:1]={a,b}`.
  const reader = new ArrayReader(text, text.startsWith("[") ? text.indexOf("=") + 1 : 0, read);
  return reader.array();
}

class ArrayReader {
  readonly #text: string;
  readonly #read: (item: string) => unknown;
  #position: number;

  constructor(text: string, position: number, read: (item: string) => unknown) {
    this.#text = text;
    this.#position = position;
    this.#read = read;
  }

  array(): unknown[] {
    const text = this.#text;
    const items: unknown[] = [];
    if (text[this.#position] !== "{") throw malformed();
    this.#position += 1;
    if (text[this.#position] === "}") {
      this.#position += 1;
      return items;
    }
    for (;;) {
      items.push(text[this.#position] === "{" ? this.array() : this.#item());
      const next = text[this.#position];
      this.#position += 1;
      if (next === "}") return items;
      if (next !== ",") throw malformed();
    }
  }

  #item(): unknown {
    if (this.#text[this.#position] === '"') return this.#read(this.#quoted());
    const start = this.#position;
    while (this.#position < this.#text.length && !",}".includes(this.#text[this.#position] ?? "")) this.#position += 1;
    const item = this.#text.slice(start, this.#position);
    return item === "NULL" ? null : this.#read(item);
  }

  #quoted(): string {
    const start = this.#position + 1;
    let end = start;
    let escaped = false;
    for (; this.#text[end] !== '"'; end += 1) {
      if (end >= this.#text.length) throw malformed();
      if (this.#text[end] !== "\\") continue;
      escaped = true;
      end += 1;
    }
    this.#position = end + 1;
    const item = this.#text.slice(start, end);
    return escaped ? item.replace(/\\(.)/gs, "$1") : item;
  }
}

function malformed(): TypeError {
  return new TypeError("array() reads arrays in braces, but the database gave a text of another form");
}
