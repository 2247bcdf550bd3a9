import { jsonbSet } from "../../../src/dialects/postgresql/functions.ts";
import type { Condition } from "../../../src/sql/expression/types.ts";
import { array, integer, select, update } from "../../support/core.ts";
import { pgDocs } from "../models.ts";
import type { Area } from "../statement-case.ts";
import { onlyPostgresql } from "./only-postgresql.ts";

const { c } = pgDocs;
const where = (condition: Condition) => select(c.id).where(condition).orderBy(c.id);

export const pgJsonb: Area = {
  name: "pg-jsonb",
  cases: {
    "pg-jsonb/contains": () => where(c.data.contains({ k: 1 })),
    "pg-jsonb/contained-by": () => where(c.data.containedBy({ k: 2, tags: [], name: "two", more: 1 })),
    "pg-jsonb/has-key": () => where(c.data.hasKey("name")),
    "pg-jsonb/has-any": () => where(c.data.hasAny(array(["name", "deep"]))),
    "pg-jsonb/path-exists": () => where(c.data.pathExists("$.deep.a")),
    "pg-jsonb/astext-cast": () => where(c.data.at("k").asText().cast(integer()).gt(1)),
    "pg-jsonb/as-integer": () => where(c.data.at("k").asInteger().eq(1)),
    "pg-jsonb/eq-doc": () => where(c.data.eq({ k: 2, tags: [], name: "two" })),
    "pg-jsonb/delete-path": () => select(c.data.deletePath(["deep", "a"]).label("x")).where(c.id.eq(1)),
    "pg-jsonb/concat": () => select(c.data.concat({ z: 1 }).label("x")).where(c.id.eq(2)),
    "pg-jsonb/subscript": () => select(c.data.at("tags").at(0).label("x")).orderBy(c.id),
    "pg-jsonb/jsonb-set": () =>
      update(pgDocs)
        .where(c.id.eq(1))
        .values({ data: jsonbSet(c.data, ["k"], 5) }),
  },
  deviations: {
    "pg-jsonb/contains": onlyPostgresql(
      "SELECT pg_docs.id FROM pg_docs WHERE JSON_CONTAINS(pg_docs.data, ?) ORDER BY pg_docs.id",
    ),
    "pg-jsonb/astext-cast": {
      mysql: {
        reason: "MySQL's ->> takes literal paths only",
        sql:
          "SELECT pg_docs.id FROM pg_docs WHERE CAST(JSON_UNQUOTE(JSON_EXTRACT(pg_docs.data, ?)) AS SIGNED INTEGER) > ? " +
          "ORDER BY pg_docs.id",
        notCompared: "result",
      },
    },
    "pg-jsonb/contained-by": onlyPostgresql(
      "SELECT pg_docs.id FROM pg_docs WHERE JSON_CONTAINS(?, pg_docs.data) ORDER BY pg_docs.id",
    ),
    "pg-jsonb/has-key": onlyPostgresql(
      "SELECT pg_docs.id FROM pg_docs WHERE JSON_CONTAINS_PATH(pg_docs.data, 'one', concat('$.', JSON_QUOTE(?))) " +
        "ORDER BY pg_docs.id",
    ),
  },
};
