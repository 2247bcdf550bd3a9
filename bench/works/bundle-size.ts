import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";
import type { Work } from "../work.ts";

/** Everything that the entry points export, minified and gzipped: what a program gets that leaves nothing out. */
async function kilobytes(entries: readonly string[]): Promise<number> {
  const bundle = await rolldown({
    input: "entry",
    external: [/^node:/, "better-sqlite3"],
    logLevel: "silent",
    plugins: [
      {
        name: "entry",
        resolveId: (id) => (id === "entry" ? { id: `${import.meta.dirname}/entry.js` } : null),
        load: (id) =>
          id.endsWith("/entry.js") ? entries.map((entry) => `export * from "${entry}";`).join("\n") : null,
      },
    ],
  });
  const { output } = await bundle.generate({ format: "esm", minify: true });
  const code = output.map((chunk) => (chunk.type === "chunk" ? chunk.code : "")).join("");
  return gzipSync(code).length / 1024;
}

export const coreBundle: Work = {
  name: "bundle, minified and gzipped: Core with one dialect",
  budget: 35,
  unit: "KB",
  withoutDriver: true,
  measure: async () => ({ value: await kilobytes(["athanor"]) }),
};

export const ormBundle: Work = {
  name: "bundle, minified and gzipped: with the ORM",
  budget: 85,
  unit: "KB",
  withoutDriver: true,
  measure: async () => ({ value: await kilobytes(["athanor", "athanor/orm"]) }),
};
