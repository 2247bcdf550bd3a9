import { drive, type Task } from "./task.ts";

/**
 * Runs tasks one after the other, in the order in which they were given. A task that never waits runs at once when the
 * queue is idle, without a promise in between.
 */
export class TaskQueue {
  #tail: Promise<void> | null = null;
  #deferred: (() => void) | null = null;

  /** Nothing is running, and nothing was put off. */
  get isIdle(): boolean {
    return this.#tail === null && this.#deferred === null;
  }

  /** Runs a task in its turn. */
  run<T>(task: () => Task<T>): Promise<T> {
    this.startDeferred();
    const before = this.#tail;
    if (before !== null) return this.#occupy<T>(before.then<T | Finished<T>>(() => startTask(task)));
    const started = startTask(task);
    return started instanceof Promise ? this.#occupy(started) : Promise.resolve(started.value);
  }

  #occupy<T>(result: Promise<T | Finished<T>>): Promise<T> {
    const value = result.then(unwrapped);
    const tail = value.then(ignore, ignore);
    this.#tail = tail;
    void tail.then(() => {
      if (this.#tail === tail) this.#tail = null;
    });
    return value;
  }

  /**
   * Puts something off until it is known how its result will be read, but not beyond the next call: whatever is run
   * afterwards runs after it.
   */
  defer(start: () => void): void {
    this.startDeferred();
    this.#deferred = start;
    queueMicrotask(() => {
      if (this.#deferred === start) this.startDeferred();
    });
  }

  /** Starts what was put off. */
  startDeferred(): void {
    const start = this.#deferred;
    if (start === null) return;
    this.#deferred = null;
    start();
  }
}

class Finished<T> {
  readonly value: T;
  constructor(value: T) {
    this.value = value;
  }
}

/** The first part of a task, up to where it waits. */
function startTask<T>(task: () => Task<T>): Promise<T> | Finished<T> {
  let generator: Task<T>;
  let step: IteratorResult<PromiseLike<unknown>, T>;
  try {
    generator = task();
    step = generator.next();
  } catch (error) {
    return Promise.reject(error);
  }
  return step.done === true ? new Finished(step.value) : drive(generator, step.value);
}

function unwrapped<T>(result: T | Finished<T>): T {
  return result instanceof Finished ? result.value : result;
}

function ignore(): void {}
