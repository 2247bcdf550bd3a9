// The acceptance programs on the sources; `npm run acceptance` runs them on the packed package.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const folder = fileURLToPath(new URL("./acceptance/", import.meta.url));

// They name no driver, so the environment chooses it.
describe.each(["node-sqlite", "better-sqlite3"])("with %s", (driver) => {
  test.each(["01-shop.ts", "06-sync.ts"])("%s runs", (program) => {
    const { status, stderr } = spawnSync(process.execPath, ["--conditions=@athanor/source", program], {
      cwd: folder,
      env: { ...process.env, ATHANOR_SQLITE_DRIVER: driver },
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    expect(status).toBe(0);
  });
});
