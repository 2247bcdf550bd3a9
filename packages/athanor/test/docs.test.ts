// Every example of the README and of the guide runs, type-checks, and prints what it says.
import { globSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { checkSamples, hasExamples, runSample, sampleOf } from "./support/doc-samples.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const pages = ["README.md", ...globSync("docs/**/*.md", { cwd: root }).toSorted()];

describe("documentation", () => {
  test.each(pages.filter(hasExamples))("%s prints what it says", (page) => {
    const sample = sampleOf(page);
    expect(runSample(sample)).toEqual(sample.prints);
  });

  test("all pages type-check", { timeout: 60_000 }, () => {
    expect(checkSamples(pages.filter(hasExamples).map(sampleOf))).toBe("");
  });
});
