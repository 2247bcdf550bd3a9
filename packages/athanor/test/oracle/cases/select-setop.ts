import {
  desc,
  exceptAll,
  func,
  intersect,
  intersectAll,
  literal,
  select,
  union,
  unionAll,
} from "../../support/core.ts";
import { orders, tags, users } from "../models.ts";
import type { Area } from "../statement-case.ts";

const noAll = {
  reason: "SQLite keeps no duplicates here: refused instead of failing in the database",
  refused: true,
} as const;
const firstUser = select(users.c.id).orderBy(users.c.id).limit(1);
const lastOrder = select(orders.c.id).orderBy(orders.c.id.desc()).limit(1);

export const selectSetop: Area = {
  name: "select-setop",
  cases: {
    "select-setop/union": () =>
      union(select(users.c.id).where(users.c.id.lt(3)), select(orders.c.id).where(orders.c.id.gt(4))).orderBy("id"),
    "select-setop/union-method": () =>
      select(users.c.id)
        .where(users.c.id.eq(1))
        .union(select(users.c.id).where(users.c.id.eq(2)))
        .orderBy("id"),
    "select-setop/union-many": () =>
      union(select(literal(1).label("n")), select(literal(2)), select(literal(3))).orderBy("n"),
    "select-setop/intersect": () => intersect(select(users.c.id), select(orders.c.userId)).orderBy("id"),
    "select-setop/intersect-all": () => intersectAll(select(users.c.role), select(users.c.role).where(users.c.active)),
    "select-setop/except-all": () => exceptAll(select(users.c.role), select(users.c.role).where(users.c.active)),
    "select-setop/union-limit": () => union(select(users.c.id), select(orders.c.id)).orderBy("id").limit(3).offset(1),
    "select-setop/union-limit-inside": () => unionAll(firstUser, lastOrder),
    "select-setop/union-subquery-members": () => {
      const a = firstUser.subquery();
      const b = lastOrder.subquery();
      return unionAll(select(a.c.id), select(b.c.id));
    },
    "select-setop/union-subquery": () => {
      const u = union(select(users.c.id), select(orders.c.id)).subquery("u");
      return select(func.count(u.c.id).label("n"));
    },
    "select-setop/union-order-column": () =>
      select(users.c.id, users.c.name)
        .where(users.c.id.lt(3))
        .unionAll(select(tags.c.id, tags.c.name))
        .orderBy(desc("name")),
    "select-setop/union-group": () => {
      const u = unionAll(select(users.c.role.label("k")), select(orders.c.status)).subquery();
      return select(u.c.k, func.count().label("n")).groupBy(u.c.k).orderBy(u.c.k);
    },
    "select-setop/union-different-labels": () =>
      unionAll(select(users.c.id.label("a")), select(orders.c.id.label("b")).where(orders.c.id.gt(9))),
    "select-setop/union-in": () =>
      select(users.c.id)
        .where(users.c.id.in(union(select(orders.c.userId).where(orders.c.id.eq(1)), select(literal(5)))))
        .orderBy(users.c.id),
  },
  deviations: {
    "select-setop/intersect-all": noAll,
    "select-setop/except-all": noAll,
    "select-setop/union-limit-inside": {
      reason: "SQLite takes no parentheses around members; SQLAlchemy's text fails there. No offset needs no OFFSET 0",
      sql:
        "SELECT anon_1.id FROM (SELECT users.id AS id FROM users ORDER BY users.id LIMIT ?) AS anon_1 UNION ALL " +
        "SELECT anon_2.id FROM (SELECT orders.id AS id FROM orders ORDER BY orders.id DESC LIMIT ?) AS anon_2",
      parameters: [1, 1],
    },
    "select-setop/union-subquery-members": {
      reason: "no offset needs no OFFSET 0",
      sql:
        "SELECT anon_1.id FROM (SELECT users.id AS id FROM users ORDER BY users.id LIMIT ?) AS anon_1 UNION ALL " +
        "SELECT anon_2.id FROM (SELECT orders.id AS id FROM orders ORDER BY orders.id DESC LIMIT ?) AS anon_2",
      parameters: [1, 1],
    },
  },
};
