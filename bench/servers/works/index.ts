// The works of the servers' budget tables, in the order of SQLite's.
import type { ServerWork } from "../work.ts";
import { copyIn, copyOut } from "./copying.ts";
import { getByKey, manyToOneLoad, reportQuery, selectEntities, selectinLoad, selectRows, workers } from "./reading.ts";
import { streamRows } from "./streaming.ts";
import { bulkInsert, insertGraph, insertOne, updateEntities } from "./writing.ts";

export const works: Readonly<Record<string, ServerWork>> = {
  "select-rows": selectRows,
  "select-entities": selectEntities,
  "get-by-key": getByKey,
  "selectin-load": selectinLoad,
  "many-to-one-load": manyToOneLoad,
  "insert-one": insertOne,
  "bulk-insert": bulkInsert,
  "insert-graph": insertGraph,
  "update-entities": updateEntities,
  "report-query": reportQuery,
  workers,
  "stream-rows": streamRows,
  "copy-in": copyIn,
  "copy-out": copyOut,
};
