// The acceptance programs on the sources; `npm run acceptance` runs them on the packed package.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { forEachDatabase } from "./support/databases.ts";

const folder = fileURLToPath(new URL("./acceptance/", import.meta.url));
const execute = promisify(execFile);

/** Runs a program in a process of its own, and gives what it has to complain of. */
async function run(program: string, environment: Readonly<Record<string, string>>): Promise<string> {
  const { stderr } = await execute(process.execPath, ["--conditions=@athanor/source", program], {
    cwd: folder,
    env: { ...process.env, ...environment },
  });
  return stderr;
}

// They name no driver, so the environment chooses it.
describe.each(["node-sqlite", "better-sqlite3"])("with %s", (driver) => {
  test.each(["01-shop.ts", "06-sync.ts"])("%s runs", async (program) => {
    expect(await run(program, { ATHANOR_SQLITE_DRIVER: driver })).toBe("");
  });
});

/** Programs that take the database from the environment, and the databases that they are written for. */
const programs: Readonly<Record<string, readonly string[]>> = {
  sqlite: ["02-blog.ts"],
  postgresql: ["02-blog.ts", "03-invoices.ts"],
  mysql: ["02-blog.ts"],
};

forEachDatabase((database) => {
  test.each(programs[database.dialect] ?? [])("%s runs", async (program) => {
    expect(await run(program, { DATABASE_URL: database.sharedUrl })).toBe("");
  });
});
