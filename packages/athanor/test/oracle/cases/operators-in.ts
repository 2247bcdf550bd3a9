import type { Condition } from "../../../src/sql/expression/types.ts";
import { any, func, literal, not, select, tuple, union } from "../../support/core.ts";
import { items, nodes, orders, samples, users } from "../models.ts";
import type { Area } from "../statement-case.ts";

const { c } = samples;
const where = (condition: Condition) => select(c.id).where(condition).orderBy(c.id);
const pair = tuple(items.c.orderId, items.c.productId);

export const operatorsIn: Area = {
  name: "operators-in",
  cases: {
    "operators-in/in-list": () => where(c.id.in([1, 3, 5])),
    "operators-in/in-tuple": () => where(c.s.in(["apple", "Banana"])),
    "operators-in/in-single": () => where(c.id.in([2])),
    "operators-in/not-in-tilde": () => where(not(c.id.in([1, 3]))),
    "operators-in/in-bools": () => where(c.b.in([true])),
    "operators-in/in-dates": () => where(c.d.in(["2024-01-31", "2000-01-01"])),
    "operators-in/in-expressions": () => where(c.id.in([c.j, literal(1)])),
    "operators-in/in-mixed": () => where(c.id.in([4, c.j.sub(2)])),
    "operators-in/in-subquery": () => where(c.id.in(select(nodes.c.id).where(nodes.c.weight.gt(2)))),
    "operators-in/in-union": () => where(c.id.in(union(select(literal(1)), select(literal(4))))),
    "operators-in/in-function": () => where(func.length(c.s).in([5, 6])),
    "operators-in/tuple-in-empty": () => select(c.id).where(tuple(c.i, c.j).in([])),
    "operators-in/tuple-in-subquery": () =>
      select(items.c.id)
        .where(pair.in(select(items.c.orderId, items.c.productId).where(items.c.quantity.gt(2))))
        .orderBy(items.c.id),
    "operators-in/tuple-not-in": () =>
      select(items.c.id)
        .where(
          pair.notIn([
            [1, 1],
            [4, 2],
          ]),
        )
        .orderBy(items.c.id),
    "operators-in/tuple-eq": () => select(items.c.id).where(pair.eq([4, 2])),
    "operators-in/tuple-gt": () =>
      select(items.c.id)
        .where(tuple(items.c.orderId, items.c.id).gt([3, 3]))
        .orderBy(items.c.orderId, items.c.id),
    "operators-in/any-on-left": () =>
      select(users.c.id)
        .where(users.c.id.eq(any(select(orders.c.userId))))
        .orderBy(users.c.id),
  },
  deviations: {
    "operators-in/any-on-left": {
      refused: true,
      reason: "SQLite has no ANY of a query: refused instead of failing in the database",
    },
  },
};
