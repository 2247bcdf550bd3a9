import type { Condition } from "../../../src/sql/expression/types.ts";
import { array, columnValued, func, insert, select, update } from "../../support/core.ts";
import { pgDocs } from "../models.ts";
import type { Area } from "../statement-case.ts";
import { onlyPostgresql } from "./only-postgresql.ts";

const { c } = pgDocs;
const where = (condition: Condition) => select(c.id).where(condition).orderBy(c.id);

export const pgArrays: Area = {
  name: "pg-arrays",
  cases: {
    "pg-arrays/contained-by": () => where(c.words.containedBy(["a", "b", "c", "d"])),
    "pg-arrays/overlap": () => where(c.nums.overlaps([3, 9])),
    "pg-arrays/index-eq": () => where(c.words.at(1).eq("b")),
    "pg-arrays/any-method": () => where(c.words.any("c")),
    "pg-arrays/all-method": () => where(c.nums.all(2, "lt")),
    "pg-arrays/length": () => where(func.arrayLength(c.words, 1).gt(1)),
    "pg-arrays/cardinality": () => where(func.cardinality(c.words).eq(0)),
    "pg-arrays/slice": () => select(c.nums.slice(1, 2).label("x")).where(c.id.eq(1)),
    "pg-arrays/index-2d": () => select(c.grid.at(2).at(1).label("x")).where(c.id.eq(1)),
    "pg-arrays/concat": () => select(c.nums.concat([9]).label("x")).orderBy(c.id),
    "pg-arrays/literal-array": () => select(array([1, 2, 3]).label("x")),
    "pg-arrays/literal-array-nested": () => select(array([array([1, 2]), array([3, 4])]).label("x")),
    "pg-arrays/literal-array-contains": () =>
      select(
        array([1, 2, 3])
          .contains(array([2]))
          .label("x"),
      ),
    "pg-arrays/unnest": () => {
      const v = columnValued(func.unnest(array(["x", "y"])), "v");
      return select(v).orderBy(v);
    },
    "pg-arrays/unnest-column-valued": () => {
      const f = columnValued(func.unnest(array([3, 1, 2])), "n");
      return select(f).orderBy(f);
    },
    "pg-arrays/insert-array": () => insert(pgDocs).values({ id: 9, words: ["p", "q"], nums: [7], grid: [[1], [2]] }),
    "pg-arrays/update-element": () =>
      update(pgDocs)
        .where(c.id.eq(1))
        .orderedValues([c.nums.at(2), 99]),
    "pg-arrays/update-append": () =>
      update(pgDocs)
        .where(c.id.eq(2))
        .values({ words: func.arrayAppend(c.words, "z") }),
  },
  deviations: {
    "pg-arrays/contained-by": onlyPostgresql(),
    "pg-arrays/overlap": onlyPostgresql(),
    "pg-arrays/any-method": onlyPostgresql(),
    "pg-arrays/all-method": onlyPostgresql(),
    "pg-arrays/update-append": onlyPostgresql(),
    "pg-arrays/slice": {
      postgresql: {
        reason: "the oracle's text has lost the colon between two parameters",
        sql: "SELECT pg_docs.nums[$1:$2] AS x FROM pg_docs WHERE pg_docs.id = $3",
      },
    },
  },
};
