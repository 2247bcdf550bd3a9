// A server that answers later, fails on request and notes what it is asked: for what no real one does reliably.
import { SqliteDialect } from "../../src/dialects/sqlite/dialect.ts";
import type { ErrorDetails } from "../../src/engine/dialect.ts";
import type {
  DriverBatchResult,
  DriverConnection,
  DriverResult,
  ExecuteOptions,
  RowStream,
} from "../../src/engine/driver.ts";
import { Engine } from "../../src/engine/engine.ts";
import { EngineCore } from "../../src/engine/engine-core.ts";
import { type EngineOptions, makeUrl, type Url } from "../../src/index.ts";
import { settled } from "../../src/util/task.ts";

/** An error of the server's, with what the dialect makes of it. */
export class FakeError extends Error {
  readonly details: ErrorDetails;

  constructor(message: string, details: ErrorDetails) {
    super(message);
    this.details = details;
  }
}

class FakeDialect extends SqliteDialect {
  override describeError(error: unknown): ErrorDetails | null {
    return error instanceof FakeError ? error.details : null;
  }
}

export class FakeServer {
  /** What the connections were asked, as `1 BEGIN DEFERRED`. */
  readonly log: string[] = [];
  /** Answers of the next executions, before the usual one. */
  readonly failures: FakeError[] = [];
  /** Connections that were opened and not closed. */
  readonly open = new Set<number>();
  /** A statement that is to be stopped is not. */
  deaf = false;
  readonly urls: Url[] = [];
  #opened = 0;

  engine(options: EngineOptions = {}): Engine {
    const driver = (url: Url) =>
      settled({
        name: "fake",
        synchronous: false,
        connect: async () => {
          this.urls.push(url);
          this.#opened += 1;
          this.open.add(this.#opened);
          return new FakeConnection(this, this.#opened);
        },
      });
    const parts = { url: makeUrl("sqlite://ada:secret@host/db"), dialect: new FakeDialect(), driver, options };
    return new Engine(EngineCore.create({ ...parts, synchronous: false, options: { pool: "queue", ...options } }));
  }
}

export class FakeConnection implements DriverConnection {
  readonly id: number;
  readonly raw = this;
  inTransaction = false;
  readonly #server: FakeServer;
  #stop: ((error: FakeError) => void) | null = null;

  constructor(server: FakeServer, id: number) {
    this.#server = server;
    this.id = id;
  }

  async #ask(sql: string): Promise<void> {
    this.#server.log.push(`${this.id} ${sql}`);
    await Promise.resolve();
  }
  async execute(sql: string, _parameters: readonly unknown[], _options: ExecuteOptions): Promise<DriverResult> {
    await this.#ask(sql);
    const failure = this.#server.failures.shift();
    if (failure !== undefined) throw failure;
    if (sql.includes("sleep")) {
      await new Promise((_, reject) => {
        this.#stop = reject;
      });
    }
    return { rows: [[this.id]], columns: ["id"], rowCount: 1, lastInsertId: null };
  }
  executeMany(): Promise<DriverBatchResult> {
    throw new Error("not asked for");
  }
  async stream(sql: string): Promise<RowStream> {
    await this.#ask(sql);
    let left = 3;
    return {
      columns: ["id"],
      next: async () => {
        left -= 1;
        return left < 0 ? [] : [[left]];
      },
      close: async () => {
        this.#server.log.push(`${this.id} close cursor`);
      },
    };
  }
  async run(sql: string): Promise<void> {
    await this.#ask(sql);
    if (sql.startsWith("BEGIN")) this.inTransaction = true;
    if (sql === "COMMIT" || sql === "ROLLBACK") this.inTransaction = false;
  }
  cancel(): void {
    this.#server.log.push(`${this.id} cancel`);
    if (!this.#server.deaf) this.#stop?.(new FakeError("stopped on request", { kind: "operational" }));
  }
  terminate(): void {
    this.#server.log.push(`${this.id} terminate`);
    this.#server.open.delete(this.id);
  }
  async close(): Promise<void> {
    this.#server.log.push(`${this.id} close`);
    this.#server.open.delete(this.id);
  }
}
