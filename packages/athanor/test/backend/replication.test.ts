// A primary and its replica, both real: sessions write to the one and read from the other, also when the primary is lost
// and the replica takes its place.
import { boolean, createEngine, type Engine, func, integer, literal, OperationalError, select, sqlText } from "athanor";
import { declarativeBase, map, replicated, type SessionMaker, sessionmaker } from "athanor/orm";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { describeWithPrograms, OwnPostgresql } from "../support/own-server.ts";

const Base = declarativeBase();
class Entry extends Base.model("entries", { id: integer().primaryKey() }) {
  static {
    map(this);
  }
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describeWithPrograms("replication", ["initdb", "pg_ctl", "pg_basebackup"], () => {
  let first: OwnPostgresql;
  let second: OwnPostgresql;
  let engines: readonly [Engine, Engine];
  let sessions: SessionMaker;

  beforeAll(async () => {
    first = await OwnPostgresql.start();
    second = await OwnPostgresql.startReplica(first);
    const options = { poolSize: 5, maxOverflow: 0, poolPrePing: true };
    const primary = createEngine(first.url("pg"), options);
    const replica = createEngine(second.url("pg"), options);
    engines = [primary, replica];
    await Base.metadata.createAll(primary);
    // From now on a commit is acknowledged when the replica has it, too.
    await using connection = await primary.executionOptions({ isolationLevel: "AUTOCOMMIT" }).connect();
    await connection.execute(sqlText("ALTER SYSTEM SET synchronous_standby_names = '*'"));
    await connection.execute(sqlText("ALTER SYSTEM SET synchronous_commit = 'remote_apply'"));
    await connection.execute(sqlText("SELECT pg_reload_conf()"));
    await connection.close();
    // Either may be the primary; what accepts writes is.
    sessions = sessionmaker(replicated({ primary: [primary, replica], replicas: [replica], retryAfter: 100 }));
  }, 60_000);
  afterAll(async () => {
    for (const engine of engines) await engine.dispose();
    await second[Symbol.asyncDispose]();
    await first[Symbol.asyncDispose]();
  });

  test("reads come from the replica, writes and what is read with them from the primary", async () => {
    const recovering = select(func.call("pg_is_in_recovery", boolean())).selectFrom(select(literal(1)).subquery());
    await using session = sessions();
    expect(await session.scalar(recovering)).toBe(true);
    session.add(new Entry({ id: 0 }));
    expect(await session.scalar(recovering)).toBe(false);
    await session.commit();
    expect(await sessions.begin((other) => other.scalar(recovering))).toBe(false);
  });

  test("a replica that is promoted is written to; nothing that was acknowledged is lost", async () => {
    const acknowledged: number[] = [];
    const failures: unknown[] = [];
    let next = 0;
    let isOver = false;
    const worker = async (): Promise<void> => {
      while (!isOver) {
        next += 1;
        const id = next;
        try {
          await sessions.begin((session) => session.add(new Entry({ id })));
          acknowledged.push(id);
          await using session = sessions();
          await session.scalars(select(Entry.id).where(Entry.id.eq(id))).all();
        } catch (error) {
          failures.push(error);
          await pause(10);
        }
      }
    };
    const workers = Array.from({ length: 8 }, worker);
    await vi.waitFor(() => expect(acknowledged.length).toBeGreaterThan(50), { timeout: 10_000 });
    await first.crash();
    await pause(100);
    const before = acknowledged.length;
    await second.promote();
    await vi.waitFor(() => expect(acknowledged.length).toBeGreaterThan(before + 50), { timeout: 10_000 });
    isOver = true;
    await Promise.all(workers);
    expect(failures.length).toBeGreaterThan(0);
    for (const error of failures) expect(error).toBeInstanceOf(OperationalError);
    await using session = sessions();
    const stored = new Set(await session.scalars(select(Entry.id)).all());
    expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
    await session.close();
    for (const engine of engines) expect(engine.pool).toMatchObject({ checkedOut: 0, waiting: 0 });
  }, 60_000);
});
