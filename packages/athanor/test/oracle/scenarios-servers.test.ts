// The scenarios on servers: what is observed, and how many statements and transactions it takes. How statements are written
// is compared on SQLite, and with the statement cases.
import { afterAll, describe, expect, test } from "vitest";
import { sameFact, shown } from "./compare-facts.ts";
import type { Scenario, ScenarioDeviation } from "./scenario-case.ts";
import { serverScenarioDatabase } from "./scenario-databases.ts";
import { type BackendRecord, scenarioRecords } from "./scenario-records.ts";
import { type ScenarioServer, type ServerDeviation, scenarioServers } from "./scenario-servers.ts";
import { scenarioAreas } from "./scenarios/areas.ts";
import { Trace } from "./trace.ts";

/** Areas that reach into SQLite's files and drivers; pools and the inspector have tests of their own on every database. */
const otherwiseTested: ReadonlySet<string> = new Set(["pool", "reflection"]);

const counts: string[] = [];
afterAll(() => console.log(`Scenarios of the oracle on servers:\n${counts.join("\n")}`));

for (const server of scenarioServers) {
  for (const area of scenarioAreas) {
    if (otherwiseTested.has(area.name)) continue;
    describe(`${area.name} on ${server.name}`, () => {
      let run = 0;
      for (const record of scenarioRecords.filter((each) => each.area === area.name)) {
        const scenario = area.scenarios[record.id];
        const expected = server.expected(record);
        if (scenario === undefined || expected.length === 0 || record.id in server.notHere) continue;
        const deviation = { ...area.deviations?.[record.id], ...server.deviations[record.id] };
        test(`${record.id}: ${record.intent}`, () => check(server, expected, scenario, deviation));
        run += 1;
      }
      counts.push(`  ${area.name} on ${server.name}: ${run}`);
    });
  }
  test(`what is missing or another way on ${server.name} is a scenario`, () => {
    const known = scenarioAreas.flatMap(({ scenarios }) => Object.keys(scenarios));
    const named = [...Object.keys(server.notHere), ...Object.keys(server.deviations)];
    expect(named.filter((id) => !known.includes(id))).toEqual([]);
  });
}

async function check(
  server: ScenarioServer,
  expected: readonly BackendRecord[],
  scenario: Scenario,
  deviation: Partial<ScenarioDeviation & ServerDeviation>,
): Promise<void> {
  const database = await serverScenarioDatabase(server.name);
  if (database === null) return;
  try {
    using trace = new Trace(database);
    await scenario(trace);
    const { facts, statements, entries } = trace;
    const others = deviation.facts ?? {};
    for (const fact of Object.keys(expected[0]?.facts ?? {})) {
      const wanted = fact in others ? [others[fact]] : expected.map((each) => each.facts[fact]);
      if (!wanted.some((value) => sameFact(fact, value, facts.get(fact))))
        expect({ [fact]: shown(facts.get(fact)) }).toEqual({ [fact]: wanted.at(-1) });
    }
    const transactions = deviation.transactions ?? expected[0]?.transactions;
    expect(trace.transactions()).toEqual(transactions);
    const sent = entries.map((entry) => (entry.kind === "statement" ? entry.sql : entry.step)).join("\n");
    const most = deviation.atMost ?? Math.max(...expected.map((each) => each.round_trips));
    expect(statements, sent).toBeLessThanOrEqual(most);
  } finally {
    await database.remove();
  }
}
