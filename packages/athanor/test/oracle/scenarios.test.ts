import { afterAll, describe, expect, test } from "vitest";
import { sameFact, shown } from "./compare-facts.ts";
import { actualSegments, differences, expectedSegments } from "./compare-traces.ts";
import type { Scenario, ScenarioDeviation } from "./scenario-case.ts";
import { type BackendRecord, onSqlite, scenarioRecords } from "./scenario-records.ts";
import { laterAreas, scenarioAreas } from "./scenarios/areas.ts";
import { Trace } from "./trace.ts";

const counts: string[] = [];
afterAll(() => console.log(`Scenarios of the oracle on SQLite:\n${counts.join("\n")}`));

for (const area of scenarioAreas) {
  const records = scenarioRecords.filter((each) => each.area === area.name);
  const deviations = area.deviations ?? {};
  describe(`${area.name} as SQLAlchemy does it`, () => {
    for (const record of records) {
      const scenario = area.scenarios[record.id];
      const expected = onSqlite(record);
      if (scenario === undefined || expected === null) continue;
      test(`${record.id}: ${record.intent}`, () => check(expected, scenario, deviations[record.id]));
    }

    test("covers every scenario or names the issue that brings it", () => {
      const listed = (area.later ?? []).flatMap(({ ids }) => ids);
      expect([...Object.keys(area.scenarios), ...listed].toSorted()).toEqual(records.map(({ id }) => id).toSorted());
      expect(Object.keys(deviations).filter((id) => !(id in area.scenarios))).toEqual([]);
      const run = Object.keys(area.scenarios).length;
      counts.push(
        `  ${area.name}: ${run} of ${records.length}, ${Object.keys(deviations).length} with a documented deviation`,
      );
    });
  });
}

test("every area is run or named with the issue that brings it", () => {
  const known = [...scenarioAreas.map(({ name }) => name), ...laterAreas.map(({ name }) => name)];
  expect(known.toSorted()).toEqual([...new Set(scenarioRecords.map(({ area }) => area))].toSorted());
  for (const { name, issue, reason } of laterAreas) {
    const number = scenarioRecords.filter(({ area }) => area === name).length;
    counts.push(`  ${name}: 0 of ${number}; issue ${issue}: ${reason}`);
  }
});

async function check(expected: BackendRecord, scenario: Scenario, deviation?: ScenarioDeviation): Promise<void> {
  using trace = new Trace();
  await scenario(trace);
  const { facts, statements, entries } = trace;

  const others = deviation?.facts ?? {};
  expect([...facts.keys()].toSorted()).toEqual(Object.keys(expected.facts).toSorted());
  for (const [name, value] of Object.entries(expected.facts)) {
    const wanted = name in others ? others[name] : value;
    if (!sameFact(name, wanted, facts.get(name))) {
      expect({ [name]: shown(facts.get(name)) }).toEqual({ [name]: wanted });
      expect.unreachable(`${name} is another`);
    }
    if (name in others) expect(sameFact(name, value, facts.get(name)), `${name} deviates no more`).toBe(false);
  }

  if (deviation?.transactions !== undefined) expect(trace.transactions()).not.toEqual(expected.transactions);
  expect(trace.transactions()).toEqual(deviation?.transactions ?? expected.transactions);
  expect(
    statements,
    entries.map((entry) => (entry.kind === "statement" ? entry.sql : entry.step)).join("\n"),
  ).toBeLessThanOrEqual(expected.round_trips);
  const found = differences(expectedSegments(expected.trace), actualSegments(entries), (table) =>
    trace.parentsOf(table),
  );
  if (deviation?.statements === undefined) expect(found.join("\n")).toBe("");
  else expect(found, "The statements deviate no more").not.toEqual([]);
}
