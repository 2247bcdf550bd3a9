/** How a pool keeps connections; durations are in milliseconds. */
export interface PoolOptions {
  /** Connections that are kept. Default 5. */
  readonly size: number;
  /** Connections beyond that, closed when they come back; -1 for no limit. Default 10. */
  readonly maxOverflow: number;
  /** How long to wait for a connection. Default 30,000. */
  readonly timeout: number;
  /** Age after which a connection is replaced; -1 for never, the default. */
  readonly recycle: number;
  /** Test a connection before it is handed out. Default false. */
  readonly prePing: boolean;
  /** Hand out the connection that came back last. Default false: the one that came back first. */
  readonly lifo: boolean;
  /** Refuse a second user at once, and say so, where others wait. Default false. */
  readonly exclusive: boolean;
  /** The database lives in its connection, and there is no other way to it. Default false. */
  readonly isStatic: boolean;
}

/**
 * `queue` keeps up to `poolSize` connections, opens more when they are needed, and lets others wait in line. `static` has
 * one connection for ever, and everybody takes turns. `null` keeps none. `assertion` has one, and refuses whoever asks for
 * it while it is out: it finds code that takes two.
 */
export type PoolKind = "queue" | "static" | "null" | "assertion";

/** What each kind fixes, whatever else is asked for. */
export const poolKinds: Readonly<Record<PoolKind, Partial<PoolOptions>>> = {
  queue: {},
  static: { size: 1, maxOverflow: 0, recycle: -1, isStatic: true },
  null: { size: 0, maxOverflow: -1 },
  assertion: { size: 1, maxOverflow: 0, exclusive: true },
};
