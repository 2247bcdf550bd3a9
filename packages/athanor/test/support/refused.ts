import { AthanorError } from "athanor";
import { expect } from "vitest";

type ErrorClass = abstract new (...args: never) => Error;

/**
 * Expects work to be refused with an error of this class whose message has all of these parts: the user's own names, and
 * what to write instead.
 */
export async function refused(
  work: () => unknown,
  type: ErrorClass,
  ...parts: readonly (string | RegExp)[]
): Promise<void> {
  const error = await failureOf(work);
  expect(error).toBeInstanceOf(type);
  expect(error).toBeInstanceOf(AthanorError);
  for (const part of parts) {
    if (typeof part === "string") expect(messageOf(error)).toContain(part);
    else expect(messageOf(error)).toMatch(part);
  }
  if (process.env["ATHANOR_SHOW_MESSAGES"]) console.log(messageOf(error));
}

async function failureOf(work: () => unknown): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  return expect.unreachable("This was not refused");
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
