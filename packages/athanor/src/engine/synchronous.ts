import { AwaitRequired } from "../errors/errors.ts";

/** For `runSync`: something answered with a promise where an answer was needed at once. */
export function notSynchronous(): Error {
  return new AwaitRequired(
    "The driver answers with a promise, and a synchronous engine cannot wait for it. Use createEngine() and an asynchronous session.",
  );
}
