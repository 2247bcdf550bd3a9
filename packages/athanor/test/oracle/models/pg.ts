import { daterange, inet, int4range, jsonb } from "../../../src/dialects/postgresql/column-types.ts";
import { Range } from "../../../src/dialects/postgresql/range.ts";
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

/** Its rows, which `models.py` of the oracle has and `fixtures.json` has not. */
export const pgDocsRows = [
  {
    id: 1,
    words: ["a", "b", "c"],
    nums: [1, 2, 3],
    grid: [
      [1, 2],
      [3, 4],
    ],
    data: { k: 1, tags: ["x", "y"], deep: { a: { b: 5 } } },
    span: new Range(1, 10),
    stay: new Range("2024-01-01", "2024-01-15"),
    addr: "10.0.0.1",
    body: "the quick brown fox",
  },
  {
    id: 2,
    words: ["b"],
    nums: [3, 4],
    data: { k: 2, tags: [], name: "two" },
    span: new Range(10, 20),
    stay: new Range("2024-01-10", null),
    addr: "10.0.0.2/24",
    body: "a lazy dog sleeps",
  },
  { id: 3, words: [], nums: [] },
];
