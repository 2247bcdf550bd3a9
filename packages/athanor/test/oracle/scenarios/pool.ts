import { type EngineEvents, insert, listen, type SyncEngine, sqlText } from "athanor";
import { snakeCase } from "../../../src/util/snake-case.ts";
import { archive } from "../models/core.ts";
import type { ScenarioArea } from "../scenario-case.ts";
import type { Outcome } from "../trace.ts";

const one = sqlText("select 1");

const poolEvents = [
  "firstConnect",
  "connect",
  "checkout",
  "checkin",
  "reset",
  "invalidate",
  "softInvalidate",
  "close",
  "detach",
  "closeDetached",
] as const satisfies readonly (keyof EngineEvents)[];

/** The events of a pool, by SQLAlchemy's names, as they happen. */
function logPool(engine: SyncEngine): string[] {
  const log: string[] = [];
  for (const event of poolEvents) {
    listen(engine, event, () => {
      log.push(snakeCase(event));
    });
  }
  return log;
}

export const pool: ScenarioArea = {
  name: "pool",
  scenarios: {
    "pool/events": (t) => {
      const engine = t.quiet(() => t.newEngine({ pool: "queue", poolSize: 1 }));
      const log = logPool(engine);
      {
        using connection = engine.connect();
        connection.execute(one);
      }
      log.push("--");
      {
        using connection = engine.connect();
        connection.commit();
      }
      log.push("--");
      engine.begin((connection) => connection.execute(one));
      log.push("--dispose");
      engine.dispose();
      log.push("--after");
      engine.connect().close();
      t.fact("log", log);
    },

    "pool/reset-on-return": (t) => {
      t.fixture();
      const engine = t.quiet(() => t.newEngine({ pool: "queue", poolSize: 1 }));
      const connection = engine.connect();
      connection.execute(insert(archive).values({ id: 50 }));
      connection.close();
      t.fact("rows", t.rows("select count(*) from archive"));
      const raw = engine.rawConnection();
      (raw.driverConnection as { exec(sql: string): void }).exec("select 1");
      raw.close();
      t.fact("checked in", engine.pool.idle);
    },

    "pool/no-pre-ping": (t) => {
      const engine = t.quiet(() => t.newEngine({ pool: "queue", poolSize: 1 }));
      const raw = engine.rawConnection();
      const driver = raw.driverConnection as { close(): void };
      raw.close();
      driver.close();
      {
        using connection = engine.connect();
        t.raises("first", () => connection.execute(one));
        const { error } = t.facts.get("first") as Outcome;
        t.fact("connection_invalidated", Reflect.get(error as object, "connectionInvalidated"));
      }
      using connection = engine.connect();
      t.raises("second", () => connection.execute(one).scalar());
    },

    "pool/recycle": (t) => {
      const engine = t.quiet(() => t.newEngine({ pool: "queue", poolSize: 1, poolRecycle: 60_000 }));
      const log = logPool(engine);
      engine.connect().close();
      const connection = engine.connect();
      connection.$core.record.openedAt -= 120_000;
      connection.close();
      log.push("--");
      engine.connect().close();
      t.fact("log", log);
    },

    "pool/lifo": (t) => {
      const reused = [false, true].map((poolUseLifo) => {
        const engine = t.quiet(() => t.newEngine({ pool: "queue", poolSize: 3, poolUseLifo }));
        const raws = [engine.rawConnection(), engine.rawConnection(), engine.rawConnection()];
        const drivers = raws.map((raw) => raw.driverConnection);
        for (const raw of raws) raw.close();
        using again = engine.rawConnection();
        return drivers.indexOf(again.driverConnection);
      });
      t.fact("reused", { fifo: reused[0], lifo: reused[1] });
    },

    "pool/null-and-static": (t) => {
      const counts = (["null", "static"] as const).map((kind) => {
        const engine = t.quiet(() => t.newEngine({ pool: kind }));
        const log = logPool(engine);
        for (let i = 0; i < 3; i += 1) engine.connect().close();
        return [log.filter((name) => name === "connect").length, log.filter((name) => name === "close").length];
      });
      t.fact("connect/close", { null: counts[0], static: counts[1] });
    },

    "pool/detach-dispose": (t) => {
      const engine = t.quiet(() => t.newEngine({ pool: "queue", poolSize: 1, maxOverflow: 0 }));
      const connection = engine.connect();
      connection.detach();
      t.fact("free again", engine.pool.checkedOut);
      engine.connect().close();
      connection.close();
      const held = engine.connect();
      engine.dispose();
      // The engine's pool stays the same object, and begins anew.
      t.fact("new pool", engine.pool.checkedOut === 0);
      t.fact("held works", held.execute(one).scalar());
      held.close();
    },

    // faults.test.ts kills connections of servers.
    "pool/disconnect": (t) => {
      t.fact("skipped", "needs a server");
    },

    "pool/creator-and-connect-events": (t) => {
      const engine = t.quiet(() => t.newEngine({ pool: "queue", poolSize: 1, maxOverflow: 5 }));
      const seen: string[] = [];
      listen(engine, "doConnect", () => {
        seen.push("do_connect");
      });
      listen(engine, "connect", (_connection, { info }) => {
        seen.push("connect");
        info["k"] = 1;
      });
      const [first, second] = [engine.connect(), engine.connect()];
      t.fact("info", [first.info["k"], second.info["k"]]);
      first.close();
      second.close();
      t.fact("seen", seen);
    },
  },
  deviations: {
    "pool/no-pre-ping": {
      reason: "BEGIN is a statement of its own, and the first to meet the dead connection",
      transactions: { BEGIN: 2, ROLLBACK: 1 },
    },
  },
};
