import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createSyncEngine, type Executable, type SyncConnection } from "../../src/index.ts";
import { NODE } from "../../src/util/symbols.ts";
import { insert, select } from "../support/core.ts";
import { expectedEffect, expectSameRows } from "../support/random/compare.ts";
import { runs, seed } from "../support/random/runs.ts";
import { buildStatement, renewedStatement, statementsOf } from "../support/random/statements.ts";
import { rows, things, thingsMetadata } from "../support/random/things.ts";
import { sqliteWorld } from "../support/random/world.ts";
import { compile } from "../support/sqlite-statements.ts";

const statements = statementsOf(sqliteWorld);

/** Everything that makes one compiled statement differ from another. */
function signature(built: unknown): string {
  const { statement: compiled } = compile(built);
  const slots = compiled.slots.map(({ type, source, expand }) => [type.key, source.kind, expand === null]);
  return JSON.stringify([compiled.texts, slots, compiled.columns.map(({ key, type }) => [key, type.key])]);
}

describe(`cache keys of random statements (seed ${seed})`, () => {
  test("are the same for the same statement with other values, and differ for any other structure", {
    timeout: 120_000,
  }, () => {
    const { numRuns } = runs(100_000);
    const byKey = new Map<string, string>();
    const bySignature = new Map<string, Set<string>>();
    for (const random of fc.sample(statements, { numRuns, seed })) {
      const built = buildStatement(random);
      const copy = buildStatement(renewedStatement(random));
      const { text: key, binds } = built.$key;
      if (copy.$key.text !== key || copy.$key.binds.length !== binds.length) {
        expect(copy.$key.text, JSON.stringify(random)).toBe(key);
        expect(copy.$key.binds.length).toBe(binds.length);
      }
      const own = signature(built);
      // Of all pairs, those with equal keys are the ones that must be alike; the rest is apart already.
      const known = byKey.get(key) ?? own;
      if (known !== own) expect(own, JSON.stringify(random)).toBe(known);
      byKey.set(key, own);
      const keys = bySignature.get(own) ?? new Set();
      bySignature.set(own, keys.add(key));
    }
    expect((byKey.size * (byKey.size - 1)) / 2).toBeGreaterThan(numRuns);
    // The other way round nothing is promised, but a cache lives from it.
    const doubled = [...bySignature.values()].filter((keys) => keys.size > 1).length;
    expect(doubled / bySignature.size).toBeLessThan(0.05);
  });

  test("are drawn alike where no code may be generated", async () => {
    const keysWith = async (canGenerateCode: boolean) => {
      vi.doMock("../../src/util/code-generation.ts", async (original) => ({
        ...(await original<object>()),
        canGenerateCode,
      }));
      vi.resetModules();
      const { cacheKey } = await import("../../src/sql/traverse/cache-key.ts");
      vi.doUnmock("../../src/util/code-generation.ts");
      return cacheKey;
    };
    const [generated, plain] = [await keysWith(true), await keysWith(false)];
    // Few enough that no structure is forgotten.
    const keys = fc.sample(statements, { numRuns: 3000, seed }).map((random) => {
      const node = buildStatement(random)[NODE];
      const [one, two] = [generated(node), plain(node)];
      expect(two.binds).toEqual(one.binds);
      return [one.text, two.text] as const;
    });
    const pairs = new Set(keys.map((pair) => pair.join()));
    expect(pairs.size).toBe(new Set(keys.map(([one]) => one)).size);
    expect(pairs.size).toBe(new Set(keys.map(([, two]) => two)).size);
  });
});

describe(`random statements (seed ${seed})`, () => {
  const engine = createSyncEngine("sqlite:///:memory:");
  let connection: SyncConnection;
  beforeAll(() => {
    connection = engine.connect();
    thingsMetadata.createAll(connection);
    connection.execute(insert(things).values(rows));
    connection.commit();
  });
  afterAll(() => {
    connection.close();
    engine.dispose();
  });

  test("give right results from one cache entry, whatever their values", () => {
    const plain = statements.map((random) => ({ ...random, limit: null, offset: null, distinct: false }));
    fc.assert(
      fc.property(plain, (random) => {
        for (const each of [random, renewedStatement(random)]) {
          const expected = expectedEffect(each, sqliteWorld);
          if (expected === null) continue;
          try {
            const result = connection.execute(buildStatement(each) as Executable<readonly unknown[], object, unknown>);
            expectSameRows(result.returnsRows ? result.all() : [], expected.rows);
            const { id, i, j, f, s, t, b } = things.c;
            expectSameRows(
              connection.execute(select(id, i, j, f, s, t, b)).all(),
              expected.after.map((row) => [row.id, row.i, row.j, row.f, row.s, row.t, row.b]),
            );
          } finally {
            connection.rollback();
          }
        }
      }),
      runs(10_000),
    );
  });
});
