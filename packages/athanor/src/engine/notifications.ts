import { InvalidRequestError } from "../errors/errors.ts";
import { NotSupportedError } from "../errors/statement-errors.ts";
import { runAsync } from "../util/task.ts";
import { warn } from "../util/warn.ts";
import type { EngineCore } from "./engine-core.ts";
import { wrapError } from "./errors.ts";

/** A message that somebody has sent with NOTIFY. */
export interface Notification {
  readonly channel: string;
  /** What was sent along; empty for nothing. */
  readonly payload: string;
}

export interface ListenerOptions {
  /** Ends the listening. */
  readonly signal?: AbortSignal;
  /** The connection was lost and there is another: what was sent in between is lost. */
  readonly onReconnect?: () => void;
}

/** Pauses between attempts to connect anew, in milliseconds. */
const shortestPause = 100;
const longestPause = 5000;

type Handler = (notification: Notification) => void;

/**
 * Listens to a channel until it is closed, over a connection of its own; a connection that is lost is replaced. Messages go
 * to the handler, or to whoever iterates with `for await`.
 */
export class Subscription implements AsyncIterable<Notification>, AsyncDisposable {
  readonly channel: string;
  readonly #core: EngineCore;
  readonly #options: ListenerOptions;
  readonly #handler: Handler;
  /** Ends the listening; null while there is no connection. */
  #stop: (() => Promise<void>) | null = null;
  #closed = false;
  /** Ends the pause between two attempts. */
  #wake: (() => void) | null = null;
  readonly #messages: Notification[] = [];
  #reader: (() => void) | null = null;

  private constructor(core: EngineCore, channel: string, handler: Handler | undefined, options: ListenerOptions) {
    this.#core = core;
    this.channel = channel;
    this.#options = options;
    this.#handler = handler ?? ((message) => this.#keep(message));
  }

  /** @internal */
  static async open(
    core: EngineCore,
    channel: string,
    handler: Handler | undefined,
    options: ListenerOptions,
  ): Promise<Subscription> {
    options.signal?.throwIfAborted();
    const subscription = new Subscription(core, channel, handler, options);
    await subscription.#connect();
    options.signal?.addEventListener("abort", () => void subscription.close(), { once: true });
    return subscription;
  }

  get closed(): boolean {
    return this.#closed;
  }

  async #connect(): Promise<void> {
    const line = await runAsync(this.#core.openLine());
    const { connection } = line;
    try {
      if (connection.listen === undefined || this.#core.dialect.listens === false) {
        throw new NotSupportedError(
          `${this.#core.dialect.name} has no notifications, or its driver does not tell of them: there is nothing to listen to.`,
        );
      }
      const receive = (payload: string): void => this.#receive(payload);
      const stop = await connection.listen(this.channel, receive, () => void this.#lost());
      this.#stop = async () => {
        await stop();
        await runAsync(line.close());
      };
    } catch (error) {
      await runAsync(line.close());
      throw wrapError(error, this.#core.dialect, null, null, true);
    }
    if (this.#closed) await this.#stop();
  }

  #receive(payload: string): void {
    if (this.#closed) return;
    try {
      this.#handler({ channel: this.channel, payload });
    } catch (error) {
      warn(`A handler of the channel ${JSON.stringify(this.channel)} has failed: ${String(error)}`);
    }
  }

  async #lost(): Promise<void> {
    if (this.#closed) return;
    this.#stop = null;
    for (let pause = shortestPause; !this.#closed; pause = Math.min(pause * 2, longestPause)) {
      try {
        await this.#connect();
        if (!this.#closed) this.#options.onReconnect?.();
        return;
      } catch {
        // The server is away: it may come back.
        await this.#pause(pause);
      }
    }
  }
  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #keep(message: Notification): void {
    this.#messages.push(message);
    this.#reader?.();
  }
  /** The messages as they come, until `close()`. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Notification, void, undefined> {
    if (this.#reader !== null) throw new InvalidRequestError("Somebody reads this subscription already.");
    while (!this.#closed) {
      const message = this.#messages.shift();
      if (message !== undefined) {
        yield message;
        continue;
      }
      await new Promise<void>((resolve) => {
        this.#reader = resolve;
      });
      this.#reader = null;
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#wake?.();
    this.#reader?.();
    const stop = this.#stop;
    this.#stop = null;
    await stop?.().catch(ignore);
  }
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** What cannot be said any more to a connection that is gone need not be said. */
function ignore(): void {}
