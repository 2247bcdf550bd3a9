import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import type { DriverEntry } from "../../../src/engine/dialect.ts";
import type { Driver, DriverConnection, DriverResult, ExecuteOptions, RowStream } from "../../../src/engine/driver.ts";
import type { Answer, Line, Request } from "./protocol.ts";

/**
 * A driver of a server that answers at once: a thread waits for the server, and this one waits for the thread. So what is
 * written for synchronous sessions is tested on servers, too.
 */
export function blockingDriver(entry: DriverEntry): DriverEntry {
  return {
    ...entry,
    synchronous: true,
    load(url) {
      const thread = threadFor(entry.name);
      const args = [url.render({ hidePassword: false })];
      const driver = valueOf(thread.ask({ connection: null, method: "load", args }));
      return {
        name: entry.name,
        synchronous: true,
        connect: () => {
          const id = valueOf(thread.ask({ connection: null, method: "connect", args: [driver] }));
          return new BlockingConnection(thread, id as number);
        },
      } satisfies Driver;
    },
  };
}

const threads = new Map<string, Thread>();
function threadFor(driver: string): Thread {
  const known = threads.get(driver) ?? new Thread(driver);
  threads.set(driver, known);
  return known;
}

class Thread {
  readonly #signal = new SharedArrayBuffer(4);
  readonly #flag = new Int32Array(this.#signal);
  readonly #port: MessagePort;

  constructor(driver: string) {
    const { port1, port2 } = new MessageChannel();
    const workerData: Line = { port: port2, signal: this.#signal, driver };
    const worker = new Worker(new URL("./thread.ts", import.meta.url), { workerData, transferList: [port2] });
    this.#port = port1;
    // They keep no process alive.
    worker.unref();
    port1.unref();
  }
  ask(request: Request): Answer {
    Atomics.store(this.#flag, 0, 0);
    this.#port.postMessage(request);
    // The thread may wake this one for an answer that it has had already.
    while (Atomics.load(this.#flag, 0) === 0) Atomics.wait(this.#flag, 0, 0);
    return receiveMessageOnPort(this.#port)?.message as Answer;
  }
}

/** What was answered; throws what the driver has thrown. */
function valueOf({ value, error }: Answer): unknown {
  if (error === undefined) return value;
  const { name, message, fields } = error;
  throw Object.assign(new Error(message), { name }, fields);
}

class BlockingConnection implements DriverConnection {
  readonly raw: null = null;
  inTransaction = false;
  readonly #thread: Thread;
  readonly #id: number;

  constructor(thread: Thread, id: number) {
    this.#thread = thread;
    this.#id = id;
  }
  #ask<T>(method: Request["method"], ...args: readonly unknown[]): T {
    const answer = this.#thread.ask({ connection: this.#id, method, args });
    this.inTransaction = answer.inTransaction;
    return valueOf(answer) as T;
  }
  execute(sql: string, parameters: readonly unknown[], options: ExecuteOptions): DriverResult {
    return this.#ask("execute", sql, parameters, options);
  }
  executeMany(sql: string, parameterSets: readonly (readonly unknown[])[], options: ExecuteOptions) {
    return this.#ask<Awaited<ReturnType<DriverConnection["executeMany"]>>>("executeMany", sql, parameterSets, options);
  }
  stream(sql: string, parameters: readonly unknown[], options: ExecuteOptions): RowStream {
    const { columns, rows, typeCodes } = this.execute(sql, parameters, options);
    return {
      columns,
      ...(typeCodes === undefined ? {} : { typeCodes }),
      next: (size) => rows.splice(0, size),
      close: () => {},
    };
  }
  run(sql: string): void {
    this.#ask("run", sql);
  }
  close(): void {
    this.#ask("close");
  }
}
