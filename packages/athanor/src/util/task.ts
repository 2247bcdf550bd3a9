/**
 * One core, two colours: what the engine, the session and the loaders do is written once, as generators that yield a
 * promise only where a driver answered with one. The asynchronous face runs a task to a promise, the synchronous face
 * runs it at once.
 */
export type Task<T> = Generator<PromiseLike<unknown>, T, unknown>;

/** What a driver returns: the value at once, or later. */
export type Awaitable<T> = T | PromiseLike<T>;

export function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}

/** Waits for a driver's answer inside a task: `const rows = yield* settled(driver.execute(…))`. */
export function* settled<T>(value: Awaitable<T>): Task<T> {
  return isPromiseLike(value) ? ((yield value) as T) : value;
}

/** Runs a task at once. Throws `whenAsync()` if something in it would have to be waited for. */
export function runSync<T>(task: Task<T>, whenAsync: () => Error): T {
  const step = task.next();
  if (step.done === true) return step.value;
  // The promise's own failure must not surface later as an unhandled rejection: nobody waits for it any more.
  step.value.then(undefined, () => undefined);
  task.return(undefined as never);
  throw whenAsync();
}

/** Runs a task to a promise. What happens before the first wait happens before this function returns. */
export function runAsync<T>(task: Task<T>): Promise<T> {
  let step: IteratorResult<PromiseLike<unknown>, T>;
  try {
    step = task.next();
  } catch (error) {
    return Promise.reject(error);
  }
  return step.done === true ? Promise.resolve(step.value) : drive(task, step.value);
}

/** Goes on with a task that has been started and waits for something. */
export async function drive<T>(task: Task<T>, first: PromiseLike<unknown>): Promise<T> {
  let waiting = first;
  for (;;) {
    let step: IteratorResult<PromiseLike<unknown>, T>;
    try {
      const answer = await waiting;
      step = task.next(answer);
    } catch (error) {
      step = task.throw(error);
    }
    if (step.done === true) return step.value;
    waiting = step.value;
  }
}
