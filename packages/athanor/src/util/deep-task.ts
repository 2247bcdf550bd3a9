import type { Task } from "./task.ts";

/** A task that calls others like itself as deep as the data goes: it yields the call in place of `yield*`. */
export type DeepTask<T> = Generator<PromiseLike<unknown> | DeepCall, T, unknown>;

/** What a deep task yields to have another one run; it goes on with what that one returns. */
export class DeepCall {
  readonly task: DeepTask<unknown>;

  constructor(task: DeepTask<unknown>) {
    this.task = task;
  }
}

/** Runs a deep task with a stack of its own: objects may be chained a hundred thousand deep. */
export function* runDeep<T>(task: DeepTask<T>): Task<T> {
  const stack: DeepTask<unknown>[] = [task];
  let resume: () => IteratorResult<PromiseLike<unknown> | DeepCall, unknown> = () => task.next();
  for (;;) {
    const current = stack.at(-1) as DeepTask<unknown>;
    let step: IteratorResult<PromiseLike<unknown> | DeepCall, unknown>;
    try {
      step = resume();
    } catch (error) {
      stack.pop();
      const caller = stack.at(-1);
      if (caller === undefined) throw error;
      resume = () => caller.throw(error);
      continue;
    }
    if (step.done === true) {
      stack.pop();
      const caller = stack.at(-1);
      const { value } = step;
      // The last on the stack is the one that was given.
      if (caller === undefined) return value as T;
      resume = () => caller.next(value);
    } else if (step.value instanceof DeepCall) {
      const called = step.value.task;
      stack.push(called);
      resume = () => called.next();
    } else {
      try {
        const answer: unknown = yield step.value;
        resume = () => current.next(answer);
      } catch (error) {
        resume = () => current.throw(error);
      }
    }
  }
}
