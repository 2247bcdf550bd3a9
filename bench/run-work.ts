// Measures one work in a process of its own, so that none inherits the heap and the compiled code of another:
// `node --expose-gc bench/run-work.ts select-rows better-sqlite3`, with --cpu-prof to see where time goes.
import { type DriverName, drivers } from "./database.ts";
import { works } from "./works/index.ts";

const [name = "", driver = drivers[0]] = process.argv.slice(2);
const work = works[name];
if (work === undefined) throw new Error(`There is no work ${name}. There are: ${Object.keys(works).join(", ")}.`);
console.log(JSON.stringify(await work.measure(driver as DriverName)));
