// Builds the documentation into site/out: the pages of docs/ and the reference from doc comments.
import { existsSync } from "node:fs";
import { root, run } from "./processes.ts";

// The site's tools have an install of their own, so that the repository's stays small.
if (!existsSync(`${root}site/node_modules`)) run("npm", ["ci"], { cwd: `${root}site` });
console.log(run("npm", ["run", "build"], { cwd: `${root}site` }));
