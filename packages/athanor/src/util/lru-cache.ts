interface Entry<V> {
  readonly value: V;
  used: number;
}

/**
 * A map of limited size that forgets what was used least recently. A use is a counter's tick, not a reordering; the
 * sorting is done when the map has grown by half beyond its capacity.
 */
export class LruCache<K, V> {
  readonly capacity: number;
  readonly #entries = new Map<K, Entry<V>>();
  readonly #evicted: ((value: V) => void) | null;
  #clock = 0;

  constructor(capacity: number, evicted: ((value: V) => void) | null = null) {
    this.capacity = capacity;
    this.#evicted = evicted;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: K): V | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#clock += 1;
    entry.used = this.#clock;
    return entry.value;
  }

  set(key: K, value: V): void {
    this.#clock += 1;
    this.#entries.set(key, { value, used: this.#clock });
    if (this.#entries.size > this.capacity * 1.5) this.#shrink();
  }

  delete(key: K): void {
    this.#entries.delete(key);
  }

  clear(): void {
    const { values } = this;
    this.#entries.clear();
    if (this.#evicted !== null) for (const value of values) this.#evicted(value);
  }

  get values(): readonly V[] {
    return [...this.#entries.values()].map((entry) => entry.value);
  }

  #shrink(): void {
    const oldest = [...this.#entries].sort(([, a], [, b]) => a.used - b.used);
    for (const [key, entry] of oldest.slice(0, this.#entries.size - this.capacity)) {
      this.#entries.delete(key);
      this.#evicted?.(entry.value);
    }
  }
}
