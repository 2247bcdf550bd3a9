// Random graphs of objects, changed in random ways, end in the same rows as a simple model of them. A run of the suite plays
// a few of them; the large one, 10,000 on SQLite and 1,000 on each server:
//   ATHANOR_RUNS=10000 vitest run packages/athanor/test/orm/graphs.property.test.ts -t "sqlite/node:sqlite"
//   ATHANOR_RUNS=1000 vitest run packages/athanor/test/orm/graphs.property.test.ts -t "postgresql/pg |mariadb/mysql2"

import { createEngine } from "athanor";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { forEachDatabase } from "../support/databases.ts";
import { ConcurrentBase, clearConcurrent, concurrentRows, concurrentWork, Rivals } from "./graphs/concurrent.ts";
import { clearKeys, KeysBase, keyQueries, keyWork, Registrar } from "./graphs/keys.ts";
import { work } from "./graphs/operations.ts";
import { Player } from "./graphs/player.ts";
import { type Playground, playground } from "./graphs/session-face.ts";
import { rowQueries, rowsOfWorld } from "./graphs/world.ts";

/** The same work each time; `ATHANOR_SEED` chooses other work. */
const seed = Number(process.env["ATHANOR_SEED"] ?? 20_250_131);
const chosenRuns = process.env["ATHANOR_RUNS"];

forEachDatabase((database) => {
  // Between a server and the test is a socket.
  const runs = Number(chosenRuns ?? (database.synchronous ? 1000 : 100));
  const kinds = database.synchronous ? ["asynchronous", "synchronous"] : ["asynchronous"];
  describe.each(kinds)("%s sessions", (kind) => {
    let ground: Playground;
    beforeEach(async () => {
      // An orphan that was never inserted may still be in the collection of a tag: the library says so each time.
      vi.spyOn(process, "emitWarning").mockImplementation(() => {});
      ground = await playground(database.url, kind === "synchronous");
    });
    afterEach(async () => {
      vi.restoreAllMocks();
      await ground.dispose();
    });

    test(`write what a simple model predicts (${runs} graphs, seed ${seed})`, { timeout: 3_600_000 }, async () => {
      await fc.assert(
        fc.asyncProperty(work, async (operations) => {
          const player = new Player(ground);
          try {
            await ground.run(() => player.play(operations));
            for (const [table, expected] of Object.entries(rowsOfWorld(player.world))) {
              expect(await ground.rows(rowQueries[table] ?? ""), table).toEqual(expected);
            }
          } finally {
            await ground.clear();
          }
        }),
        { seed, numRuns: runs },
      );
    });
  });

  test(`two sessions write in turn, and who comes too late is told (${runs} graphs, seed ${seed})`, {
    timeout: 3_600_000,
  }, async () => {
    const engine = createEngine(database.sharedUrl);
    await ConcurrentBase.metadata.createAll(engine);
    let stale = 0;
    await fc.assert(
      fc.asyncProperty(concurrentWork, async (steps) => {
        const rivals = new Rivals(engine);
        try {
          await rivals.play(steps);
          await using connection = await engine.connect();
          const rows = [...(await connection.execDriverSql(concurrentRows))].map((row) => [...row]);
          expect(rows).toEqual(rivals.expectedRows());
        } finally {
          stale += rivals.stale;
          await engine.begin(async (connection) => {
            for (const sql of clearConcurrent) await connection.execDriverSql(sql);
          });
        }
      }),
      { seed, numRuns: runs },
    );
    expect(stale).toBeGreaterThan(runs / 10);
    await engine.dispose();
  });

  test(`keys and unique values change as a simple model predicts (${runs} graphs, seed ${seed})`, {
    timeout: 3_600_000,
  }, async () => {
    const engine = createEngine(database.sharedUrl);
    await KeysBase.metadata.createAll(engine);
    await fc.assert(
      fc.asyncProperty(keyWork, async (steps) => {
        const registrar = new Registrar(engine);
        try {
          await registrar.play(steps);
          await using connection = await engine.connect();
          for (const [name, expected] of Object.entries(registrar.expectedRows())) {
            const rows = [...(await connection.execDriverSql(keyQueries[name] ?? ""))].map((row) => [...row]);
            expect(rows, name).toEqual(expected);
          }
        } finally {
          await engine.begin(async (connection) => {
            for (const sql of clearKeys) await connection.execDriverSql(sql);
          });
        }
      }),
      { seed, numRuns: runs },
    );
    await engine.dispose();
  });
});
