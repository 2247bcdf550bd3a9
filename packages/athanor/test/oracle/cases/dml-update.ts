import {
  and,
  bindparam,
  exists,
  func,
  integer,
  mysqlLimit,
  nullValue,
  select,
  update,
  values,
  varchar,
} from "../../support/core.ts";
import { counters, items, orders, products, profiles, samples, tags, users } from "../models.ts";
import { type Area, Execution, everywhere, noReturning } from "../statement-case.ts";

const home = update(counters).where(counters.c.key.eq("home"));

export const dmlUpdate: Area = {
  name: "dml-update",
  cases: {
    "dml-update/values": () => update(users).where(users.c.id.eq(1)).values({ name: "Al" }),
    "dml-update/all-rows": () => update(products).values({ stock: 0 }),
    "dml-update/values-dict": () => update(users).where(users.c.id.eq(1)).values({ role: "root", name: "Al" }),
    "dml-update/null-construct": () => update(profiles).where(profiles.c.id.eq(1)).values({ bio: nullValue() }),
    "dml-update/scalar-subquery": () =>
      update(orders)
        .where(orders.c.id.eq(1))
        .values({
          total: func.coalesce(
            select(func.sum(items.c.quantity.mul(items.c.unitPrice)))
              .where(items.c.orderId.eq(1))
              .scalarSubquery(),
            0,
          ),
        }),
    "dml-update/where-exists": () =>
      update(users)
        .where(exists().where(orders.c.userId.eq(users.c.id), orders.c.total.gt(100)))
        .values({ role: "vip" }),
    "dml-update/from": () =>
      update(orders)
        .where(and(orders.c.userId.eq(users.c.id), users.c.name.eq("Alice")))
        .values({ status: "alice" }),
    "dml-update/from-values": () => {
      const v = values(
        { id: integer(), nm: varchar() },
        [
          { id: 1, nm: "one" },
          { id: 2, nm: "two" },
        ],
        "v",
      );
      return update(tags).where(tags.c.id.eq(v.c.id)).values({ name: v.c.nm });
    },
    "dml-update/from-subquery": () => {
      const sq = select(orders.c.userId, func.count().label("n")).groupBy(orders.c.userId).subquery("sq");
      return update(profiles).where(profiles.c.userId.eq(sq.c.userId)).values({ score: sq.c.n });
    },
    "dml-update/returning": () =>
      update(products)
        .where(products.c.stock.gt(10))
        .values({ stock: products.c.stock.sub(1) })
        .returning(products.c.id, products.c.stock),
    "dml-update/returning-all": () =>
      update(tags).where(tags.c.id.eq(1)).values({ name: "fresh" }).returning(tags.c.id, tags.c.name),
    "dml-update/onupdate": () => home.values({ note: "seen" }),
    "dml-update/onupdate-override": () => home.values({ hits: 1 }),
    "dml-update/bindparams": () =>
      new Execution(
        update(tags)
          .where(tags.c.id.eq(bindparam("b_id", integer())))
          .values({ name: bindparam("b_name", varchar()) }),
        [
          { b_id: 1, b_name: "n1" },
          { b_id: 2, b_name: "n2" },
        ],
      ),
    "dml-update/ordered-values": () =>
      update(products)
        .where(products.c.id.eq(1))
        .orderedValues([products.c.stock, 5], [products.c.price, products.c.stock.mul(2)]),
    "dml-update/tuple-set": () =>
      update(products)
        .where(products.c.id.eq(3))
        .values({
          stock: 1,
          name: func.coalesce(select(tags.c.name).where(tags.c.id.eq(1)).scalarSubquery(), ""),
        }),
    "dml-update/returning-from": () =>
      update(orders)
        .where(orders.c.userId.eq(users.c.id), users.c.id.eq(2))
        .values({ status: "x" })
        .returning(orders.c.id, users.c.name),
    "dml-update/json-column": () =>
      update(samples)
        .where(samples.c.id.eq(1))
        .values({ data: { z: [1] } }),
    "dml-update/limit-mysql": () =>
      update(products).values({ active: false }).ext("afterCriteria", mysqlLimit(1), "mysql"),
  },
  deviations: {
    "dml-update/returning": { mysql: noReturning },
    "dml-update/returning-all": { mysql: noReturning },
    "dml-update/returning-from": { mysql: noReturning },
    "dml-update/from-values": {
      reason: "SQLite has no names of columns behind an alias; SQLAlchemy's text fails there",
      sql:
        "UPDATE tags SET name = v.nm FROM (SELECT column1 AS id, column2 AS nm FROM (VALUES (?, ?), (?, ?))) AS v " +
        "WHERE tags.id = v.id",
    },
    "dml-update/scalar-subquery": everywhere({
      reason: "the column takes no null, which a scalar subquery may be: the types ask for coalesce()",
      sql:
        "UPDATE orders SET total = coalesce((SELECT sum(order_items.quantity * order_items.unit_price) AS sum_1 " +
        "FROM order_items WHERE order_items.order_id = ?), ?) WHERE orders.id = ?",
      parameters: [1, 0, 1],
    }),
    "dml-update/tuple-set": everywhere({
      reason: "the column takes no null, which a scalar subquery may be: the types ask for coalesce()",
      sql:
        "UPDATE products SET name = coalesce((SELECT tags.name FROM tags WHERE tags.id = ?), ?), stock = ? " +
        "WHERE products.id = ?",
      parameters: [1, "", 1, 3],
    }),
  },
};
