import type { Readable } from "node:stream";
import type { RowStream } from "../engine/driver.ts";

/** Rows on their way, with the names of their columns. */
export interface RowSource {
  readonly columns: readonly string[];
  /** Gives rows in the driver's form, as objects of a stream. */
  readonly readable: Readable;
  /** Brings a row into the form that rows have everywhere else. */
  convert(row: unknown[]): unknown[];
  /** Called when the last row has been read, or nobody wants the rest. */
  release(): void;
}

/**
 * Waits until the server has told the columns, or that there are none. `source` makes a source of what the driver says of
 * them; null: the statement returns no rows.
 */
export function whenOpened<F>(
  readable: Readable,
  source: (fields: readonly F[] | null) => Omit<RowSource, "readable">,
): Promise<RowSource> {
  return new Promise((resolve, reject) => {
    const opened = (fields: readonly F[] | null) => {
      readable.off("error", reject);
      readable.off("readable", withoutRows);
      resolve({ ...source(fields), readable });
    };
    const withoutRows = () => {
      readable.off("fields", withFields);
      readable.once("end", () => opened(null));
      readable.resume();
    };
    const withFields = (fields: readonly F[] | undefined) => {
      if (fields !== undefined) opened(fields);
    };
    readable.once("error", reject);
    readable.once("fields", withFields);
    readable.once("readable", withoutRows);
  });
}

/** A cursor over rows that the server sends as they are read: only a few of them wait in memory. */
export class MysqlStream implements RowStream {
  readonly columns: readonly string[];
  readonly #source: RowSource;
  readonly #open: Set<MysqlStream>;
  #drained: unknown[][] = [];
  #position = 0;
  #failure: { readonly error: unknown } | null = null;
  #ended = false;
  /** Called when there may be something to read again. */
  #wake: (() => void) | null = null;

  constructor(source: RowSource, open: Set<MysqlStream>) {
    this.columns = source.columns;
    this.#source = source;
    this.#open = open;
    open.add(this);
    if (source.readable.readableEnded) this.#end();
    source.readable.on("readable", () => this.#wakeUp());
    source.readable.on("end", () => this.#end());
    source.readable.on("error", (error) => {
      this.#failure ??= { error };
      this.#end();
    });
  }

  async next(size: number): Promise<unknown[][]> {
    const batch: unknown[][] = [];
    for (; this.#position < this.#drained.length && batch.length < size; this.#position += 1) {
      batch.push(this.#drained[this.#position] ?? []);
    }
    while (batch.length < size) {
      const row: unknown = this.#ended ? null : this.#source.readable.read();
      if (row !== null) batch.push(this.#source.convert(row as unknown[]));
      else if (this.#ended || batch.length > 0) break;
      else await this.#more();
    }
    if (batch.length === 0 && this.#failure !== null) {
      const { error } = this.#failure;
      this.#failure = null;
      throw error;
    }
    return batch;
  }

  /** Reads what is left, for later. What fails now is told when the reader comes to it. */
  async drain(): Promise<void> {
    const rest: unknown[][] = this.#drained.slice(this.#position);
    this.#drained = [];
    this.#position = 0;
    while (!this.#ended) {
      const row: unknown = this.#source.readable.read();
      if (row !== null) rest.push(this.#source.convert(row as unknown[]));
      else await this.#more();
    }
    this.#drained = rest;
  }

  /** The server has no way to be told to stop: the rest is read and thrown away. */
  async close(): Promise<void> {
    while (!this.#ended) if (this.#source.readable.read() === null) await this.#more();
    this.#drained = [];
    this.#failure = null;
  }

  #more(): Promise<void> {
    if (this.#ended) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
  #wakeUp(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }
  #end(): void {
    if (!this.#ended) this.#source.release();
    this.#ended = true;
    this.#open.delete(this);
    this.#wakeUp();
  }
}
