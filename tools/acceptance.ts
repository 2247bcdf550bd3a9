// Proves the package as a user gets it: packs it, installs it in an empty folder, type-checks programs against it with
// each compiler, runs them on each runtime and SQLite driver, and holds the types to their budget.
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { probeDatabases } from "../packages/athanor/test/support/database-matrix.ts";
import { dropServerDatabases } from "../packages/athanor/test/support/postgresql-databases.ts";
import { capture, compilers, root, run, runNode } from "./processes.ts";

/** Programs that run on SQLite, and those that take their database from DATABASE_URL, by what they are written for. */
const programs = ["01-shop.ts", "06-sync.ts"];
const portable: Readonly<Record<string, readonly string[]>> = {
  sqlite: ["02-blog.ts"],
  postgresql: ["02-blog.ts", "03-invoices.ts"],
  mysql: ["02-blog.ts"],
};
const models = ["01-shop-models.ts", "03-invoices-models.ts"];
/** Instantiations that checking 200 models with 200 queries may take. */
const instantiationBudget = 250_000;
/** Milliseconds that importing the ORM with one driver should take; printed, not enforced. */
const importBudget = 45;

const developmentPackages = [
  ...["@types/node", "@types/better-sqlite3", "better-sqlite3", "libsql"],
  ...["@types/pg", "pg", "postgres", "@electric-sql/pglite", "mysql2", "mariadb", "zod"],
];
const typescriptOptions = {
  target: "esnext",
  module: "nodenext",
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  erasableSyntaxOnly: true,
  allowImportingTsExtensions: true,
  noEmit: true,
  skipLibCheck: false,
  types: ["node"],
};

interface Finding {
  readonly ok: boolean;
  /** What to print when it is not. */
  readonly output: string;
}

let failures = 0;

function report(subject: string, { ok, output }: Finding): void {
  console.log(`${ok ? "PASS" : "FAIL"} ${subject}`);
  if (ok) return;
  failures += 1;
  console.log(output);
}

const folder = mkdtempSync(join(tmpdir(), "athanor-acceptance-"));
try {
  installPackage();
  report("the command line prints its version with nothing else installed", runCommandLine());
  installDevelopmentPackages();
  for (const file of [...models, ...programs, "02-blog.ts", "03-invoices.ts"])
    copyFileSync(`${root}packages/athanor/test/acceptance/${file}`, join(folder, file));
  checkTypes();
  checkInstantiations();
  for (const driver of ["node-sqlite", "better-sqlite3"]) runPrograms(process.execPath, "Node.js", driver);
  runPrograms(bun(), "Bun", "bun");
  await runPortable();
  measureImport();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(failures === 0 ? "acceptance: ok" : `acceptance: ${failures} failed`);
process.exitCode = failures === 0 ? 0 : 1;

function installPackage(): void {
  const packed: [{ filename: string; files: { path: string }[] }] = JSON.parse(
    run("npm", [
      "pack",
      "--json",
      "--pack-destination",
      folder,
      "--workspace",
      "athanor",
      "--foreground-scripts=false",
    ]),
  );
  const [{ filename, files }] = packed;
  for (const needed of ["README.md", "LICENSE", "CHANGELOG.md", "dist/index.js", "dist/index.d.ts", "src/index.ts"]) {
    const ok = files.some(({ path }) => path === needed);
    if (!ok) report(`the tarball holds ${needed}`, { ok, output: "" });
  }
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "acceptance", private: true, type: "module" }));
  run("npm", ["install", "--no-audit", "--no-fund", `./${filename}`], { cwd: folder });
}

function runCommandLine(): Finding {
  return capture(process.execPath, ["node_modules/athanor/dist/cli/main.js", "--version"], { cwd: folder });
}

/** In the versions of the repository; without scripts, because nothing of them needs to be compiled. */
function installDevelopmentPackages(): void {
  const versions = developmentPackages.map((name) => {
    const manifest: { version: string } = JSON.parse(readFileSync(`${root}node_modules/${name}/package.json`, "utf8"));
    return `${name}@${manifest.version}`;
  });
  run("npm", ["install", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", ...versions], {
    cwd: folder,
  });
}

function checkTypes(): void {
  const settings = { compilerOptions: typescriptOptions, include: ["./*.ts"] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(settings, null, 2));
  for (const { name, script } of compilers) {
    report(`the programs type-check with ${name}`, capture(process.execPath, [script, "-p", "."], { cwd: folder }));
  }
}

function checkInstantiations(): void {
  const generator = `${root}packages/athanor/test/types/measure.mjs`;
  mkdirSync(join(folder, "types"));
  copyFileSync(join(folder, "tsconfig.json"), join(folder, "types/tsconfig.json"));
  runNode([generator, "200", "200", "scale"], { cwd: join(folder, "types") });
  const compiled = capture(
    process.execPath,
    [compilers[0].script, "-p", "types/scale", "--extendedDiagnostics", "--singleThreaded"],
    { cwd: folder },
  );
  const count = Number(/^Instantiations:\s+(\d+)/m.exec(compiled.output)?.[1] ?? Number.NaN);
  report(
    `200 models with 200 queries take ${count.toLocaleString("en")} instantiations (at most ${instantiationBudget.toLocaleString("en")})`,
    { ok: compiled.ok && count <= instantiationBudget, output: compiled.output },
  );
}

/** The programs name no driver; the environment chooses it. */
function runPrograms(runtime: string, runtimeName: string, driver: string): void {
  for (const program of programs) {
    const outcome = capture(runtime, [program], { cwd: folder, env: { ATHANOR_SQLITE_DRIVER: driver } });
    report(`${program} runs on ${runtimeName} with ${driver}`, outcome);
  }
}

/** Without a DATABASE_URL they run on PostgreSQL inside the process. */
async function runPortable(): Promise<void> {
  for (const program of portable["postgresql"] ?? []) {
    report(`${program} runs on what it chooses by itself`, capture(process.execPath, [program], { cwd: folder }));
  }
  for (const database of await probeDatabases()) {
    if (database.missing !== null) {
      const subject = `the database ${database.name} is there`;
      if (process.env["CI"]) report(subject, { ok: false, output: database.missing });
      else console.log(`SKIP ${subject}: ${database.missing}`);
      continue;
    }
    for (const program of portable[database.dialect] ?? []) {
      const fresh = await database.create();
      const outcome = capture(process.execPath, [program], { cwd: folder, env: { DATABASE_URL: fresh.sharedUrl } });
      await fresh.remove();
      report(`${program} runs on ${database.name}`, outcome);
    }
  }
  await dropServerDatabases();
}

/** Bun has an install of its own, because only this check needs it. */
function bun(): string {
  const executable = `${root}runtimes/node_modules/.bin/bun`;
  if (!existsSync(executable)) run("npm", ["ci", "--prefix", `${root}runtimes`]);
  return executable;
}

function measureImport(): void {
  const program = `const start = performance.now();
await Promise.all([import("athanor"), import("athanor/orm"), import("athanor/sqlite"), import("node:sqlite")]);
console.log(performance.now() - start);`;
  writeFileSync(join(folder, "import.mjs"), program);
  const times = Array.from({ length: 5 }, () => capture(process.execPath, ["import.mjs"], { cwd: folder })).map(
    ({ ok, stdout }) => (ok ? Number.parseFloat(stdout) : Number.NaN),
  );
  const best = Math.min(...times);
  console.log(`     importing the ORM with one driver takes ${best.toFixed(0)} ms (budget ${importBudget} ms)`);
}
