import type { Connection } from "../../../engine/connection.ts";
import type { ConnectionCore } from "../../../engine/connection-core.ts";
import type { SyncConnection } from "../../../engine/sync-connection.ts";
import { InvalidRequestError } from "../../../errors/errors.ts";
import type { FlushContext } from "../../mapping/mapper-events.ts";
import type { SessionCore } from "../session-core.ts";

/** The connection of a flush, for handlers that send statements of their own on it. */
export class WritingContext implements FlushContext {
  readonly #core: SessionCore;
  readonly #connection: ConnectionCore;

  constructor(core: SessionCore, connection: ConnectionCore) {
    this.#core = core;
    this.#connection = connection;
  }

  get connection(): Connection {
    if (this.#core.synchronous) throw wrong("a synchronous", "syncConnection");
    // The face of an asynchronous session's connection.
    return this.#core.connectionFace(this.#connection) as Connection;
  }
  get syncConnection(): SyncConnection {
    if (!this.#core.synchronous) throw wrong("an asynchronous", "connection");
    // The face of a synchronous session's connection.
    return this.#core.connectionFace(this.#connection) as SyncConnection;
  }
}

function wrong(colour: string, name: string): InvalidRequestError {
  return new InvalidRequestError(`This flush is that of ${colour} session: use ${name}.`);
}
