import { expect, test } from "vitest";
import { areaGroups } from "./cases/areas.ts";
import { oracleCases } from "./expressions.ts";
import { testAreas } from "./test-areas.ts";

testAreas(areaGroups.others);

test("every case of the oracle is in an area", () => {
  const areas = Object.values(areaGroups).flat();
  const names = new Set([...areas.map(({ name }) => name), "ddl-table", "ddl-types", "ddl-index", "ddl-misc"]);
  expect(oracleCases.filter(({ area }) => !names.has(area)).map(({ id }) => id)).toEqual([]);
});
