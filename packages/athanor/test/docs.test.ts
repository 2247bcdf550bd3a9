// Every example of the README and of the guide runs, type-checks, and prints what it says.
import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { checkSamples, runSample, sampleOf } from "./support/doc-samples.ts";

const guide = readdirSync(new URL("../../../docs/", import.meta.url)).filter((name) => name.endsWith(".md"));
const pages = ["README.md", ...guide.map((name) => `docs/${name}`)];

describe("documentation", () => {
  test.each(pages)("%s prints what it says", (page) => {
    const sample = sampleOf(page);
    expect(runSample(sample)).toEqual(sample.prints);
  });

  test("all pages type-check", { timeout: 60_000 }, () => {
    expect(checkSamples(pages.map(sampleOf))).toBe("");
  });
});
