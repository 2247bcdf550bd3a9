// Checks the package's sources against tools/layers.json.
import { globSync, readFileSync } from "node:fs";
import { sep } from "node:path";
import ts from "typescript-6";
import { checkLayers, type Layers } from "./layers.ts";
import { root } from "./processes.ts";

const rules = `${root}tools/layers.json`;
const layers: Layers = ts.parseConfigFileTextToJson(rules, readFileSync(rules, "utf8")).config;
const src = `${root}packages/athanor/src`;
const files = new Map(
  globSync("**/*.ts", { cwd: src }).map((file) => [file.replaceAll(sep, "/"), readFileSync(`${src}/${file}`, "utf8")]),
);
const problems = checkLayers(files, layers);
for (const problem of problems) console.error(problem);
console.log(`layers: ${files.size} files, ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;
