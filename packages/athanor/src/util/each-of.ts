/**
 * The members of batches that come one after the other. An async generator would wait several times for each member, and
 * rows are many: here a member that is there already is waited for once.
 */
export function eachOf<T>(batches: AsyncIterable<readonly T[]>): AsyncIterableIterator<T> {
  return new Members(batches[Symbol.asyncIterator]());
}

class Members<T> implements AsyncIterableIterator<T> {
  readonly #batches: AsyncIterator<readonly T[]>;
  #batch: readonly T[] = [];
  #position = 0;
  /** The next batch is on its way; what is asked for meanwhile has to wait. */
  #coming: Promise<unknown> | null = null;

  constructor(batches: AsyncIterator<readonly T[]>) {
    this.#batches = batches;
  }

  next(): Promise<IteratorResult<T>> {
    if (this.#coming !== null) return this.#coming.then(() => this.next());
    if (this.#position < this.#batch.length) {
      const value = this.#batch[this.#position] as T;
      this.#position += 1;
      return Promise.resolve({ value, done: false });
    }
    const coming = this.#fetch();
    this.#coming = coming.catch(() => {});
    return coming;
  }

  async #fetch(): Promise<IteratorResult<T>> {
    try {
      for (;;) {
        const step = await this.#batches.next();
        if (step.done === true) return { value: undefined, done: true };
        const [value] = step.value;
        if (step.value.length === 0) continue;
        this.#batch = step.value;
        this.#position = 1;
        return { value: value as T, done: false };
      }
    } finally {
      this.#coming = null;
    }
  }

  async return(): Promise<IteratorResult<T>> {
    this.#batch = [];
    this.#position = 0;
    await this.#batches.return?.();
    return { value: undefined, done: true };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
