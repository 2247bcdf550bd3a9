import type { Readable, Writable } from "node:stream";
import type { Client } from "pg";
import type { CopyStatement } from "../dialects/postgresql/copy.ts";

// pg leaves COPY to other packages. Its queries hear of the messages, so that a query of one's own can answer them:
// https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-COPY

/** The part of pg's connection that is needed; its declarations leave it out. */
interface PgWire {
  readonly stream: Readable & Writable;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(message: string): void;
}
type Done = (error: Error | null, result: { readonly rowCount: number | null }) => void;
interface PgQuery {
  handleCopyInResponse(wire: PgWire): void;
  handleCopyData(message: { readonly chunk: Uint8Array }, wire: PgWire): void;
}
/** pg's own class: in a pipeline, it takes no other. */
export type QueryClass = new (config: { readonly text: string }, values: undefined, done: Done) => PgQuery;

export function pgCopyIn(
  Query: QueryClass,
  client: Client,
  { head, tail }: CopyStatement,
  data: AsyncIterable<Uint8Array>,
): Promise<number> {
  let isOver = false;
  /** What the source of the data has failed with; the server is told, and answers with an error of its own. */
  let failure: { readonly error: unknown } | null = null;

  async function send(wire: PgWire): Promise<void> {
    try {
      for await (const chunk of data) {
        if (isOver) return;
        wire.sendCopyFromChunk(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
        if (wire.stream.writableNeedDrain) await drained(wire.stream);
      }
      if (!isOver) wire.endCopyFrom();
    } catch (error) {
      failure = { error };
      if (!isOver) wire.sendCopyFail("The source of the data has failed.");
    }
  }

  return new Promise((resolve, reject) => {
    class CopyIn extends Query {
      override handleCopyInResponse(wire: PgWire): void {
        void send(wire);
      }
    }
    const done: Done = (error, result) => {
      isOver = true;
      if (error === null) resolve(result.rowCount ?? -1);
      else reject(failure === null ? error : failure.error);
    };
    submit(client, new CopyIn({ text: `${head} STDIN ${tail}` }, undefined, done));
  });
}

export async function* pgCopyOut(
  Query: QueryClass,
  client: Client,
  { head, tail }: CopyStatement,
): AsyncGenerator<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let wire: PgWire | null = null;
  let end: { readonly error: Error | null } | null = null;
  let wake = (): void => {};
  /** Nobody reads any more: the rest is thrown away. */
  let isAbandoned = false;

  class CopyOut extends Query {
    override handleCopyData({ chunk }: { readonly chunk: Uint8Array }, from: PgWire): void {
      if (isAbandoned) return;
      wire = from;
      chunks.push(chunk);
      if (chunks.length === mostChunks) from.stream.pause();
      wake();
    }
  }
  const done: Done = (error) => {
    end = { error };
    wake();
  };
  submit(client, new CopyOut({ text: `${head} STDOUT ${tail}` }, undefined, done));

  const more = (): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve;
    });
  const ended = (): { readonly error: Error | null } | null => end;
  const resume = (): void => void wire?.stream.resume();
  try {
    for (;;) {
      const ready = chunks.splice(0);
      resume();
      // A chunk is a row: one after the other, each would be waited for.
      if (ready.length > 0) yield Buffer.concat(ready);
      if (chunks.length > 0) continue;
      const over = ended();
      if (over?.error != null) throw over.error;
      if (over !== null) return;
      await more();
    }
  } finally {
    isAbandoned = true;
    resume();
    while (ended() === null) await more();
  }
}

/** Chunks, a row each, that wait to be read before the server is made to wait. */
const mostChunks = 1000;

function submit(client: Client, query: PgQuery): void {
  (client.query as unknown as (query: PgQuery) => void).call(client, query);
}

/** A connection that breaks while it is waited for drains no more. */
function drained(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off("drain", done);
      stream.off("close", done);
      resolve();
    };
    stream.once("drain", done);
    stream.once("close", done);
  });
}
