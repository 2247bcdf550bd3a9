// A million rows through COPY, out of typed rows and back into them.
import { integer, MetaData, select, table, text } from "athanor";
import { copyFrom, copyTo } from "athanor/postgresql";
import pg from "pg";
import { compare } from "../../harness.ts";
import type { Server } from "../server.ts";
import type { ServerWork } from "../work.ts";

const million = 1_000_000;
const metadata = new MetaData();
const numbers = table("numbers", metadata, { id: integer(), other: integer(), note: text() });

function* rows() {
  for (let id = 1; id <= million; id += 1) yield { id, other: id * 7, note: `a note on row ${id}` };
}

/** The same as the lines that COPY takes, written by hand. */
function* lines() {
  let piece = "";
  for (const { id, other, note } of rows()) {
    piece += `${id}\t${other}\t${note.replaceAll("\\", "\\\\").replaceAll("\t", "\\t").replaceAll("\n", "\\n")}\n`;
    if (piece.length < 65_536) continue;
    yield piece;
    piece = "";
  }
  yield piece;
}

async function clientOf(server: Server): Promise<pg.Client> {
  const client = new pg.Client(server.url.replace(/^\w+\+?\w*:/, "postgresql:"));
  await client.connect();
  return client;
}

interface CopyStreams {
  from(sql: string): pg.Submittable & NodeJS.WritableStream;
  to(sql: string): pg.Submittable & AsyncIterable<Buffer>;
}
/** By a name that the compiler cannot follow: it is installed for measuring only. */
async function copyStreams(): Promise<CopyStreams> {
  return (await import(String("pg-copy-streams"))) as CopyStreams;
}

export const copyIn: ServerWork = {
  name: "COPY of 1,000,000 rows into a table",
  budget: 1.2,
  unit: "×",
  baseline: "pg-copy-streams, lines by hand",
  servers: ["postgresql"],
  async measure(server) {
    const streams = await copyStreams();
    const { pipeline } = await import("node:stream/promises");
    await metadata.createAll(server.engine);
    const client = await clientOf(server);
    const prepare = () => server.raw.run("TRUNCATE numbers");
    const { ratio, ...timings } = await compare({
      subject: { prepare, run: () => server.engine.begin((connection) => copyFrom(connection, numbers, rows())) },
      baseline: {
        prepare,
        run: () => pipeline(lines(), client.query(streams.from("COPY numbers (id, other, note) FROM STDIN"))),
      },
    });
    await client.end();
    return { value: ratio, ...timings };
  },
};

export const copyOut: ServerWork = {
  name: "1,000,000 rows out of a table by COPY, row by row",
  budget: 2,
  unit: "×",
  baseline: "pg-copy-streams, lines by hand",
  servers: ["postgresql"],
  async measure(server) {
    await metadata.createAll(server.engine);
    await server.engine.begin((connection) => copyFrom(connection, numbers, rows()));
    const streams = await copyStreams();
    const client = await clientOf(server);
    const { ratio, ...timings } = await compare({
      subject: { run: () => countCopied(server) },
      baseline: { run: () => countLines(client.query(streams.to("COPY numbers (id, other, note) TO STDOUT"))) },
    });
    await client.end();
    return { value: ratio, ...timings };
  },
};

/** What a program does by hand to get rows out of COPY's lines. */
async function countLines(pieces: AsyncIterable<Buffer>): Promise<void> {
  let count = 0;
  let rest = "";
  for await (const piece of pieces) {
    const lines = (rest + piece.toString()).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const [id, other, note] = line.split("\t");
      const row = { id: Number(id), other: Number(other), note: note?.replaceAll("\\\\", "\\") };
      count += row.id > 0 ? 1 : 0;
    }
  }
  if (count !== million) throw new Error(`${count} rows came.`);
}

async function countCopied(server: Server): Promise<void> {
  await server.engine.begin(async (connection) => {
    let count = 0;
    for await (const row of copyTo(connection, select(numbers.c.id, numbers.c.other, numbers.c.note)))
      count += row.id > 0 ? 1 : 0;
    if (count !== million) throw new Error(`${count} rows came.`);
  });
}
