import { refuseResult, refuseValue } from "../../sqltypes/refuse.ts";
import { SqlType, type TypeTraits } from "../../sqltypes/sql-type.ts";

/** Any number of a list of texts, as an array in the order of the declaration. */
export class SetType<V extends string = string> extends SqlType<readonly V[]> {
  readonly kind = "set";
  readonly affinity = "text";
  readonly values: readonly V[];
  readonly #positions: ReadonlyMap<unknown, number>;

  constructor(values: readonly V[]) {
    super();
    if (values.length === 0 || values.length > 64) throw new TypeError("set() takes from 1 to 64 values");
    const comma = values.find((value) => value === "" || value.includes(","));
    if (comma !== undefined) {
      throw new TypeError(`set() takes no value that is empty or holds a comma, as ${JSON.stringify(comma)} does`);
    }
    this.values = Object.freeze([...values]);
    this.#positions = new Map(values.map((value, i) => [value, i]));
    if (this.#positions.size !== values.length) throw new TypeError("set() was given a value twice");
  }

  override get key(): string {
    return `set:${JSON.stringify(this.values)}`;
  }
  override get mutable(): boolean {
    return true;
  }
  override bindProcessor(_traits: TypeTraits): (value: unknown) => unknown {
    return (value) => this.#text(value);
  }
  override resultProcessor(_traits: TypeTraits): (value: unknown) => unknown {
    return (value) => {
      if (typeof value !== "string") return refuseResult("set()", "texts", value);
      return value === "" ? [] : value.split(",");
    };
  }
  override snapshot(value: unknown): unknown {
    return Array.isArray(value) ? this.#text(value) : value;
  }
  override restore(snapshot: unknown): unknown {
    return typeof snapshot === "string" ? (snapshot === "" ? [] : snapshot.split(",")) : snapshot;
  }
  override isUnchanged(snapshot: unknown, value: unknown): boolean {
    return Object.is(snapshot, this.snapshot(value));
  }

  /** As the database keeps it: each member once, in the order of the declaration. */
  #text(value: unknown): string {
    if (!Array.isArray(value)) return refuseValue("set()", "an array of its values", value);
    const members: readonly unknown[] = value;
    for (const member of members) {
      if (!this.#positions.has(member)) {
        throw new TypeError(
          `set() takes ${this.values.map((each) => JSON.stringify(each)).join(", ")}, and a value is none`,
        );
      }
    }
    return this.values.filter((each) => members.includes(each)).join(",");
  }
}
