import { snakeCase } from "../util/snake-case.ts";

export interface AthanorErrorOptions {
  /** A more specific code than that of the class. */
  readonly code?: string;
  /** What led to this error. */
  readonly cause?: unknown;
}

/** The root of everything that the library throws. */
export class AthanorError extends Error {
  /** Stable across versions, and what to search for: the class's name as in `integrity-error`, or something narrower. */
  readonly code: string;

  constructor(message: string, options: AthanorErrorOptions = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.code = options.code ?? snakeCase(this.name).replaceAll("_", "-");
  }

  // A literal, because minifiers rename classes; a getter, because it must be there when the stack is captured.
  override get name(): string {
    return "AthanorError";
  }
}
