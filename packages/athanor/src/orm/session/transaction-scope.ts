import type { Scope } from "../../engine/transaction.ts";
import { InvalidRequestError } from "../../errors/errors.ts";
import type { Task } from "../../util/task.ts";
import type { SessionCore } from "./session-core.ts";
import type { SessionTransaction } from "./session-transaction.ts";

/** A session's transaction or savepoint as a program holds it in hand. */
function scopeOf(core: SessionCore, transaction: SessionTransaction): Scope {
  const { nested } = transaction;
  return {
    isActive: () => core.isUnderWay(transaction),
    commit: () => (nested ? core.releaseNested(transaction) : core.commit()),
    rollback: () => (nested ? core.rollbackNested(transaction) : core.rollback()),
  };
}

/** Begins a transaction where none is under way. */
export function begin(core: SessionCore): Scope {
  if (core.transaction !== null) {
    throw new InvalidRequestError("A transaction is under way in this session already; commit or roll back first.");
  }
  return scopeOf(core, core.beginTransaction(true));
}

export function* beginNested(core: SessionCore): Task<Scope> {
  return scopeOf(core, yield* core.beginNested());
}

/** The transaction that is under way, without its savepoints. */
export function outermost(core: SessionCore): Scope | null {
  let { transaction } = core;
  while (transaction !== null && transaction.parent !== null) transaction = transaction.parent;
  return transaction === null ? null : scopeOf(core, transaction);
}

/** The savepoint that is under way. */
export function innermost(core: SessionCore): Scope | null {
  const { transaction } = core;
  return transaction?.nested === true ? scopeOf(core, transaction) : null;
}
