// `npm run bench`: the budget table for SQLite. Each work is measured beside the raw driver in one run; names of works
// as arguments measure those alone. What is measured is the built package, as users run it.
import { existsSync, writeFileSync } from "node:fs";
import { run, runNode } from "../tools/processes.ts";
import type { DriverName } from "./database.ts";
import { type Outcome, printTable } from "./table.ts";
import type { Measurement, Work } from "./work.ts";

const here = import.meta.dirname;

// The ORMs are for `npm run bench:peers`.
if (!existsSync(`${here}/node_modules`)) run("npm", ["ci", "--omit=optional", "--legacy-peer-deps"], { cwd: here });
run("npm", ["run", "build"]);

// Only now: they import the package.
const { works } = await import("./works/index.ts");
const { drivers } = await import("./database.ts");

const chosen = process.argv.slice(2);
const outcomes = Object.entries(works)
  .filter(([name]) => chosen.length === 0 || chosen.includes(name))
  .map(([name, work]) => measureAll(name, work));
printTable(outcomes, drivers);
if (chosen.length === 0) {
  const result = { node: process.version, platform: process.platform, works: outcomes };
  writeFileSync(`${here}/results/sqlite.json`, `${JSON.stringify(result, null, 2)}\n`);
}

/** The first driver is the one that the budget is meant for. */
function measureAll(name: string, { measure: _, withoutDriver = false, onSources = false, ...line }: Work): Outcome {
  const conditions = onSources ? ["--conditions=@athanor/source"] : [];
  const used: readonly DriverName[] = withoutDriver ? drivers.slice(0, 1) : drivers;
  const measurements: Partial<Record<DriverName, Measurement>> = {};
  for (const driver of used) {
    process.stderr.write(`${name}, ${driver}\r\u001b[K`);
    measurements[driver] = JSON.parse(runNode([...conditions, "--expose-gc", `${here}/run-work.ts`, name, driver]));
  }
  return { ...line, measurements };
}
