import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkStatement } from "./check-statement.ts";
import { type OracleDialect, oracleDialects } from "./dialects.ts";
import { casesOf } from "./expressions.ts";
import { type FixtureDatabase, fixtureDatabaseOn } from "./fixture.ts";
import { type Area, deviationOf } from "./statement-case.ts";

/** Declares the tests of areas on every dialect, and says at the end how many cases there were. */
export function testAreas(areas: readonly Area[]): void {
  for (const area of areas) {
    const oracle = casesOf(area.name);
    test(`${area.name} covers every case or names the issue that brings it`, () => {
      const later = (area.later ?? []).flatMap(({ ids }) => ids);
      expect([...Object.keys(area.cases), ...later].toSorted()).toEqual(oracle.map(({ id }) => id).toSorted());
      expect(Object.keys(area.deviations ?? {}).filter((id) => !(id in area.cases))).toEqual([]);
    });
  }
  for (const dialect of oracleDialects) {
    describe(`on ${dialect.name}`, () => {
      let database: FixtureDatabase | null = null;
      beforeAll(async () => {
        database = await fixtureDatabaseOn(dialect.database);
      });
      afterAll(() => database?.remove());
      for (const area of areas) testArea(area, dialect, () => database);
    });
  }
  afterAll(() => console.log([" Statements against the oracle", ...areas.map(summary)].join("\n")));
}

function testArea(area: Area, dialect: OracleDialect, database: () => FixtureDatabase | null): void {
  for (const each of casesOf(area.name)) {
    const build = area.cases[each.id];
    if (build === undefined) continue;
    const deviation = deviationOf(area, each.id, dialect.name);
    test(`${each.id}: ${each.intent}`, () => checkStatement(each, build, dialect, deviation, database()));
  }
}

/** How many cases of an area are equal, written otherwise, and not there. */
function summary(area: Area): string {
  const ids = Object.keys(area.cases);
  const counts = oracleDialects.map(({ name }) => {
    const otherwise = ids.filter((id) => deviationOf(area, id, name) !== undefined).length;
    return `${name} ${ids.length - otherwise} equal, ${otherwise} otherwise`;
  });
  const later = (area.later ?? []).map(
    ({ issue, reason, ids: missing }) => `${missing.length} with issue ${issue} (${reason})`,
  );
  return `   ${area.name.padEnd(20)} ${[...counts, ...later].join("; ")}`;
}
