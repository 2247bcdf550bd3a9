import type { Reporter, TestModule, TestSuite } from "vitest/node";
import { probeDatabases } from "./database-matrix.ts";

/** Says at the end of a run how many tests ran on each database, and which database was missing and why. */
export default class DatabaseReport implements Reporter {
  async onTestRunEnd(modules: readonly TestModule[]): Promise<void> {
    const ran = new Map<string, number>();
    for (const module of modules) {
      for (const suite of module.children.allSuites()) {
        ran.set(suite.name, (ran.get(suite.name) ?? 0) + countRun(suite));
      }
    }
    console.log(" Databases");
    for (const { name, missing } of await probeDatabases()) {
      const line = missing === null ? `${ran.get(name) ?? 0} tests` : `did not run: ${missing}`;
      console.log(`   ${name.padEnd(24)} ${line}`);
    }
  }
}

function countRun(suite: TestSuite): number {
  let count = 0;
  for (const test of suite.children.allTests()) {
    const { state } = test.result();
    if (state === "passed" || state === "failed") count += 1;
  }
  return count;
}
