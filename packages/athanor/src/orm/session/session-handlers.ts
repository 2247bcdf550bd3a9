import { AwaitRequired } from "../../errors/errors.ts";
import { isPromiseLike, settled, type Task } from "../../util/task.ts";
import { TaskQueue } from "../../util/task-queue.ts";

/**
 * Calls a handler of an asynchronous session in the middle of what the session does, and waits for it. What the handler asks
 * of the session is done meanwhile, in a queue of its own: in the session's, it would wait for what waits for it.
 */
export function* inTurn(queues: TaskQueue[], handler: () => unknown): Task<unknown> {
  const inner = new TaskQueue();
  queues.push(inner);
  try {
    return yield* settled(handler());
  } finally {
    queues.splice(queues.indexOf(inner), 1);
    // What it has asked for without waiting is done before the session goes on.
    if (!inner.isIdle) yield* settled(inner.run(nothing));
  }
}

function* nothing(): Task<void> {}

/** The same in a synchronous session, which cannot wait. */
export function* answered(event: string, handler: () => unknown): Task<unknown> {
  const answer = handler();
  if (!isPromiseLike(answer)) return answer;
  answer.then(undefined, () => undefined);
  throw new AwaitRequired(
    `A handler of ${event} has returned a promise, and a synchronous session cannot wait for it: write one that is not async.`,
  );
}
