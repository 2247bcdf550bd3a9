// Work that is written once and runs with sessions that answer at once as well as with those that answer later.

/** A piece of work; what it yields may be a promise. */
export type Steps<T> = Generator<unknown, T, unknown>;

/** A value that may come later. */
export function* wait<T>(value: T | PromiseLike<T>): Steps<T> {
  return (yield value) as T;
}

export function runAtOnce<T>(steps: Steps<T>): T {
  let step = steps.next();
  while (step.done !== true) {
    if (step.value instanceof Promise) throw new Error("A synchronous session has answered with a promise");
    step = steps.next(step.value);
  }
  return step.value;
}

export async function runLater<T>(steps: Steps<T>): Promise<T> {
  let step = steps.next();
  while (step.done !== true) {
    let answer: unknown;
    try {
      answer = await step.value;
    } catch (error) {
      step = steps.throw(error);
      continue;
    }
    step = steps.next(answer);
  }
  return step.value;
}
