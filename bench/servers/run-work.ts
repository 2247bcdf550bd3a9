// Measures one work on one server in a process of its own: `node --expose-gc bench/servers/run-work.ts get-by-key mariadb`.
import { openServer, type ServerName, serverNames } from "./server.ts";
import { works } from "./works/index.ts";

const [name = "", server = serverNames[0]] = process.argv.slice(2);
const work = works[name];
if (work === undefined) throw new Error(`There is no work ${name}. There are: ${Object.keys(works).join(", ")}.`);
const opened = await openServer(server as ServerName);
try {
  console.log(JSON.stringify(await work.measure(opened)));
} finally {
  await opened.close();
}
