import type { ExecutionOptions } from "../sql/statement/types.ts";
import type { Awaitable } from "../util/task.ts";

/** What ends a statement before its time. */
export type Limits = Pick<ExecutionOptions, "signal" | "timeout">;

/** A statement was stopped by its limits; `reason` is what the caller is told, null where its time was up. */
export class Stopped extends Error {
  readonly reason: unknown;

  constructor(reason: unknown) {
    super("stopped");
    this.reason = reason;
  }
}

/** How to stop what is being executed. */
export interface Stop {
  /** Asks the database to stop it; resolves when it has been asked. */
  cancel(): Awaitable<void>;
  /** For a database that does not answer: ends the connection. */
  giveUp(): void;
  /** What is left of the request to stop must not hit the next statement. */
  settle(): PromiseLike<void>;
}

/** How long a database may take to stop a statement before its connection is given up, in milliseconds. */
const grace = 5000;

/**
 * Waits for an execution, and stops it when its signal is aborted or its time is up. It ends when the database has really
 * stopped, so that the connection can be used at once.
 *
 * @throws Stopped
 */
export async function limited<T>(work: PromiseLike<T>, { signal, timeout }: Limits, stop: Stop): Promise<T> {
  const end = (): true => true;
  const ended = Promise.resolve(work).then(end, end);
  const { promise: stopped, resolve } = Promise.withResolvers<Stopped>();
  const abort = (): void => resolve(new Stopped(signal?.reason));
  const timer = timeout === undefined ? undefined : setTimeout(() => resolve(new Stopped(null)), timeout);
  signal?.addEventListener("abort", abort, { once: true });
  try {
    const first = await Promise.race([ended, stopped]);
    if (first === true) return await work;
    await stopNow(ended, stop);
    throw first;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}

async function stopNow(ended: Promise<true>, stop: Stop): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<false>();
  const timer = setTimeout(() => resolve(false), grace);
  try {
    const asked = Promise.resolve(stop.cancel()).then(() => ended);
    if (await Promise.race([asked, late])) await Promise.race([stop.settle(), late]);
    else stop.giveUp();
  } catch {
    stop.giveUp();
  } finally {
    clearTimeout(timer);
  }
}
