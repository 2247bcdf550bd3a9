import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Expression } from "../../src/sql/expression/expression.ts";
import { insert, select } from "../support/core.ts";
import { expectedValues, expectSame } from "../support/random/compare.ts";
import { build, expressionsOf, kinds } from "../support/random/expressions.ts";
import { runs, seed } from "../support/random/runs.ts";
import { rows, things, thingsMetadata } from "../support/random/things.ts";
import { sqliteWorld } from "../support/random/world.ts";
import { databaseWith, ddlOf } from "../support/sqlite-ddl.ts";
import { execute } from "../support/sqlite-statements.ts";

const expressions = expressionsOf(sqliteWorld);
let database: ReturnType<typeof databaseWith>;
beforeAll(() => {
  database = databaseWith(ddlOf(thingsMetadata));
  execute(database, insert(things).values(rows));
});
afterAll(() => database.close());

describe(`random expressions (seed ${seed})`, () => {
  test.each(kinds)("of %s answer on SQLite what they mean", (kind) => {
    fc.assert(
      fc.property(expressions[kind], (ast) => {
        const expected = expectedValues(ast, sqliteWorld);
        fc.pre(expected !== null);
        const found = execute(database, select(build(ast).label("x")).selectFrom(things).orderBy(things.c.id));
        expectSame(
          found.rows.map(([value]) => value),
          expected,
        );
      }),
      runs(10_000),
    );
  });

  test("decide as conditions, too", () => {
    fc.assert(
      fc.property(expressions.boolean, (ast) => {
        const expected = expectedValues(ast, sqliteWorld);
        fc.pre(expected !== null);
        const condition = build(ast) as Expression<boolean | null, string>;
        const found = execute(database, select(things.c.id).where(condition).orderBy(things.c.id));
        expect(found.rows).toEqual(rows.filter((_, i) => expected?.[i] === true).map(({ id }) => [id]));
      }),
      runs(10_000),
    );
  });
});
