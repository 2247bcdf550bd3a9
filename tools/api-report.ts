// Writes the report of every public entry point to packages/athanor/api, or with --check compares and fails.
// The report is what reviewers read when the public API changes.
import { readFileSync, rmSync } from "node:fs";
import { Extractor, ExtractorConfig, ExtractorLogLevel } from "@microsoft/api-extractor";
import { capture, compilers, root, runNode } from "./processes.ts";

const check = process.argv.includes("--check");
const home = `${root}packages/athanor/`;
const temporary = `${home}api/temp`;
const manifest: { exports: Record<string, string | { types: string }> } = JSON.parse(
  readFileSync(`${home}package.json`, "utf8"),
);

runNode([
  ...[compilers[0].script, "-p", `${home}tsconfig.build.json`, "--emitDeclarationOnly", "--declarationMap", "false"],
  ...["--outDir", `${temporary}/types`],
]);

let failed = false;
for (const [subpath, target] of Object.entries(manifest.exports)) {
  if (typeof target === "string") continue;
  const name = subpath === "." ? "athanor" : subpath.slice(2).replaceAll("/", "-");
  const result = Extractor.invoke(
    ExtractorConfig.prepare({
      configObjectFullPath: undefined,
      packageJsonFullPath: `${home}package.json`,
      configObject: {
        projectFolder: home,
        mainEntryPointFilePath: target.types.replace("./dist", `${temporary}/types`),
        compiler: { overrideTsconfig: compilerSettings() },
        apiReport: {
          enabled: true,
          reportFileName: `${name}.api.md`,
          reportFolder: `${home}api`,
          reportTempFolder: temporary,
        },
        docModel: { enabled: false },
        dtsRollup: { enabled: false },
        tsdocMetadata: { enabled: false },
        messages: {
          extractorMessageReporting: {
            default: { logLevel: ExtractorLogLevel.None },
            // A type that users meet but cannot name: the report shows it beside the place that uses it.
            "ae-forgotten-export": { logLevel: ExtractorLogLevel.Warning, addToApiReportFile: true },
          },
          tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        },
      },
    }),
    {
      localBuild: !check,
      messageCallback: (message) => {
        message.handled ||= message.messageId.startsWith("console-");
      },
    },
  );
  failed ||= result.errorCount > 0 || (check && result.apiReportChanged);
  console.log(`${result.apiReportChanged ? (check ? "DIFFERS" : "written") : "same   "} ${name}.api.md`);
  if (check && result.apiReportChanged) {
    const reports = [`${home}api/${name}.api.md`, `${temporary}/${name}.api.md`];
    console.log(capture("git", ["diff", "--no-index", "--", ...reports]).output);
  }
}
rmSync(temporary, { recursive: true, force: true });
if (failed && check) console.error("The public API differs from its report: run `npm run api` and commit the change.");
process.exitCode = failed ? 1 : 0;

/** What reading the emitted declarations takes; the compiler is API Extractor's own. */
function compilerSettings(): object {
  return {
    extends: `${root}tsconfig.base.json`,
    compilerOptions: { noEmit: true, rewriteRelativeImportExtensions: true, typeRoots: [`${root}node_modules/@types`] },
    files: Object.values(manifest.exports).flatMap((target) =>
      typeof target === "string" ? [] : [target.types.replace("./dist", `${temporary}/types`)],
    ),
  };
}
