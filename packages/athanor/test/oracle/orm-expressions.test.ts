import { afterAll, describe, expect, test } from "vitest";
import { checkOrmStatement, type OrmCase } from "./check-orm-statement.ts";
import { casesOf } from "./expressions.ts";
import { ormAreas } from "./orm-cases/areas.ts";
import { deviationOf } from "./statement-case.ts";
import { Trace } from "./trace.ts";

const counts: string[] = [];
afterAll(() => console.log([" Statements with models against the oracle", ...counts].join("\n")));

for (const area of ormAreas) {
  const oracle: readonly OrmCase[] = casesOf(area.name);
  const { cases, deviations = {}, later = [] } = area;
  describe(`${area.name} as SQLAlchemy does it`, () => {
    for (const each of oracle) {
      const build = cases[each.id];
      if (build !== undefined)
        test(`${each.id}: ${each.intent}`, () => {
          using trace = new Trace();
          trace.fixture();
          checkOrmStatement(each, build, deviationOf(area, each.id, "sqlite"), trace, "sqlite");
        });
    }

    test("covers every case or names the issue that brings it", () => {
      const listed = later.flatMap(({ ids }) => ids);
      expect([...Object.keys(cases), ...listed].toSorted()).toEqual(oracle.map(({ id }) => id).toSorted());
      expect(Object.keys(deviations).filter((id) => !(id in cases))).toEqual([]);
      const issues = later.map(({ issue, reason, ids }) => `${ids.length} with issue ${issue} (${reason})`);
      const otherwise = `${Object.keys(deviations).length} written otherwise`;
      counts.push(
        `   ${area.name.padEnd(20)} ${[`${Object.keys(cases).length} cases`, otherwise, ...issues].join(", ")}`,
      );
    });
  });
}
