import { deleteFrom, func, insert, literal, select, update } from "../../support/core.ts";
import { archive, items, nodes, orders, productTags, profiles, users } from "../models.ts";
import { type Area, everywhere } from "../statement-case.ts";

const noDml = {
  reason: "it cannot change data inside WITH: refused instead of failing there",
  refused: true,
} as const;
const noNull = "the column takes no null, which a sum may be: the types ask for coalesce()";
const sums =
  "WITH sums AS (SELECT orders.user_id AS user_id, coalesce(sum(orders.total), ?) AS t FROM orders " +
  "GROUP BY orders.user_id)";

export const dmlCte: Area = {
  name: "dml-cte",
  cases: {
    "dml-cte/insert-select-cte": () => {
      const c = select(users.c.id, users.c.name).where(users.c.active).cte("act");
      return insert(archive).fromSelect(["id", "label"], select(c.c.id.add(30), c.c.name));
    },
    "dml-cte/delete-cte": () => {
      const c = select(orders.c.id).where(orders.c.status.eq("cancelled")).cte("gone");
      return deleteFrom(items).where(items.c.orderId.in(select(c.c.id)));
    },
    "dml-cte/update-cte": () => {
      const c = select(orders.c.userId, func.coalesce(func.sum(orders.c.total), 0).label("t"))
        .groupBy(orders.c.userId)
        .cte("sums");
      return update(profiles).where(profiles.c.userId.eq(c.c.userId)).values({ score: c.c.t });
    },
    "dml-cte/insert-returning-cte": () => {
      const c = insert(archive)
        .values({ id: 70, label: "via cte" })
        .returning(archive.c.id, archive.c.label)
        .cte("ins");
      return select(c.c.id, c.c.label);
    },
    "dml-cte/delete-returning-cte": () => {
      const c = deleteFrom(productTags).where(productTags.c.tagId.eq(2)).returning(productTags.c.productId).cte("del");
      return insert(archive).fromSelect(["id", "label"], select(c.c.productId.add(80), literal("moved")));
    },
    "dml-cte/recursive-delete": () => {
      const start = select(nodes.c.id).where(nodes.c.id.eq(2)).cte("t", { recursive: true });
      const t = start.unionAll(select(nodes.c.id).join(start, nodes.c.parentId.eq(start.c.id)));
      return select(func.count()).selectFrom(t);
    },
  },
  deviations: {
    "dml-cte/insert-returning-cte": { sqlite: noDml, mysql: noDml },
    "dml-cte/delete-returning-cte": { sqlite: noDml, mysql: noDml },
    "dml-cte/update-cte": {
      ...everywhere({
        reason: noNull,
        sql: `${sums} UPDATE user_profiles SET score = sums.t FROM sums WHERE user_profiles.user_id = sums.user_id`,
        parameters: [0],
      }),
      mysql: {
        reason: noNull,
        sql:
          `${sums} UPDATE user_profiles, sums SET user_profiles.score = sums.t ` +
          "WHERE user_profiles.user_id = sums.user_id",
        parameters: [0],
      },
    },
  },
};
