import { daterange, inet, int4range, jsonb } from "../../../src/dialects/postgresql/column-types.ts";
import { array, integer, MetaData, table, text } from "../../support/core.ts";

export const pgMetadata = new MetaData();

/** What only PostgreSQL has types for. */
export const pgDocs = table("pg_docs", pgMetadata, {
  id: integer().primaryKey(),
  words: array(text()).nullable(),
  nums: array(integer()).nullable(),
  grid: array(array(integer())).nullable(),
  data: jsonb<unknown>().nullable(),
  span: int4range().nullable(),
  stay: daterange().nullable(),
  addr: inet().nullable(),
  body: text().nullable(),
});
