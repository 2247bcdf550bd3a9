// Type-checks every part of the repository with each compiler that users may have.
import { capture, compilers } from "./processes.ts";

const projects = ["packages/athanor", "packages/athanor/test", "packages/athanor/test/types", "."];

let failed = false;
for (const { name, script } of compilers) {
  for (const project of projects) {
    const { ok, output } = capture(process.execPath, [script, "-p", project, "--noEmit"]);
    console.log(`${ok ? "ok  " : "FAIL"} ${name}: ${project === "." ? "tools, bench, examples" : project}`);
    if (!ok) console.log(output);
    failed ||= !ok;
  }
}
process.exitCode = failed ? 1 : 0;
