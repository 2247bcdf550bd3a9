/** What handlers of pool events may note about a connection. */
export interface ConnectionRecord {
  /** Notes that last as long as the driver's connection: a new one begins without them. */
  readonly info: Record<string, unknown>;
  /** Notes that last as long as the place in the pool, whatever connection is in it. */
  readonly recordInfo: Record<string, unknown>;
}

/** A place in a pool, with the connection that is in it at the time. */
export class PoolRecord<C> implements ConnectionRecord {
  /** Null before it is opened, and after it was invalidated: the next user of the place opens another. */
  connection: C | null = null;
  info: Record<string, unknown> = {};
  readonly recordInfo: Record<string, unknown> = {};
  openedAt = 0;
  /** Of which generation the connection is; an older one is replaced when it is next asked for. */
  generation = 0;
  /** Softly invalidated: of use until it comes back. */
  stale = false;
  /** Somebody has worked with the driver's connection behind the pool's back, so that it is reset whatever it seems to be. */
  touched = false;
  /** Where its user has taken it, as lines of a stack; null where nobody asked for it. */
  place: string | null = null;
  /** Between two disposals of the pool; what outlives the pool's is closed when it comes back. */
  readonly life: number;

  constructor(life: number) {
    this.life = life;
  }
}
