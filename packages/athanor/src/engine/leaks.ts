import type { Pool } from "../pool/pool.ts";
import type { PoolRecord } from "../pool/pool-record.ts";
import { runAsync } from "../util/task.ts";
import { warn } from "../util/warn.ts";
import type { DriverConnection } from "./driver.ts";
import type { Url } from "./url.ts";

/** A connection that is in somebody's hands. It must not lead to the object that is watched. */
export interface Lent {
  readonly pool: Pool<DriverConnection>;
  readonly record: PoolRecord<DriverConnection>;
  /** The engine's URL, which shows no password. */
  readonly url: Url;
  /** A connection that answers at once can be brought back in order; of another nobody knows what it is doing. */
  readonly synchronous: boolean;
}

const watched = /* @__PURE__ */ new FinalizationRegistry<Lent>(takeBack);

/** From now on, `holder` has a connection; if it vanishes without having given it back, the pool gets it all the same. */
export function watch(holder: object, lent: Lent): void {
  watched.register(holder, lent, lent.record);
}

export function unwatch(record: PoolRecord<DriverConnection>): void {
  watched.unregister(record);
}

/** @internal What happens to a connection that nobody can close any more. */
export function takeBack({ pool, record, url, synchronous }: Lent): void {
  const { place } = record;
  const where =
    place === null ? " createEngine(…, { poolTraceCheckouts: true }) tells where." : ` It was taken:\n${place}`;
  warn(
    `A connection of Engine(${url}) was garbage-collected before it was closed, and has gone back to its pool. ` +
      `Close it, or take it with "await using".${where}`,
  );
  if (!synchronous) pool.invalidate(record);
  runAsync(pool.release(record)).catch(ignore);
}

function ignore(): void {}
