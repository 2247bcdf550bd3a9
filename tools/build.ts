// Builds packages/athanor: declarations by TypeScript; the code bundled into a file for each entry point and a few
// shared ones, because a runtime loads five files faster than two hundred; and the command line as one file with its
// libraries inside, because the published package depends on nothing.
import { chmodSync, copyFileSync, globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { build } from "rolldown";
import { compilers, root, runNode } from "./processes.ts";

const home = `${root}packages/athanor/`;

rmSync(`${home}dist`, { recursive: true, force: true });
runNode([compilers[0].script, "-p", `${home}tsconfig.build.json`]);

// The compiler rewrites the extensions of imports in modules, but not in declarations, where not every tool follows.
for (const file of globSync(`${home}dist/**/*.d.ts`)) {
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace(/(\bfrom |\bimport\(|\bimport )"(\.[^"]+)\.ts"/g, '$1"$2.js"'));
}

const manifest: { peerDependencies: Record<string, string> } = JSON.parse(readFileSync(`${home}package.json`, "utf8"));
const entries = ["index", "orm/index", "ext", "compiler", "sqlite", "postgresql", "mysql", "integrations/zod"];
await build({
  input: Object.fromEntries(entries.map((entry) => [entry, `${home}src/${entry}.ts`])),
  platform: "node",
  external: [/^node:/, /^bun:/, ...Object.keys(manifest.peerDependencies)],
  logLevel: "warn",
  output: {
    dir: `${home}dist`,
    format: "esm",
    sourcemap: true,
    minify: "dce-only",
    chunkFileNames: "shared/[name].js",
  },
});

await build({
  input: `${home}src/cli/main.ts`,
  platform: "node",
  logLevel: "warn",
  output: { file: `${home}dist/cli/main.js`, format: "esm", minify: "dce-only" },
});
chmodSync(`${home}dist/cli/main.js`, 0o755);

for (const file of ["README.md", "CHANGELOG.md", "LICENSE"]) copyFileSync(`${root}${file}`, `${home}${file}`);
