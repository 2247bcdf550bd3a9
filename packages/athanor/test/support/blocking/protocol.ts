import type { MessagePort } from "node:worker_threads";

/** What is asked of the thread that waits for the server. */
export interface Request {
  readonly connection: number | null;
  readonly method: "load" | "connect" | "execute" | "executeMany" | "run" | "close";
  readonly args: readonly unknown[];
}

/** What it answers. */
export interface Answer {
  readonly value?: unknown;
  /** An error without its class, which does not travel. */
  readonly error?: {
    readonly name: string;
    readonly message: string;
    readonly fields: Readonly<Record<string, unknown>>;
  };
  readonly inTransaction: boolean;
}

/** Where the thread is asked, and where it says that an answer is there. */
export interface Line {
  readonly port: MessagePort;
  readonly signal: SharedArrayBuffer;
  readonly driver: string;
}
