import { type Connection, createEngine, type Engine, insert, select, sqlText } from "athanor";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forEachDatabase } from "../support/databases.ts";
import { expectedValues, expectSame } from "../support/random/compare.ts";
import { build, expressionsOf, kinds } from "../support/random/expressions.ts";
import type { Truths } from "../support/random/operator.ts";
import { runs, seed } from "../support/random/runs.ts";
import { rows, things, thingsMetadata } from "../support/random/things.ts";
import { mariadbWorld, postgresqlWorld, sqliteWorld, type World } from "../support/random/world.ts";

const worlds: Readonly<Record<string, World>> = {
  postgresql: postgresqlWorld,
  mysql: mariadbWorld,
};
/** So that texts are compared by their characters' numbers, as on the other databases. */
const collations: Readonly<Record<string, readonly string[]>> = {
  mysql: ["ALTER DATABASE COLLATE = utf8mb4_nopad_bin", "SET NAMES utf8mb4 COLLATE utf8mb4_nopad_bin"],
};

forEachDatabase((database) => {
  const world = worlds[database.dialect] ?? sqliteWorld;
  const expressions = expressionsOf(world);

  describe(`random expressions (seed ${seed})`, () => {
    let engine: Engine;
    let connection: Connection;
    beforeEach(async () => {
      engine = createEngine(database.url);
      connection = await engine.connect();
      for (const statement of collations[database.dialect] ?? []) await connection.execute(sqlText(statement));
      await thingsMetadata.createAll(connection);
      await connection.execute(insert(things).values(rows));
      await connection.commit();
    });
    afterEach(async () => {
      await connection.close();
      await engine.dispose();
    });

    /** After an error, the transaction would take nothing more. */
    const inTransaction = async <T>(work: () => Promise<T>): Promise<T> => {
      try {
        return await work();
      } finally {
        await connection.rollback();
      }
    };

    // Several at once save round trips.
    test.each(kinds)("of %s answer what they mean", { timeout: 120_000 }, async (kind) => {
      await fc.assert(
        fc.asyncProperty(fc.array(expressions[kind], { minLength: 1, maxLength: 8 }), async (asts) => {
          const specified = asts.flatMap((ast) => {
            const expected = expectedValues(ast, world);
            return expected === null ? [] : [{ ast, expected }];
          });
          const columns = specified.map(({ ast }, i) => build(ast).label(`x${i}`));
          const query = select(things.c.id, ...columns).orderBy(things.c.id);
          const found = await inTransaction(() => connection.execute(query).all());
          for (const [i, { expected }] of specified.entries()) {
            expectSame(
              found.map((row) => row[i + 1]),
              expected,
            );
          }
        }),
        { ...runs(500), interruptAfterTimeLimit: 60_000 },
      );
    });

    test("decide as conditions, too", { timeout: 120_000 }, async () => {
      await fc.assert(
        fc.asyncProperty(expressions.boolean, async (ast) => {
          const expected = expectedValues(ast, world);
          fc.pre(expected !== null);
          const query = select(things.c.id)
            .where(build(ast) as Truths)
            .orderBy(things.c.id);
          const ids = rows.filter((_, i) => expected?.[i] === true).map(({ id }) => id);
          expect(await inTransaction(() => connection.scalars(query).all())).toEqual(ids);
        }),
        { ...runs(1000), interruptAfterTimeLimit: 60_000 },
      );
    });
  });
});
