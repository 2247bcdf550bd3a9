import { defineConfig } from "vitest/config";

export default defineConfig({
  // Tests import `athanor`, `athanor/orm` … as users do; this condition leads to the sources instead of a build.
  resolve: { conditions: ["@athanor/source"] },
  ssr: { resolve: { conditions: ["@athanor/source", "node"] } },
  test: {
    include: ["packages/athanor/test/**/*.test.ts", "tools/**/*.test.ts"],
    reporters: [
      "default",
      "./packages/athanor/test/support/database-report.ts",
      // Where .ci/run reads how many tests there were.
      ["json", { outputFile: ".cache/test-results.json" }],
    ],
    globalSetup: ["./packages/athanor/test/support/global-setup.ts"],
    testTimeout: 20_000,
    // PostgreSQL inside the process takes its time to start.
    hookTimeout: 60_000,
  },
});
