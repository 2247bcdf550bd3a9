// The rules of the house: which file of the package may import which.
import { posix } from "node:path";
import { parseSync } from "rolldown/utils";

export interface Layers {
  readonly rooms: readonly string[];
  readonly floors: Readonly<Record<string, readonly string[]>>;
  readonly entries: readonly string[];
  readonly nodeRooms: readonly string[];
  readonly packageRooms: readonly string[];
  readonly nodeFiles: readonly string[];
  readonly exceptions: Readonly<Record<string, string>>;
}

interface Import {
  readonly request: string;
  /** Erased by the compiler: it obeys the direction, but makes no cycle at run time. */
  readonly typeOnly: boolean;
  /** Evaluated after the modules: it makes no cycle either. */
  readonly deferred: boolean;
}

/** Breaches of the rules, one line each. `files` maps paths below `src` to their text. */
export function checkLayers(files: ReadonlyMap<string, string>, layers: Layers): string[] {
  const problems: string[] = [];
  const unused = new Set(Object.keys(layers.exceptions));
  const graph = new Map<string, string[]>();
  for (const [file, text] of files) {
    problems.push(...checkPlace(file, layers));
    const needed: string[] = [];
    for (const { request, typeOnly, deferred } of importsOf(file, text)) {
      if (!request.startsWith(".")) {
        const problem = checkForeign(file, request, layers);
        if (problem !== undefined) problems.push(`${file}: ${problem}`);
        continue;
      }
      const target = posix.join(posix.dirname(file), request);
      if (!files.has(target)) {
        problems.push(`${file}: imports ${request}, which is no source file (write the .ts extension)`);
        continue;
      }
      if (!typeOnly && !deferred) needed.push(target);
      const problem = checkDirection(file, target, layers);
      if (problem === undefined || unused.delete(`${file} -> ${target}`)) continue;
      if (`${file} -> ${target}` in layers.exceptions) continue;
      problems.push(`${file}: ${problem}`);
    }
    graph.set(file, needed);
  }
  for (const cycle of findCycles(graph)) problems.push(`circular import: ${cycle.join(" -> ")}`);
  for (const exception of unused) problems.push(`the exception "${exception}" is not needed any more`);
  return problems;
}

function checkPlace(file: string, layers: Layers): string[] {
  if (layers.entries.includes(file)) return [];
  const problems: string[] = [];
  if (posix.basename(file) === "index.ts") {
    problems.push(`${file}: is a barrel file but no public entry point; import from the file that has the subject`);
  }
  if (!layers.rooms.includes(roomOf(file))) {
    problems.push(`${file}: is in no room (rooms: ${layers.rooms.join(", ")})`);
  }
  return problems;
}

function checkForeign(file: string, request: string, layers: Layers): string | undefined {
  const room = roomOf(file);
  if (request.startsWith("node:")) {
    if (layers.nodeRooms.includes(room) || layers.nodeFiles.includes(file)) return undefined;
    return `imports ${request}; only ${layers.nodeRooms.join(", ")} may, because the rest runs without Node.js`;
  }
  if (layers.packageRooms.includes(room)) return undefined;
  return `imports the package ${request}; only ${layers.packageRooms.join(", ")} may, because users install nothing else`;
}

function checkDirection(from: string, to: string, layers: Layers): string | undefined {
  if (!from.includes("/")) return undefined;
  if (!to.includes("/")) return `imports ${to}, which is above all rooms`;
  const [room, floor = ""] = from.split("/");
  const [otherRoom, otherFloor = ""] = to.split("/");
  if (room === undefined || otherRoom === undefined) return undefined;
  if (room !== otherRoom) {
    return layers.rooms.indexOf(otherRoom) < layers.rooms.indexOf(room)
      ? undefined
      : `imports ${to}, but ${otherRoom}/ comes after ${room}/`;
  }
  const floors = layers.floors[room];
  if (floors === undefined || !floors.includes(floor) || !floors.includes(otherFloor)) return undefined;
  return floors.indexOf(otherFloor) <= floors.indexOf(floor)
    ? undefined
    : `imports ${to}, but ${room}/${otherFloor}/ comes after ${room}/${floor}/`;
}

function roomOf(file: string): string {
  return file.split("/")[0] ?? "";
}

function importsOf(file: string, text: string): Import[] {
  const { module, program, errors } = parseSync(file, text, { lang: "ts", sourceType: "module" });
  const [error] = errors;
  if (error !== undefined) throw new Error(`${file}: ${error.message}`);
  const imports: Import[] = module.staticImports.map(({ moduleRequest, entries }) => ({
    request: moduleRequest.value,
    typeOnly: entries.length > 0 && entries.every((entry) => entry.isType),
    deferred: false,
  }));
  for (const { entries } of module.staticExports) {
    const [first] = entries;
    if (!first?.moduleRequest) continue;
    const typeOnly = entries.every((entry) => entry.isType);
    imports.push({ request: first.moduleRequest.value, typeOnly, deferred: false });
  }
  collectExpressions(program, imports);
  return imports;
}

/** Adds `import("…")`, as an expression and as a type; what it loads must be written out to be checked. */
function collectExpressions(node: unknown, imports: Import[]): void {
  if (node === null || typeof node !== "object") return;
  if ("type" in node && "source" in node && (node.type === "ImportExpression" || node.type === "TSImportType")) {
    const source: unknown = node.source;
    if (source !== null && typeof source === "object" && "value" in source && typeof source.value === "string") {
      imports.push({ request: source.value, typeOnly: node.type === "TSImportType", deferred: true });
    }
  }
  for (const child of Object.values(node)) collectExpressions(child, imports);
}

/** One cycle for each group of files that reach each other. */
function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const cycles: string[][] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): void => {
    const start = path.indexOf(file);
    if (start >= 0) {
      cycles.push([...path.slice(start), file]);
      return;
    }
    if (done.has(file)) return;
    path.push(file);
    for (const next of graph.get(file) ?? []) visit(next);
    path.pop();
    done.add(file);
  };
  for (const file of graph.keys()) visit(file);
  return cycles;
}
