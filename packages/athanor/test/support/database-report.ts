import type { Reporter, TestModule, TestSuite } from "vitest/node";
import { probeDatabases } from "./database-matrix.ts";

/** Tests that ran, by area (a test file) and database. */
type Counts = Map<string, Map<string, number>>;

/** Says at the end of a run how many tests of each area ran on each database, and which was missing and why. */
export default class DatabaseReport implements Reporter {
  async onTestRunEnd(modules: readonly TestModule[]): Promise<void> {
    const databases = await probeDatabases();
    const there = databases.filter(({ missing }) => missing === null).map(({ name }) => name);
    const counts = countTests(modules, new Set(there));
    const total = (name: string) => [...counts.values()].reduce((sum, area) => sum + (area.get(name) ?? 0), 0);
    const lines = [
      ["Tests on databases", ...there],
      ...[...counts].toSorted().map(([area, ran]) => [area, ...there.map((name) => shown(ran.get(name) ?? 0))]),
      ["all", ...there.map((name) => shown(total(name)))],
    ];
    console.log(table(lines));
    for (const { name, missing } of databases) if (missing !== null) console.log(` ${name} did not run: ${missing}`);
  }
}

function countTests(modules: readonly TestModule[], databases: ReadonlySet<string>): Counts {
  const counts: Counts = new Map();
  for (const module of modules) {
    const area = module.relativeModuleId.replace(/^.*\/test\/(.+)\.test\.ts$/, "$1");
    for (const suite of module.children.allSuites()) {
      if (!databases.has(suite.name)) continue;
      const ran = counts.get(area) ?? new Map<string, number>();
      counts.set(area, ran.set(suite.name, (ran.get(suite.name) ?? 0) + countRun(suite)));
    }
  }
  return counts;
}

function countRun(suite: TestSuite): number {
  let count = 0;
  for (const test of suite.children.allTests()) {
    const { state } = test.result();
    if (state === "passed" || state === "failed") count += 1;
  }
  return count;
}

function shown(count: number): string {
  return count === 0 ? "-" : String(count);
}

/** The first column to the left, the others to the right. */
function table(lines: readonly (readonly string[])[]): string {
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? [];
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join("  ")
      .trimEnd();
  return lines.map((cells) => ` ${line(cells)}`).join("\n");
}
