// The examples of the documentation as programs: a page's TypeScript blocks, one after the other.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../../", import.meta.url));

export interface Sample {
  /** The program, inside the repository, so that it finds the package. */
  readonly file: string;
  /** What its lines say they print: `console.log(1 + 1); // → 2`. */
  readonly prints: readonly string[];
}

/** Whether a page has TypeScript blocks. */
export function hasExamples(page: string): boolean {
  return /^```ts$/m.test(readFileSync(join(root, page), "utf8"));
}

/** Makes a program of a page. Each block may import what it needs; imports are merged at the top. */
export function sampleOf(page: string): Sample {
  const markdown = readFileSync(join(root, page), "utf8");
  const blocks = [...markdown.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""]) => code);
  const { imports, body } = hoisted(blocks.join("\n"));
  const folder = join(root, ".cache/doc-samples");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${page.replace(/\.md$/, "").replaceAll("/", "-")}.ts`);
  writeFileSync(file, `${imports}\n${body}\nexport {};\n`);
  return { file, prints: [...body.matchAll(/\/\/ → (.*)$/gm)].map(([, text = ""]) => text) };
}

/** Runs a program on the sources; gives the lines that it prints. Throws with its errors when it fails. */
export function runSample({ file }: Sample): string[] {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--conditions=@athanor/source", file], {
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
  });
  if (status !== 0 || stderr !== "") throw new Error(`${file} failed:\n${stderr}`);
  return stdout.split("\n").slice(0, -1);
}

/** Type-checks programs as users would; gives what the compiler has to say of them. */
export function checkSamples(samples: readonly Sample[]): string {
  const project = join(root, ".cache/doc-samples/tsconfig.json");
  const compilerOptions = {
    noEmit: true,
    allowImportingTsExtensions: true,
    customConditions: ["@athanor/source"],
    noUnusedLocals: false,
  };
  writeFileSync(
    project,
    JSON.stringify({ extends: "../../tsconfig.base.json", compilerOptions, files: samples.map(({ file }) => file) }),
  );
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  const { stdout } = spawnSync(process.execPath, [compiler, "-p", project], { encoding: "utf8" });
  return stdout
    .split("\n")
    .filter((line) => line.includes("doc-samples"))
    .join("\n");
}

function hoisted(code: string): { readonly imports: string; readonly body: string } {
  const names = new Map<string, Set<string>>();
  const body = code.replaceAll(/^import \{([^}]*)\} from "([^"]+)";\n/gm, (_, list: string, from: string) => {
    const known = names.get(from) ?? new Set();
    names.set(from, known);
    for (const name of list.split(",")) if (name.trim() !== "") known.add(name.trim());
    return "";
  });
  const imports = [...names].map(([from, list]) => `import { ${[...list].join(", ")} } from "${from}";`);
  return { imports: imports.join("\n"), body };
}
