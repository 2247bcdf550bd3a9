/** The longest that a timer can take; beyond it, timers fire at once. */
const longestTimer = 2 ** 31 - 1;

export interface WaitOptions {
  readonly timeout: number;
  readonly signal: AbortSignal | undefined;
  readonly timedOut: () => Error;
}

/** Whoever waits for something, served in the order of coming. */
export class WaitingLine<T> {
  readonly #waiting = new Set<(value: T) => void>();

  get length(): number {
    return this.#waiting.size;
  }

  /** Waits to be served. Rejects with `timedOut()` after a time, or with the signal's reason. */
  wait({ timeout, signal, timedOut }: WaitOptions): Promise<T> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.delete(serve);
        clearTimeout(timer);
        signal?.removeEventListener("abort", abort);
      };
      const serve = (value: T): void => {
        leave();
        resolve(value);
      };
      const abort = (): void => {
        leave();
        reject(signal?.reason);
      };
      const timer = setTimeout(
        () => {
          leave();
          reject(timedOut());
        },
        Math.min(timeout, longestTimer),
      );
      signal?.addEventListener("abort", abort);
      this.#waiting.add(serve);
    });
  }

  /** Serves whoever has waited longest. False when nobody waits. */
  serve(value: T): boolean {
    for (const serve of this.#waiting) {
      serve(value);
      return true;
    }
    return false;
  }

  /** Serves everybody. */
  serveAll(value: T): void {
    while (this.serve(value));
  }
}
