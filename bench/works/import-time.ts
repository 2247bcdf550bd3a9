import { spawnSync } from "node:child_process";
import { timing } from "../harness.ts";
import type { Work } from "../work.ts";

const program = `const start = performance.now();
await Promise.all([import("athanor"), import("athanor/orm"), import("athanor/sqlite"), import("node:sqlite")]);
console.log(performance.now() - start);`;

export const importTime: Work = {
  name: "import of the ORM with one driver",
  budget: 45,
  unit: "ms",
  withoutDriver: true,
  async measure() {
    const times = Array.from({ length: 8 }, () => {
      const done = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
        cwd: import.meta.dirname,
        encoding: "utf8",
      });
      if (done.status !== 0) throw new Error(done.stderr);
      return Number.parseFloat(done.stdout);
    });
    const subject = timing(times);
    return { value: subject.best, subject };
  },
};
