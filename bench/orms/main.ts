// `npm run bench:peers`: what an ORM is asked to do, by Athanor and by others, each beside the driver alone. Names of works,
// peers or databases as arguments measure those alone. All of it takes about 25 minutes; the first run some more, as it
// installs the peers. What cannot be installed is named and left out, and so is what a peer has no counterpart for.
import { existsSync, writeFileSync } from "node:fs";
import { capture, run } from "../../tools/processes.ts";
import type { Measurement } from "../work.ts";

const here = import.meta.dirname;
const bench = `${here}/..`;

if (!existsSync(`${bench}/node_modules/typeorm`)) run("npm", ["ci", "--legacy-peer-deps"], { cwd: bench });
run("npm", ["run", "build"]);
capture("npm", ["run", "generate"], { cwd: bench });

// Only now: they import the package.
const { databases } = await import("./operations.ts");
const { peerNames, versionOf } = await import("./peers.ts");
const { loneWorks, works } = await import("./works.ts");

type Measured = Measurement | { readonly error: string } | null;

interface Line {
  readonly work: string;
  readonly name: string;
  readonly unit: string;
  readonly database: string;
  readonly measurements: Readonly<Record<string, Measured>>;
}

const chosen = process.argv.slice(2);
const chosenOf = <T extends string>(all: readonly T[]): readonly T[] => {
  const named = all.filter((each) => chosen.includes(each));
  return named.length === 0 ? all : named;
};

const versions = Object.fromEntries(await Promise.all(peerNames.map(async (each) => [each, await versionOf(each)])));
const peers = chosenOf(peerNames).filter((peer) => {
  if (versions[peer] === null) console.log(`${peer} is not installed.`);
  return versions[peer] !== null;
});
const lines: Line[] = [];
for (const database of chosenOf(databases)) {
  console.log(`\n${["", ...peers].map((each, i) => each.padEnd(i === 0 ? 54 : 12)).join("")}(${database}; driver = 1)`);
  for (const work of chosenOf([...Object.keys(works), ...Object.keys(loneWorks)])) {
    const compared = works[work];
    const lone = loneWorks[work];
    if (compared?.databases?.includes(database) === false) continue;
    const name = compared?.name ?? lone?.name ?? "";
    const unit = lone?.unit ?? "×";
    const measurements: Record<string, Measured> = {};
    if (unit === "bytes") measurements["driver"] = measured(work, "driver", database);
    for (const peer of peers) measurements[peer] = measured(work, peer, database);
    lines.push({ work, name, unit, database, measurements });
    print({ name, unit, measurements });
  }
}
for (const { name, database, measurements } of lines) {
  for (const [peer, each] of Object.entries(measurements)) {
    if (each !== null && "error" in each) console.log(`\n${peer}, ${name}, ${database}: ${each.error}`);
  }
}
if (chosen.length === 0) {
  const result = { node: process.version, platform: process.platform, versions, works: lines };
  writeFileSync(`${bench}/results/peers.json`, `${JSON.stringify(result, null, 2)}\n`);
}

function measured(work: string, peer: string, database: string): Measured {
  // Dates in texts without a zone are read as local time by some.
  const args = ["--expose-gc", `${here}/run-work.ts`, work, peer, database];
  const { ok, stdout, output } = capture(process.execPath, args, { env: { TZ: "UTC" } });
  if (!ok) return { error: output.trim().split("\n").slice(0, 40).join("\n") };
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "null") as Measured;
}

/** One line of the table; `!` marks who is quicker than Athanor. */
function print({ name, unit, measurements }: Pick<Line, "name" | "unit" | "measurements">): void {
  const ours = measurements["athanor"];
  const limit = ours !== null && ours !== undefined && "value" in ours ? ours.value : 0;
  const cells = peers.map((peer) => {
    const each = measurements[peer];
    if (each === null || each === undefined) return "none".padEnd(12);
    if ("error" in each) return "failed".padEnd(12);
    return `${each.value.toFixed(2)}${peer !== "athanor" && each.value < limit ? " !" : ""}`.padEnd(12);
  });
  const baseline = measurements["driver"];
  const note =
    baseline !== null && baseline !== undefined && "value" in baseline ? `, plain: ${baseline.value.toFixed(0)}` : "";
  console.log(`${`${name}${unit === "×" ? "" : ` (${unit}${note})`}`.padEnd(54)}${cells.join("")}`);
}
