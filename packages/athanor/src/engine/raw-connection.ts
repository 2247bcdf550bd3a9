import { ResourceClosedError } from "../errors/errors.ts";
import { type Awaitable, runAsync, runSync, type Task } from "../util/task.ts";
import type { ConnectionCore } from "./connection-core.ts";
import { notSynchronous } from "./synchronous.ts";

/** What both faces of a raw connection do. */
abstract class RawBase {
  /** @internal */
  protected readonly core: ConnectionCore;

  /** @internal */
  constructor(core: ConnectionCore) {
    this.core = core;
    core.record.touched = true;
  }

  /** The driver's own object. Throws ResourceClosedError after `close`. */
  get driverConnection(): unknown {
    const { connection } = this.core.record;
    if (connection !== null) return connection.raw;
    throw new ResourceClosedError("This connection was invalidated. Take another one with engine.rawConnection().");
  }
  /** Notes that last as long as the driver's connection. */
  get info(): Record<string, unknown> {
    return this.core.record.info;
  }
  get closed(): boolean {
    return this.core.closed;
  }
  /** Gives the driver's connection up: the pool opens another in its place. `soft`: when it has come back. */
  invalidate(options: { readonly soft?: boolean } = {}): void {
    this.core.invalidate(options);
  }
  protected run<T>(task: Task<T>): Awaitable<T> {
    return this.core.engine.synchronous ? runSync(task, notSynchronous) : runAsync(task);
  }
}

/** A driver's connection out of the pool, without transactions, conversions or errors of the library. */
export class RawConnection extends RawBase implements AsyncDisposable {
  /** Takes it out of the pool: it ends when it is closed. */
  async detach(): Promise<void> {
    await this.run(this.core.detach());
  }
  /** Gives it back to the pool, which rolls back what is not committed. */
  async close(): Promise<void> {
    await this.run(this.core.close());
  }
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** The same for drivers that answer at once. */
export class SyncRawConnection extends RawBase implements Disposable {
  detach(): void {
    this.run(this.core.detach());
  }
  close(): void {
    this.run(this.core.close());
  }
  [Symbol.dispose](): void {
    this.close();
  }
}
