// The scenarios on servers: what is observed, and how many statements and transactions it takes. How statements are written
// is compared on SQLite, and with the statement cases.
import { describe, expect, test } from "vitest";
import { sameFact, shown } from "./compare-facts.ts";
import type { Scenario, ScenarioDeviation } from "./scenario-case.ts";
import { serverScenarioDatabase } from "./scenario-databases.ts";
import { type BackendRecord, onPostgresql, scenarioRecords } from "./scenario-records.ts";
import { scenarioAreas } from "./scenarios/areas.ts";
import { Trace } from "./trace.ts";

/** What is SQLite's own, with the reason. */
const notHere: Readonly<Record<string, string>> = {
  "results/exec-driver-sql": "its text has SQLite's marks of parameters",
  "errors/data": "what is no date is refused before PostgreSQL could do it",
  "bulk/upsert-objects": "its upsert is SQLite's",
  "events/engine-events": "a batch of INSERTs is one statement of many rows there, and no batch for who listens",
};
/** Areas that reach into SQLite's files and drivers; pools and the inspector have tests of their own on every database. */
const otherwiseTested: ReadonlySet<string> = new Set(["pool", "reflection"]);

for (const name of ["postgresql/pg"]) {
  for (const area of scenarioAreas) {
    if (otherwiseTested.has(area.name)) continue;
    describe(`${area.name} on ${name}`, () => {
      for (const record of scenarioRecords.filter((each) => each.area === area.name)) {
        const scenario = area.scenarios[record.id];
        const expected = onPostgresql(record);
        if (scenario === undefined || expected === null || record.id in notHere) continue;
        const deviation = area.deviations?.[record.id];
        test(`${record.id}: ${record.intent}`, () => check(name, expected, scenario, deviation));
      }
    });
  }
}

async function check(
  name: string,
  expected: BackendRecord,
  scenario: Scenario,
  deviation: ScenarioDeviation | undefined,
): Promise<void> {
  const database = await serverScenarioDatabase(name);
  if (database === null) return;
  try {
    using trace = new Trace(database);
    await scenario(trace);
    const { facts, statements, entries } = trace;
    const others = deviation?.facts ?? {};
    for (const [fact, value] of Object.entries(expected.facts)) {
      const wanted = fact in others ? others[fact] : value;
      if (!sameFact(fact, wanted, facts.get(fact)))
        expect({ [fact]: shown(facts.get(fact)) }).toEqual({ [fact]: wanted });
    }
    expect(trace.transactions()).toEqual(deviation?.transactions ?? expected.transactions);
    const sent = entries.map((entry) => (entry.kind === "statement" ? entry.sql : entry.step)).join("\n");
    expect(statements, sent).toBeLessThanOrEqual(expected.round_trips);
  } finally {
    await database.remove();
  }
}
