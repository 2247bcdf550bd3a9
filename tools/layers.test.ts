import { expect, test } from "vitest";
import { checkLayers, type Layers } from "./layers.ts";

const layers: Layers = {
  rooms: ["util", "sql", "drivers"],
  floors: { sql: ["nodes", "compile"] },
  entries: ["index.ts"],
  nodeRooms: ["drivers"],
  packageRooms: ["drivers"],
  nodeFiles: ["util/node-only.ts"],
  exceptions: {},
};

function check(files: Record<string, string>, changes: Partial<Layers> = {}): string[] {
  return checkLayers(new Map(Object.entries(files)), { ...layers, ...changes });
}

test("accepts imports from earlier rooms, floors and the entry point", () => {
  expect(
    check({
      "index.ts": 'export { a } from "./sql/compile/a.ts"; export * from "./drivers/d.ts";',
      "sql/compile/a.ts": 'import { b } from "../nodes/b.ts"; export const a = b;',
      "sql/nodes/b.ts": 'export { c as b } from "../../util/c.ts";',
      "util/c.ts": "export const c = 1;",
      "drivers/d.ts": 'import "node:fs"; import "pg"; export const d = 1;',
    }),
  ).toEqual([]);
});

test.each([
  ["an import", 'import { b } from "../sql/b.ts";'],
  ["a type-only import", 'import type { b } from "../sql/b.ts";'],
  ["a re-export", 'export { b } from "../sql/b.ts";'],
  ["an import expression", 'await import("../sql/b.ts");'],
  ["an import type", 'export type B = import("../sql/b.ts").B;'],
])("refuses %s against the direction", (_, text) => {
  expect(check({ "util/a.ts": text, "sql/b.ts": "export const b = 1;" })).toEqual([
    "util/a.ts: imports sql/b.ts, but sql/ comes after util/",
  ]);
});

test("refuses an import against the order of floors", () => {
  expect(check({ "sql/nodes/a.ts": 'import "../compile/b.ts";', "sql/compile/b.ts": "" })).toEqual([
    "sql/nodes/a.ts: imports sql/compile/b.ts, but sql/compile/ comes after sql/nodes/",
  ]);
});

test("refuses circular imports of values, not of types", () => {
  const back = 'import { a } from "./a.ts"; export const b = a;';
  expect(check({ "util/a.ts": 'import { b } from "./b.ts"; export const a = b;', "util/b.ts": back })).toEqual([
    "circular import: util/a.ts -> util/b.ts -> util/a.ts",
  ]);
  expect(check({ "util/a.ts": 'import type { b } from "./b.ts"; export const a = 1;', "util/b.ts": back })).toEqual([]);
});

test("refuses node: modules and packages outside their rooms", () => {
  expect(check({ "util/a.ts": 'import "node:fs"; import "pg";', "util/node-only.ts": 'import "node:fs";' })).toEqual([
    "util/a.ts: imports node:fs; only drivers may, because the rest runs without Node.js",
    "util/a.ts: imports the package pg; only drivers may, because users install nothing else",
  ]);
});

test("refuses barrels, files in no room and missing files", () => {
  expect(check({ "util/index.ts": "", "other/a.ts": "", "util/b.ts": 'import "./c.js";' })).toEqual([
    "util/index.ts: is a barrel file but no public entry point; import from the file that has the subject",
    "other/a.ts: is in no room (rooms: util, sql, drivers)",
    "util/b.ts: imports ./c.js, which is no source file (write the .ts extension)",
  ]);
});

test("refuses exceptions that nothing needs", () => {
  const files = { "util/a.ts": 'import "../sql/b.ts";', "sql/b.ts": "" };
  expect(check(files, { exceptions: { "util/a.ts -> sql/b.ts": "a reason" } })).toEqual([]);
  expect(check({ "sql/b.ts": "" }, { exceptions: { "util/a.ts -> sql/b.ts": "a reason" } })).toEqual([
    'the exception "util/a.ts -> sql/b.ts" is not needed any more',
  ]);
});
