// Every code of an error has a page, and every page belongs to a code.
import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import * as errors from "../../src/errors/errors.ts";
import * as statementErrors from "../../src/errors/statement-errors.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const pages = globSync("docs/errors/*.md", { cwd: root }).map((page) => basename(page, ".md"));

/** Codes of the classes that are thrown, and those that single places give to their errors. */
const codes = [
  ...Object.values({ ...errors, ...statementErrors })
    .filter((each) => typeof each === "function" && each !== errors.AthanorError)
    .map((each) => new (each as new (message: string, options: object) => errors.AthanorError)("", {}).code),
  ...globSync("packages/athanor/src/**/*.ts", { cwd: root }).flatMap((file) =>
    Array.from(readFileSync(`${root}${file}`, "utf8").matchAll(/\bcode: "([a-z-]+)"/g), ([, code = ""]) => code),
  ),
];

test("every code has a page, every page a code", () => {
  expect(pages.toSorted()).toEqual([...new Set(codes)].toSorted());
});

test("a page begins with the code that leads to it", () => {
  for (const code of pages) expect(readFileSync(`${root}docs/errors/${code}.md`, "utf8")).toContain(`\`${code}\` · `);
});
