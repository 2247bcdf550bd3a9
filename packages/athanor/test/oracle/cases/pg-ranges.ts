import { inet, regconfig } from "../../../src/dialects/postgresql/column-types.ts";
import { toTsquery, toTsvector } from "../../../src/dialects/postgresql/functions.ts";
import { Range } from "../../../src/dialects/postgresql/range.ts";
import type { Condition } from "../../../src/sql/expression/types.ts";
import { cast, select } from "../../support/core.ts";
import { pgDocs } from "../models.ts";
import type { Area } from "../statement-case.ts";
import { onlyPostgresql } from "./only-postgresql.ts";

const { c } = pgDocs;
const where = (condition: Condition) => select(c.id).where(condition).orderBy(c.id);

export const pgRanges: Area = {
  name: "pg-ranges",
  cases: {
    "pg-ranges/contains-range": () => where(c.span.contains(new Range(2, 4))),
    "pg-ranges/contained-by": () => where(c.span.containedBy(new Range(0, 15))),
    "pg-ranges/adjacent": () => where(c.span.adjacentTo(new Range(20, 25))),
    "pg-ranges/not-extend-right": () => where(c.span.notExtendRightOf(new Range(0, 12))),
    "pg-ranges/eq": () => where(c.span.eq(new Range(1, 10))),
    "pg-ranges/union": () => select(c.span.add(new Range(5, 30)).label("x")).orderBy(c.id),
    "pg-ranges/intersection": () => select(c.span.mul(new Range(5, 12)).label("x")).orderBy(c.id),
    "pg-ranges/difference": () => select(c.span.sub(new Range(5, 30)).label("x")).where(c.id.eq(1)),
    "pg-ranges/select-range": () => select(c.span, c.stay).orderBy(c.id),
    "pg-ranges/match-tsquery": () =>
      where(toTsvector(c.body, "english").boolOp("@@", toTsquery("fox | dog", "english"))),
    "pg-ranges/match-regconfig": () => select(c.id).where(c.body.match("jumps", { config: "english" })),
    "pg-ranges/inet": () =>
      select(c.id, c.addr)
        .where(c.addr.boolOp("<<=", cast("10.0.0.0/8", inet())))
        .orderBy(c.id),
    "pg-ranges/regconfig-cast": () => select(toTsvector("The Dog", cast("simple", regconfig())).label("v")),
  },
  deviations: {
    "pg-ranges/contains-range": onlyPostgresql(),
    "pg-ranges/contained-by": onlyPostgresql(),
    "pg-ranges/adjacent": onlyPostgresql(),
    "pg-ranges/not-extend-right": onlyPostgresql(),
  },
};
