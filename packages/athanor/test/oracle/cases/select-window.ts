import type { AnyExpression } from "../../../src/sql/expression/expression.ts";
import { func, interval, literal, preceding, select } from "../../support/core.ts";
import { items, orders } from "../models.ts";
import type { Area } from "../statement-case.ts";

const { c } = orders;
const of = (expression: AnyExpression) => select(c.id, expression.label("x")).orderBy(c.id);

export const selectWindow: Area = {
  name: "select-window",
  cases: {
    "select-window/partition": () =>
      select(c.id, func.rank().over({ partitionBy: c.userId, orderBy: c.total }).label("r")).orderBy(c.id),
    "select-window/over-many": () =>
      select(
        items.c.id,
        func
          .denseRank()
          .over({
            partitionBy: [items.c.productId, items.c.quantity],
            orderBy: [items.c.unitPrice.desc(), items.c.id],
          })
          .label("d"),
      ).orderBy(items.c.id),
    "select-window/running-sum": () =>
      select(
        c.id,
        func
          .sum(c.total)
          .over({ orderBy: c.id, rows: [null, 0] })
          .label("run"),
      ).orderBy(c.id),
    "select-window/rows-between": () => of(func.sum(c.id).over({ orderBy: c.id, rows: [-1, 1] })),
    "select-window/rows-following": () => of(func.sum(c.id).over({ orderBy: c.id, rows: [1, 2] })),
    "select-window/groups": () => of(func.count().over({ orderBy: c.userId, groups: [-1, 0] })),
    "select-window/exclude": () =>
      of(func.sum(c.id).over({ orderBy: c.id, rows: [null, null], exclude: "current row" })),
    "select-window/range-interval": () =>
      of(func.count().over({ orderBy: c.createdAt, range: [preceding(literal(86_400_000, interval())), 0] })),
    "select-window/lag-lead": () =>
      select(
        c.id,
        func.lag(c.total).over({ orderBy: c.id }).label("p"),
        func.lead(c.total, 1, 0).over({ orderBy: c.id }).label("n"),
      ).orderBy(c.id),
    "select-window/window-filter": () => of(func.count().filter(c.status.eq("completed")).over({ orderBy: c.id })),
    "select-window/window-order": () => select(c.id).orderBy(func.rowNumber().over({ orderBy: c.total.desc() })),
    "select-window/percent-rank": () =>
      select(
        c.id,
        func.percentRank().over({ orderBy: c.id }).label("p"),
        func.cumeDist().over({ orderBy: c.id }).label("c"),
      ).orderBy(c.id),
    "select-window/range-nonint": () => func.sum(c.total).over({ orderBy: c.total, range: [-1.5, 0] }),
    "select-window/rows-and-range": () => func.sum(c.total).over({ orderBy: c.id, rows: [null, 0], range: [null, 0] }),
  },
  deviations: {
    "select-window/window-filter": {
      mysql: { reason: "MySQL has no FILTER: refused instead of failing there", refused: true },
    },
  },
};
