import { bindparam, deleteFrom, exists, integer, not } from "../../support/core.ts";
import { items, orders, productTags, tags } from "../models.ts";
import { type Area, Execution, noReturning } from "../statement-case.ts";

export const dmlDelete: Area = {
  name: "dml-delete",
  cases: {
    "dml-delete/where": () => deleteFrom(items).where(items.c.id.eq(1)),
    "dml-delete/all": () => deleteFrom(productTags),
    "dml-delete/not-exists": () => deleteFrom(tags).where(not(exists().where(productTags.c.tagId.eq(tags.c.id)))),
    "dml-delete/using-table": () =>
      deleteFrom(items).using(orders).where(items.c.orderId.eq(orders.c.id), orders.c.total.gt(100)),
    "dml-delete/returning": () =>
      deleteFrom(items).where(items.c.orderId.eq(4)).returning(items.c.id, items.c.quantity),
    "dml-delete/returning-all": () =>
      deleteFrom(productTags).where(productTags.c.tagId.eq(2)).returning(productTags.c.productId, productTags.c.tagId),
    "dml-delete/executemany": () =>
      new Execution(
        deleteFrom(productTags).where(
          productTags.c.productId.eq(bindparam("p", integer())),
          productTags.c.tagId.eq(bindparam("t", integer())),
        ),
        [
          { p: 1, t: 1 },
          { p: 1, t: 2 },
        ],
      ),
  },
  deviations: {
    "dml-delete/returning": { mysql: noReturning },
    "dml-delete/returning-all": { mysql: noReturning },
  },
};
