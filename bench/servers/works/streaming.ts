// A million rows: read without keeping them, and loaded in bulk.
import { column, integer, sqlText, text } from "athanor";
import type { Server } from "../server.ts";
import type { ServerWork } from "../work.ts";

const million = 1_000_000;

function series({ name }: Server): string {
  return name === "postgresql"
    ? `SELECT n AS id, 'a text for row ' || n AS note FROM generate_series(1, ${million}) AS numbers (n)`
    : `SELECT seq AS id, concat('a text for row ', seq) AS note FROM seq_1_to_${million}`;
}

export const streamRows: ServerWork = {
  name: "1,000,000 rows streamed, memory above the start",
  budget: 30,
  unit: "MB",
  async measure(server) {
    const statement = sqlText(series(server)).columns(column("id", integer()), column("note", text()));
    await using connection = await server.engine.connect();
    globalThis.gc?.();
    const start = process.memoryUsage().heapUsed;
    let most = start;
    let count = 0;
    for await (const row of connection.execute(statement)) {
      count += row.note === "" ? 0 : 1;
      if (count % 50_000 !== 0) continue;
      globalThis.gc?.();
      most = Math.max(most, process.memoryUsage().heapUsed);
    }
    if (count !== million) throw new Error(`${count} rows came.`);
    return { value: (most - start) / 2 ** 20 };
  },
};
