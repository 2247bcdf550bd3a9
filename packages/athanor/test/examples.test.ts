// The examples, on every driver that needs no server.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const folder = fileURLToPath(new URL("../../../examples/", import.meta.url));

// They name no driver, so the environment chooses it.
describe.each(["node-sqlite", "better-sqlite3"])("with %s", (driver) => {
  test.each(["shop/main.ts", "sync/main.ts"])("%s runs and tells what it does", (program) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ["--conditions=@athanor/source", program], {
      cwd: folder,
      env: { ...process.env, ATHANOR_SQLITE_DRIVER: driver },
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(stdout).toContain("order");
  });
});
