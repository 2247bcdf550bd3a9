import type { RelationshipProperty } from "../mapping/relationship-property.ts";

/**
 * What changed relationships of an object held before: mostly one, so that it takes no map. Thousands of new objects have
 * one each.
 */
export class FormerValues implements Iterable<readonly [RelationshipProperty, unknown]> {
  #first: RelationshipProperty | null;
  #value: unknown;
  #others: Map<RelationshipProperty, unknown> | null = null;

  constructor(property: RelationshipProperty, before: unknown) {
    this.#first = property;
    this.#value = before;
  }

  /** The values of a list that has at least one. */
  static from(values: ReadonlyMap<RelationshipProperty, unknown>): FormerValues | null {
    let former: FormerValues | null = null;
    for (const [property, before] of values) {
      if (former === null) former = new FormerValues(property, before);
      else former.set(property, before);
    }
    return former;
  }

  get size(): number {
    return (this.#first === null ? 0 : 1) + (this.#others?.size ?? 0);
  }
  has(property: RelationshipProperty): boolean {
    return property === this.#first || (this.#others?.has(property) ?? false);
  }
  get(property: RelationshipProperty): unknown {
    return property === this.#first ? this.#value : this.#others?.get(property);
  }
  set(property: RelationshipProperty, before: unknown): void {
    if (this.#first === null || this.#first === property) {
      this.#first = property;
      this.#value = before;
    } else {
      this.#others ??= new Map();
      this.#others.set(property, before);
    }
  }
  delete(property: RelationshipProperty): void {
    if (property === this.#first) {
      this.#first = null;
      this.#value = undefined;
    } else {
      this.#others?.delete(property);
    }
  }
  *[Symbol.iterator](): Iterator<readonly [RelationshipProperty, unknown]> {
    if (this.#first !== null) yield [this.#first, this.#value];
    if (this.#others !== null) yield* this.#others;
  }
}
