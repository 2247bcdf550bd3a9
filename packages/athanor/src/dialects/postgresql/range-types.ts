import { refuseResult, refuseValue } from "../../sqltypes/refuse.ts";
import { SqlType, type TypeTraits } from "../../sqltypes/sql-type.ts";
import { Range, type RangeBounds, type RangeItem } from "./range.ts";

type Reader = (text: string) => unknown;

/** A range of values of one type. It travels as text: `["1","10")`. */
export class RangeType<T extends RangeItem = RangeItem> extends SqlType<Range<T>> {
  /** The type's name in the database, in lower case. */
  readonly kind: string;
  readonly affinity = "range";
  readonly item: SqlType;

  constructor(kind: string, item: SqlType) {
    super();
    this.kind = kind;
    this.item = item;
  }

  override memberType(value: unknown): SqlType {
    return value instanceof Range ? this : this.item;
  }
  override bindProcessor(traits: TypeTraits): (value: unknown) => unknown {
    const bind = this.item.bindProcessor(traits);
    return (value) =>
      value instanceof Range ? rangeText(value, bind) : refuseValue(`${this.kind}()`, "a Range", value);
  }
  override resultProcessor(traits: TypeTraits): (value: unknown) => unknown {
    const read = itemReader(this.item, traits);
    return (value) => {
      if (typeof value !== "string") return refuseResult(`${this.kind}()`, "text of a range", value);
      const parser = new RangeParser(value, read, this.kind);
      return parser.range();
    };
  }
  override isUnchanged(snapshot: unknown, value: unknown): boolean {
    return snapshot instanceof Range && value instanceof Range ? snapshot.equals(value) : Object.is(snapshot, value);
  }
}

/** Several ranges that do not touch each other, in their order: `{[1,3),[5,8)}`. */
export class MultirangeType<T extends RangeItem = RangeItem> extends SqlType<readonly Range<T>[]> {
  readonly kind: string;
  readonly affinity = "multirange";
  readonly range: RangeType<T>;

  constructor(kind: string, range: RangeType<T>) {
    super();
    this.kind = kind;
    this.range = range;
  }

  override memberType(value: unknown): SqlType {
    return Array.isArray(value) ? this : this.range.memberType(value);
  }
  override bindProcessor(traits: TypeTraits): (value: unknown) => unknown {
    const bind = this.range.bindProcessor(traits);
    return (value) =>
      Array.isArray(value)
        ? `{${value.map(bind).join(",")}}`
        : refuseValue(`${this.kind}()`, "an array of Ranges", value);
  }
  override resultProcessor(traits: TypeTraits): (value: unknown) => unknown {
    const read = itemReader(this.range.item, traits);
    return (value) => {
      if (typeof value !== "string") return refuseResult(`${this.kind}()`, "text of ranges", value);
      return new RangeParser(value, read, this.kind).ranges();
    };
  }
  override get mutable(): boolean {
    return true;
  }
  override snapshot(value: unknown): unknown {
    return Array.isArray(value) ? [...(value as readonly unknown[])] : value;
  }
  override restore(snapshot: unknown): unknown {
    return this.snapshot(snapshot);
  }
  override isUnchanged(snapshot: unknown, value: unknown): boolean {
    if (!Array.isArray(snapshot) || !Array.isArray(value)) return Object.is(snapshot, value);
    return (
      snapshot.length === value.length && snapshot.every((each: unknown, i) => this.range.isUnchanged(each, value[i]))
    );
  }
}

function itemReader(item: SqlType, traits: TypeTraits): Reader {
  const read = item.resultProcessor(traits);
  // What is a number elsewhere is text inside of a range.
  if (read === null) return item.affinity === "integer" || item.affinity === "float" ? Number : (text) => text;
  return (text) => read(text);
}

function rangeText(range: Range<RangeItem>, bind: ((value: unknown) => unknown) | null): string {
  if (range.isEmpty) return "empty";
  const end = (value: RangeItem | null) => {
    if (value === null) return "";
    return `"${String(bind === null ? value : bind(value)).replace(/["\\]/g, "\\$&")}"`;
  };
  return `${range.bounds[0]}${end(range.lower)},${end(range.upper)}${range.bounds[1]}`;
}

/** Reads ranges as PostgreSQL writes them. */
class RangeParser {
  readonly #text: string;
  readonly #read: Reader;
  readonly #kind: string;
  #position = 0;

  constructor(text: string, read: Reader, kind: string) {
    this.#text = text;
    this.#read = read;
    this.#kind = kind;
  }

  ranges(): Range<RangeItem>[] {
    const found: Range<RangeItem>[] = [];
    this.#expect("{");
    if (this.#text[this.#position] === "}") return found;
    do found.push(this.range());
    while (this.#next() === ",");
    return found;
  }
  range(): Range<RangeItem> {
    if (this.#text.startsWith("empty", this.#position)) {
      this.#position += "empty".length;
      return Range.empty();
    }
    const open = this.#next();
    const lower = this.#end();
    this.#expect(",");
    const upper = this.#end();
    return new Range(lower, upper, `${open}${this.#next()}` as RangeBounds);
  }

  #end(): RangeItem | null {
    const text = this.#text[this.#position] === '"' ? this.#quoted() : this.#plain();
    // What the item's type makes of its text is an item.
    return text === null ? null : (this.#read(text) as RangeItem);
  }
  #plain(): string | null {
    const start = this.#position;
    while (this.#position < this.#text.length && !",)]".includes(this.#text[this.#position] ?? "")) this.#position += 1;
    return start === this.#position ? null : this.#text.slice(start, this.#position);
  }
  #quoted(): string {
    let text = "";
    this.#position += 1;
    for (;;) {
      const character = this.#next();
      if (character === "\\") text += this.#next();
      else if (character !== '"') text += character;
      else if (this.#text[this.#position] === '"') text += this.#next();
      else return text;
    }
  }
  #next(): string {
    const character = this.#text[this.#position];
    if (character === undefined) return refuseResult(`${this.#kind}()`, "text of ranges", this.#text);
    this.#position += 1;
    return character;
  }
  #expect(character: string): void {
    if (this.#next() !== character) refuseResult(`${this.#kind}()`, "text of ranges", this.#text);
  }
}
