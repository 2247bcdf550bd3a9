import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

/** Real databases and scripts that are too large for the repository. */
const folder = process.env["ATHANOR_DATA"] ?? fileURLToPath(new URL("../../../../../shared/data", import.meta.url));

/**
 * Declares tests that read a file of the data folder, which `ATHANOR_DATA` names (else `../shared/data`, beside the
 * repository). Without the file they are skipped with a notice; with CI set, they fail.
 */
export function describeWithData(file: string, body: (path: string) => void): void {
  const path = join(folder, file);
  describe(file, () => {
    if (existsSync(path)) body(path);
    else if (process.env["CI"]) test("is there", () => expect.unreachable(`${path} is missing`));
    else {
      console.warn(`Tests on ${file} are skipped: ATHANOR_DATA names no folder that has it.`);
      test.skip(`needs ${file}`, () => {});
    }
  });
}
