import { and, func, integer, join, outerJoin, select, tableValued, trueValue } from "../../support/core.ts";
import { blogUsers, items, nodes, orders, pages, products, profiles, rooms, sites, tags, users } from "../models.ts";
import type { Area } from "../statement-case.ts";

export const selectJoin: Area = {
  name: "select-join",
  cases: {
    "select-join/join-fk": () => select(users.c.name, orders.c.id).join(orders).orderBy(orders.c.id),
    "select-join/join-onclause": () =>
      select(users.c.name, orders.c.id)
        .join(orders, and(orders.c.userId.eq(users.c.id), orders.c.total.gt(20)))
        .orderBy(orders.c.id),
    "select-join/isouter": () => select(users.c.name, profiles.c.bio).outerJoin(profiles).orderBy(users.c.id),
    "select-join/join-chain": () =>
      select(users.c.name, products.c.name).join(orders).join(items).join(products).orderBy(items.c.id),
    "select-join/join-from": () =>
      select(orders.c.id, products.c.sku).joinFrom(orders, items).join(products).orderBy(items.c.id),
    "select-join/outerjoin-from": () =>
      select(products.c.sku, items.c.quantity).outerJoinFrom(products, items).orderBy(products.c.id, items.c.id),
    "select-join/join-object": () =>
      select(users.c.id, items.c.id).selectFrom(users.join(orders).outerJoin(items)).orderBy(items.c.id),
    "select-join/join-nested": () =>
      select(users.c.name, items.c.id)
        .selectFrom(outerJoin(users, join(orders, items), users.c.id.eq(orders.c.userId)))
        .orderBy(users.c.id, items.c.id),
    "select-join/join-alias": () => {
      const o = orders.alias("o");
      return select(users.c.name, o.c.total).join(o, o.c.userId.eq(users.c.id)).where(o.c.total.gt(50)).orderBy(o.c.id);
    },
    "select-join/join-alias-fk": () => {
      const o = orders.alias("o");
      return select(users.c.name, o.c.total).join(o).orderBy(o.c.id);
    },
    "select-join/join-self": () => {
      const p = nodes.alias("p");
      return select(nodes.c.name, p.c.name.label("parent")).join(p, nodes.c.parentId.eq(p.c.id)).orderBy(nodes.c.id);
    },
    "select-join/join-composite-fk": () =>
      select(sites.c.city, rooms.c.number).join(rooms).orderBy(sites.c.code, rooms.c.number),
    "select-join/join-ambiguous": () => select(pages.c.title).join(blogUsers),
    "select-join/join-true": () =>
      select(tags.c.id, products.c.id)
        .join(products, trueValue())
        .where(products.c.id.lt(3))
        .orderBy(tags.c.id, products.c.id),
    "select-join/lateral-function": () => {
      const series = func.call("generate_series", integer(), 1, tags.c.id);
      const g = tableValued(series, { n: integer() }, { name: "g", derived: true });
      return select(tags.c.id, g.c.n).join(g, trueValue()).orderBy(tags.c.id, g.c.n);
    },
    "select-join/join-using-where": () =>
      select(users.c.name).join(orders).where(orders.c.status.eq("completed"), users.c.active).orderBy(users.c.id),
    "select-join/join-distinct": () => select(users.c.name).join(orders).distinct().orderBy(users.c.name),
    "select-join/join-aggregate": () =>
      select(users.c.name, func.count(orders.c.id).label("n"), func.coalesce(func.sum(orders.c.total), 0).label("t"))
        .outerJoin(orders)
        .groupBy(users.c.id, users.c.name)
        .orderBy(users.c.id),
  },
};
