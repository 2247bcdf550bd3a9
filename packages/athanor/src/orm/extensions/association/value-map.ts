import { INSPECT } from "../../instrumentation/printing.ts";
import type { MemberValues } from "./member-values.ts";

type Inspect = (value: unknown, options: object) => string;

/** A Map of what members of a keyed collection have under an attribute. It holds nothing itself. */
export class ValueMap extends Map<unknown, unknown> {
  static {
    Object.defineProperty(this.prototype, "constructor", { value: Map });
  }
  readonly #members: Map<unknown, object>;
  readonly #values: MemberValues;

  constructor(members: Map<unknown, object>, values: MemberValues) {
    super();
    this.#members = members;
    this.#values = values;
  }

  /** A Map of the values as they are now. */
  #now(): Map<unknown, unknown> {
    return new Map(Array.from(this.#members, ([key, member]) => [key, this.#values.read(member)]));
  }

  override get size(): number {
    return this.#members.size;
  }
  override has(key: unknown): boolean {
    return this.#members.has(key);
  }
  override get(key: unknown): unknown {
    const member = this.#members.get(key);
    return member === undefined ? undefined : this.#values.read(member);
  }
  /** Changes the member that is there, or makes one. */
  override set(key: unknown, value: unknown): this {
    const member = this.#members.get(key);
    if (member === undefined) this.#members.set(key, this.#values.create(value, key));
    else if (!Object.is(this.#values.read(member), value)) this.#values.write(member, value);
    return this;
  }
  override delete(key: unknown): boolean {
    return this.#members.delete(key);
  }
  override clear(): void {
    this.#members.clear();
  }
  override keys(): MapIterator<unknown> {
    return this.#members.keys();
  }
  override values(): MapIterator<unknown> {
    return this.#now().values();
  }
  override entries(): MapIterator<[unknown, unknown]> {
    return this.#now().entries();
  }
  override [Symbol.iterator](): MapIterator<[unknown, unknown]> {
    return this.entries();
  }
  override forEach(work: (value: unknown, key: unknown, map: Map<unknown, unknown>) => void, self?: unknown): void {
    for (const [key, value] of this.#now()) work.call(self, value, key, this);
  }
  [INSPECT](_depth: number, options: object, inspect: Inspect): string {
    return inspect(this.#now(), options);
  }
}
