import { INSPECT } from "../../instrumentation/printing.ts";
import type { MemberValues } from "./member-values.ts";

type Inspect = (value: unknown, options: object) => string;

/** A Set of what members of a collection have under an attribute. It holds nothing itself. */
export class ValueSet extends Set<unknown> {
  static {
    Object.defineProperty(this.prototype, "constructor", { value: Set });
  }
  readonly #members: Set<object>;
  readonly #values: MemberValues;

  constructor(members: Set<object>, values: MemberValues) {
    super();
    this.#members = members;
    this.#values = values;
  }

  #find(value: unknown): object | undefined {
    for (const member of this.#members) if (Object.is(this.#values.read(member), value)) return member;
    return undefined;
  }
  /** A Set of the values as they are now. */
  #now(): Set<unknown> {
    return new Set(Array.from(this.#members, (member) => this.#values.read(member)));
  }

  override get size(): number {
    return this.#now().size;
  }
  override has(value: unknown): boolean {
    return this.#find(value) !== undefined;
  }
  override add(value: unknown): this {
    if (!this.has(value)) this.#members.add(this.#values.create(value));
    return this;
  }
  override delete(value: unknown): boolean {
    const member = this.#find(value);
    return member !== undefined && this.#members.delete(member);
  }
  override clear(): void {
    this.#members.clear();
  }
  override values(): SetIterator<unknown> {
    return this.#now().values();
  }
  override keys(): SetIterator<unknown> {
    return this.#now().keys();
  }
  override entries(): SetIterator<[unknown, unknown]> {
    return this.#now().entries();
  }
  override [Symbol.iterator](): SetIterator<unknown> {
    return this.values();
  }
  override forEach(work: (value: unknown, key: unknown, set: Set<unknown>) => void, self?: unknown): void {
    for (const value of this.#now()) work.call(self, value, value, this);
  }
  override union<U>(other: ReadonlySetLike<U>): Set<unknown> {
    return this.#now().union(other);
  }
  override intersection<U>(other: ReadonlySetLike<U>): Set<U> {
    return this.#now().intersection(other) as Set<U>;
  }
  override difference<U>(other: ReadonlySetLike<U>): Set<unknown> {
    return this.#now().difference(other);
  }
  override symmetricDifference<U>(other: ReadonlySetLike<U>): Set<unknown> {
    return this.#now().symmetricDifference(other);
  }
  override isSubsetOf(other: ReadonlySetLike<unknown>): boolean {
    return this.#now().isSubsetOf(other);
  }
  override isSupersetOf(other: ReadonlySetLike<unknown>): boolean {
    return this.#now().isSupersetOf(other);
  }
  override isDisjointFrom(other: ReadonlySetLike<unknown>): boolean {
    return this.#now().isDisjointFrom(other);
  }
  [INSPECT](_depth: number, options: object, inspect: Inspect): string {
    return inspect(this.#now(), options);
  }
}
