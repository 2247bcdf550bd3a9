import { ArgumentError, StaleDataError } from "../errors/errors.ts";
import { DBAPIError } from "../errors/statement-errors.ts";

/**
 * When and how often a transaction is tried again. Only what may succeed when it is tried again is: what the database says
 * it of (a serialization failure, a deadlock, a lock that was not free in time), and changes of rows that somebody else
 * has changed since they were loaded (StaleDataError).
 */
export interface RetryOptions {
  /** How often it is tried altogether. Default 5. */
  readonly attempts?: number;
  /** The longest pause before the second attempt, in milliseconds; it doubles with each. Default 20. */
  readonly backoff?: number;
  /** The longest pause of all. Default 2,000. */
  readonly maxBackoff?: number;
}

/**
 * Does work again after errors that allow it, after a pause of random length, so that those who got in each other's way do
 * not meet again. The last error is thrown; a signal ends the pauses.
 */
export async function retrying<T>(
  work: () => Promise<T>,
  { attempts = 5, backoff = 20, maxBackoff = 2000 }: RetryOptions,
  signal?: AbortSignal,
): Promise<T> {
  if (!Number.isInteger(attempts) || attempts < 1) {
    throw new ArgumentError(`retry.attempts is a whole number from 1, not ${attempts}.`);
  }
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= attempts || !isRetryable(error)) throw error;
    }
    await pause(Math.random() * Math.min(maxBackoff, backoff * 2 ** (attempt - 1)), signal);
  }
}

/** The layers above may have wrapped it. */
function isRetryable(error: unknown): boolean {
  if (error instanceof DBAPIError || error instanceof StaleDataError) return error.retryable;
  return error instanceof Error && error.cause !== undefined && isRetryable(error.cause);
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", abort, { once: true });
    if (signal?.aborted === true) abort();
  });
}
