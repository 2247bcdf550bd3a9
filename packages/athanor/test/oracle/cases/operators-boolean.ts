import type { Condition } from "../../../src/sql/expression/types.ts";
import { and, falseValue, not, or, select, trueValue } from "../../support/core.ts";
import { samples } from "../models.ts";
import type { Area } from "../statement-case.ts";

const { c } = samples;
const where = (...conditions: readonly Condition[]) =>
  select(c.id)
    .where(...conditions)
    .orderBy(c.id);

export const operatorsBoolean: Area = {
  name: "operators-boolean",
  cases: {
    "operators-boolean/and": () => where(and(c.i.gt(0), c.j.gt(2))),
    "operators-boolean/or-operator": () => where(or(c.i.gt(8), c.j.eq(2))),
    "operators-boolean/or-in-and": () => where(and(or(c.i.gt(8), c.j.eq(2)), c.id.lt(5))),
    "operators-boolean/double-not": () => where(not(not(c.i.gt(5)))),
    "operators-boolean/nested-and-flatten": () => where(and(c.i.gt(0), and(c.j.gt(2), c.id.lt(5)))),
    "operators-boolean/and-true": () => where(and(trueValue(), c.i.gt(5))),
    "operators-boolean/and-false": () => where(and(falseValue(), c.i.gt(5))),
    "operators-boolean/or-false": () => where(or(falseValue(), c.i.gt(5))),
    "operators-boolean/and-empty-true": () => where(and(trueValue())),
    "operators-boolean/or-empty-false": () => where(or(falseValue())),
    "operators-boolean/true-construct": () => where(trueValue()),
    "operators-boolean/or-dynamic": () => where(or(falseValue(), ...[1, 4].map((id) => c.id.eq(id)))),
    "operators-boolean/where-many": () => where(c.i.gt(0), c.j.gt(2)),
    "operators-boolean/where-or-then-and": () =>
      select(c.id)
        .where(or(c.id.eq(1), c.id.eq(2)))
        .where(c.i.gt(0)),
    "operators-boolean/select-comparison": () => select(c.id, c.i.gt(5).label("big")).orderBy(c.id),
    "operators-boolean/select-and": () => select(c.id, and(c.i.gt(0), c.j.gt(2)).label("both")).orderBy(c.id),
    "operators-boolean/select-not-col": () => select(c.id, not(c.b).label("nb")).orderBy(c.id),
    "operators-boolean/select-true": () => select(trueValue().label("yes"), falseValue().label("no")),
    "operators-boolean/xor": () => select(c.id, c.i.bitwiseXor(3).label("x")).where(c.id.eq(1)),
  },
  deviations: {
    "operators-boolean/xor": {
      reason: "SQLAlchemy's text lacks parentheses and gives a wrong value; PostgreSQL's rows are the meaning",
      sql: "SELECT samples.id, (samples.i | ?) - (samples.i & ?) AS x FROM samples WHERE samples.id = ?",
      rows: [[1, 9]],
    },
  },
};
