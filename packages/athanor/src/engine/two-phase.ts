import { ArgumentError } from "../errors/errors.ts";
import type { Task } from "../util/task.ts";
import type { ConnectionCore } from "./connection-core.ts";

/** An identifier that nobody else has, for a transaction whose caller has none. */
export function newXid(): string {
  return `athanor_${crypto.randomUUID()}`;
}

/** It is written into statements where no parameter can stand; databases take up to 64 bytes of it, or 200. */
export function checkedXid(xid: string): string {
  if (/^[\w.:-]{1,64}$/.test(xid)) return xid;
  throw new ArgumentError(
    `${JSON.stringify(xid)} cannot identify a transaction: up to 64 letters, digits and . : _ - are possible.`,
  );
}

export function recoverTwophase(core: ConnectionCore): Task<readonly string[]> {
  const { twoPhase } = core;
  return core.outside((connection) => twoPhase.recover(connection));
}

/** Decides upon a transaction that was prepared, perhaps by another connection. */
export function decideTwophase(core: ConnectionCore, xid: string, decision: "commit" | "rollback"): Task<void> {
  const { twoPhase, engine } = core;
  return core.outside(function* (connection) {
    checkedXid(xid);
    // MySQL takes it for a part of a transaction, and refuses it, unless statements are committed one by one.
    yield* engine.dialect.begin(connection, "AUTOCOMMIT");
    yield* twoPhase[decision](connection, xid, true);
  });
}
