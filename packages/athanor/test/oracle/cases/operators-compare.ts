import type { Condition } from "../../../src/sql/expression/types.ts";
import { not, nullValue, select } from "../../support/core.ts";
import { samples } from "../models.ts";
import type { Area } from "../statement-case.ts";

const { c } = samples;
const where = (condition: Condition) => select(c.id).where(condition).orderBy(c.id);

export const operatorsCompare: Area = {
  name: "operators-compare",
  cases: {
    "operators-compare/lt": () => where(c.i.lt(6)),
    "operators-compare/ge": () => where(c.i.ge(0)),
    "operators-compare/eq-none": () => where(c.i.eq(null)),
    "operators-compare/ne-none": () => where(c.i.ne(null)),
    "operators-compare/is-none": () => where(c.j.is(null)),
    "operators-compare/eq-null-construct": () => where(c.j.eq(nullValue())),
    "operators-compare/eq-true": () => where(c.b.eq(true)),
    "operators-compare/ne-true": () => where(c.b.ne(true)),
    "operators-compare/is-true": () => where(c.b.is(true)),
    "operators-compare/not-boolean": () => where(not(c.b)),
    "operators-compare/not-eq": () => where(not(c.i.eq(10))),
    "operators-compare/not-lt": () => where(not(c.i.lt(6))),
    "operators-compare/not-is-none": () => where(not(c.j.is(null))),
    "operators-compare/value-on-left": () => where(c.i.gt(5)),
    "operators-compare/eq-reversed": () => where(c.i.eq(10)),
    "operators-compare/distinct-from-none": () => where(c.i.isDistinctFrom(null)),
    "operators-compare/not-distinct-negated": () => where(not(c.i.isDistinctFrom(c.j))),
    "operators-compare/between": () => where(c.i.between(0, 10)),
    "operators-compare/between-symmetric": () => where(c.i.between(10, 0, { symmetric: true })),
    "operators-compare/between-dates": () => where(c.d.between("2023-12-01", "2024-02-01")),
    "operators-compare/between-function": () => where(c.i.between(0, 6)),
    "operators-compare/date-eq": () => where(c.d.eq("2024-02-29")),
    "operators-compare/datetime-gt": () => where(c.dt.gt(new Date("2024-01-01T00:00:00Z"))),
    "operators-compare/numeric-eq": () => where(c.n.eq("10.25")),
    "operators-compare/numeric-lt-float": () => where(c.n.lt("5.5")),
    "operators-compare/float-eq": () => where(c.f.eq(1.5)),
    "operators-compare/string-gt": () => where(c.s.gt("a")),
    "operators-compare/compare-of-compare": () => where(c.i.gt(5).eq(c.j.gt(2))),
    "operators-compare/bool-op-custom": () => where(c.i.boolOp("<>", 10)),
    "operators-compare/op-precedence": () => where(c.i.op("+", 1, { precedence: 7 }).mul(2).gt(5)),
    "operators-compare/op-custom": () => where(c.i.op("%", 4).eq(2)),
  },
  deviations: {
    "operators-compare/between-symmetric": {
      mysql: {
        reason: "MySQL has no SYMMETRIC; the smaller and the greater end say the same",
        sql:
          "SELECT samples.id FROM samples WHERE samples.i BETWEEN least(?, ?) AND greatest(?, ?) " +
          "ORDER BY samples.id",
        parameters: [10, 0, 10, 0],
      },
      sqlite: {
        reason: "SQLite has no SYMMETRIC; the smaller and the greater end say the same",
        sql: "SELECT samples.id FROM samples WHERE samples.i BETWEEN min(?, ?) AND max(?, ?) ORDER BY samples.id",
        parameters: [10, 0, 10, 0],
      },
    },
  },
};
