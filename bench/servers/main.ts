// `npm run bench:servers`: the budget tables for PostgreSQL and MariaDB, each work beside the raw driver in one run; names
// of works as arguments measure those alone. The servers are those of the tests: ATHANOR_POSTGRESQL_URL, ATHANOR_MARIADB_URL.
import { writeFileSync } from "node:fs";
import { run, runNode } from "../../tools/processes.ts";
import type { Measurement } from "../work.ts";
import { type ServerName, serverNames } from "./server.ts";

run("npm", ["run", "build"]);
// Only now: they import the package.
const { works } = await import("./works/index.ts");

const chosen = process.argv.slice(2);
const results: Partial<Record<ServerName, object[]>> = {};
for (const server of serverNames) {
  console.log(server);
  const lines: object[] = [];
  for (const [key, { measure: _, servers = serverNames, ...line }] of Object.entries(works)) {
    if ((chosen.length > 0 && !chosen.includes(key)) || !servers.includes(server)) continue;
    const output = runNode(["--expose-gc", `${import.meta.dirname}/run-work.ts`, key, server]);
    const measured: Measurement = JSON.parse(output);
    const verdict = measured.value <= line.budget ? "pass" : "MISS";
    const budget = `${line.budget} ${line.unit}${line.baseline === undefined ? "" : ` ${line.baseline}`}`;
    console.log(`  ${line.name.padEnd(54)}${budget.padEnd(48)}${measured.value.toFixed(2).padStart(6)}  ${verdict}`);
    lines.push({ ...line, ...measured });
  }
  results[server] = lines;
}
if (chosen.length === 0) {
  const result = { node: process.version, platform: process.platform, ...results };
  writeFileSync(`${import.meta.dirname}/../results/servers.json`, `${JSON.stringify(result, null, 2)}\n`);
}
