import type { AnyExpression } from "../../../src/sql/expression/expression.ts";
import { func, interval, literal, select } from "../../support/core.ts";
import { samples } from "../models.ts";
import type { Area, Deviation } from "../statement-case.ts";

const { c } = samples;
const of = (expression: AnyExpression) => select(c.id, expression.label("x")).where(c.id.lt(5)).orderBy(c.id);

const unsigned: Deviation = {
  refused: "execution",
  reason: "MySQL's bits have no sign, and a number cannot hold 64 of them: to be read as bigInteger()",
};

export const operatorsMath: Area = {
  name: "operators-math",
  cases: {
    "operators-math/add": () => of(c.i.add(5)),
    "operators-math/add-col": () => of(c.i.add(c.j)),
    "operators-math/sub": () => of(c.i.sub(c.j)),
    "operators-math/truediv-int-col": () => of(c.i.div(c.j)),
    "operators-math/mod": () => of(c.i.mod(4)),
    "operators-math/neg-expr": () => of(c.i.add(1).neg()),
    "operators-math/sub-nested": () => of(c.i.sub(c.j.sub(1))),
    "operators-math/mul-add": () => of(c.i.add(c.j).mul(2)),
    "operators-math/add-mul": () => of(c.i.mul(2).add(c.j.mul(3))),
    "operators-math/div-mul": () => of(c.i.mul(2).div(c.id)),
    "operators-math/numeric-mul": () => of(c.n.mul("1.5")),
    "operators-math/numeric-div": () => of(c.n.div("4")),
    "operators-math/float-int": () => of(c.f.add(c.i)),
    "operators-math/bit-and": () => of(c.i.bitwiseAnd(6)),
    "operators-math/bit-or": () => of(c.i.bitwiseOr(1)),
    "operators-math/bit-xor": () => of(c.i.bitwiseXor(5)),
    "operators-math/bit-not": () => of(c.i.bitwiseNot()),
    "operators-math/bit-lshift": () =>
      select(c.id, c.i.bitwiseLshift(2).label("x"))
        .where(c.id.in([1, 4]))
        .orderBy(c.id),
    "operators-math/bit-compare": () => of(c.i.bitwiseAnd(2).eq(2)),
    "operators-math/null-arith": () => select(c.id, c.i.add(c.j).label("x")).where(c.id.ge(3)).orderBy(c.id),
    "operators-math/datetime-plus-interval": () => of(c.dt.op("+", literal(93_600_000, interval()), { precedence: 7 })),
    "operators-math/abs-round": () => of(func.abs(c.i).add(func.round(c.f))),
    "operators-math/mod-func": () => of(func.mod(c.i, 4)),
  },
  deviations: {
    "operators-math/bit-or": { mysql: unsigned },
    "operators-math/bit-not": { mysql: unsigned },
    "operators-math/bit-xor": {
      mysql: unsigned,
      sqlite: {
        reason: "SQLAlchemy's text lacks parentheses and gives a wrong value; PostgreSQL's rows are the meaning",
        sql: "SELECT samples.id, (samples.i | ?) - (samples.i & ?) AS x FROM samples WHERE samples.id < ? ORDER BY samples.id",
        rows: [
          [1, 15],
          [2, -4],
          [3, 5],
          [4, 3],
        ],
      },
    },
    "operators-math/numeric-mul": {
      reason: "a product keeps its digits; SQLAlchemy cuts them to the column's scale",
      rows: [
        [1, "15.375"],
        [2, "-4.65"],
        [3, "0"],
        [4, "149.985"],
      ],
    },
  },
};
