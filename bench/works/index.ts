// The works of the budget table, in its order.
import type { Work } from "../work.ts";
import { buildBesideDrizzle, buildBesideKnex, buildBesideKysely } from "./build-select.ts";
import { bulkInsert } from "./bulk-insert.ts";
import { coreBundle, ormBundle } from "./bundle-size.ts";
import { cleanFlush } from "./clean-flush.ts";
import { getByKey } from "./get-by-key.ts";
import { importTime } from "./import-time.ts";
import { insertGraph } from "./insert-graph.ts";
import { insertOne } from "./insert-one.ts";
import { manyToOneLoad } from "./many-to-one-load.ts";
import { reportQuery } from "./report-query.ts";
import { selectEntities } from "./select-entities.ts";
import { selectRows } from "./select-rows.ts";
import { selectinLoad } from "./selectin-load.ts";
import { updateEntities } from "./update-entities.ts";

export const works: Readonly<Record<string, Work>> = {
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
  "build-select": buildBesideKysely,
  "build-select-drizzle": buildBesideDrizzle,
  "build-select-knex": buildBesideKnex,
  "import-time": importTime,
  "clean-flush": cleanFlush,
  "core-bundle": coreBundle,
  "orm-bundle": ormBundle,
};
