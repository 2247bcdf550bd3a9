import { func, integer, literal, nullsLast, select, tablesample } from "../../support/core.ts";
import { orders, products, samples, tags, users } from "../models.ts";
import { type Area, type Deviation, everywhere } from "../statement-case.ts";

const { c } = users;
const first = select(c.id).where(c.id.eq(1));
const ordered = select(c.id).orderBy(c.id);

const limitInstead: Deviation = {
  reason: "it says LIMIT; SQLAlchemy's text fails there",
  sql: "SELECT users.id FROM users ORDER BY users.id LIMIT ?",
  parameters: [2],
};

export const selectBasic: Area = {
  name: "select-basic",
  cases: {
    "select-basic/columns": () => select(c.id, c.name).orderBy(c.id),
    "select-basic/no-from": () => select(literal(1).label("one")),
    "select-basic/two-tables": () => select(c.id, tags.c.id).where(c.id.eq(1)).orderBy(tags.c.id),
    "select-basic/select-from": () => select(func.count()).selectFrom(orders),
    "select-basic/select-from-many": () => select(func.count()).selectFrom(tags, products),
    "select-basic/distinct": () => select(c.role).distinct().orderBy(c.role),
    "select-basic/add-columns": () => select(c.id).addColumns(c.name).orderBy(c.id),
    "select-basic/with-only-columns-froms": () =>
      select(c.id).where(c.active).withOnlyColumns(func.count(), { maintainColumnFroms: true }),
    "select-basic/filter-alias": () => select(c.id).where(c.role.eq("user")).orderBy(c.id),
    "select-basic/group-having": () =>
      select(orders.c.userId, func.sum(orders.c.total).label("t"))
        .groupBy(orders.c.userId)
        .having(func.sum(orders.c.total).gt(50))
        .orderBy(orders.c.userId),
    "select-basic/having-many": () =>
      select(orders.c.userId)
        .groupBy(orders.c.userId)
        .having(func.count().gt(1), func.min(orders.c.total).gt(20))
        .orderBy(orders.c.userId),
    "select-basic/order-asc-desc": () => select(c.id).orderBy(c.role.asc(), c.name.desc()),
    "select-basic/order-nullslast-legacy": () =>
      select(samples.c.id).orderBy(nullsLast(samples.c.j.desc()), samples.c.id),
    "select-basic/order-expr": () => select(c.name).orderBy(func.length(c.name), c.name),
    "select-basic/order-boolean": () => select(c.id).orderBy(c.active.desc(), c.id),
    "select-basic/order-collate": () => select(c.name).orderBy(c.name.collate("C").desc()),
    "select-basic/offset": () => ordered.offset(3),
    "select-basic/limit-offset": () => ordered.limit(2).offset(1),
    "select-basic/limit-zero": () => ordered.limit(0),
    "select-basic/limit-reset": () => ordered.limit(2).limit(null),
    "select-basic/fetch": () => ordered.fetch(2),
    "select-basic/fetch-percent": () => ordered.fetch(40, { percent: true }),
    "select-basic/suffix": () => first.suffixWith("/* tail */"),
    "select-basic/hint": () => ordered.withHint(users, "USE INDEX (ix_user_email_active)", "mysql"),
    "select-basic/statement-hint": () => first.suffixWith("/*+ hi */"),
    "select-basic/for-update-read": () => first.withForUpdate({ read: true }),
    "select-basic/for-update-nowait": () => first.withForUpdate({ nowait: true }),
    "select-basic/for-update-skip": () => first.withForUpdate({ skipLocked: true }),
    "select-basic/for-update-of-column": () =>
      select(c.id)
        .join(orders)
        .where(orders.c.id.eq(1))
        .withForUpdate({ of: [orders.c.id] }),
    "select-basic/for-update-key-share-read": () => first.withForUpdate({ keyShare: true, read: true }),
    "select-basic/for-update-limit": () => ordered.limit(1).withForUpdate({ skipLocked: true }),
    "select-basic/correlate-none": () => select(literal("a").label("a"), literal(2).label("b")),
    "select-basic/alias": () => {
      const u = users.alias("u");
      return select(u.c.id).where(u.c.name.eq("Bob"));
    },
    "select-basic/alias-anon": () => {
      const u = users.alias();
      return select(u.c.id, c.id.label("o")).where(u.c.id.eq(c.id), c.id.lt(3)).orderBy(u.c.id);
    },
    "select-basic/correlated-count": () =>
      select(
        c.name,
        select(func.count(orders.c.id)).where(orders.c.userId.eq(c.id)).scalarSubquery().label("n"),
      ).orderBy(c.id),
    "select-basic/filter-by-join": () => select(c.name).join(orders).filterBy({ status: "completed" }).orderBy(c.id),
    "select-basic/filter-by-ambiguous": () => select(c.name).join(orders).filterBy({ id: 1 }),
    "select-basic/filter-by-unknown": () => select(c.id).filterBy({ nope: 1 }),
    "select-basic/tablesample": () => {
      const t = tablesample(users, func.call("bernoulli", integer(), 100), { name: "ts" });
      return select(t.c.id).orderBy(t.c.id);
    },
  },
  deviations: {
    "select-basic/order-nullslast-legacy": {
      mysql: {
        reason: "MySQL has no NULLS LAST; SQLAlchemy's text fails there",
        sql: "SELECT samples.id FROM samples ORDER BY samples.j IS NULL, samples.j DESC, samples.id",
      },
    },
    "select-basic/tablesample": { reason: "SQLite takes no samples: refused instead of failing there", refused: true },
    "select-basic/offset": {
      reason: "no limit at all needs no parameter",
      sql: "SELECT users.id FROM users ORDER BY users.id LIMIT -1 OFFSET ?",
      parameters: [3],
    },
    "select-basic/limit-zero": {
      reason: "no offset needs no OFFSET 0",
      sql: "SELECT users.id FROM users ORDER BY users.id LIMIT ?",
      parameters: [0],
    },
    "select-basic/for-update-limit": {
      reason: "no offset needs no OFFSET 0",
      sql: "SELECT users.id FROM users ORDER BY users.id LIMIT ?",
      parameters: [1],
    },
    "select-basic/fetch": { sqlite: limitInstead, mysql: limitInstead },
    "select-basic/fetch-percent": everywhere({
      reason: "No database here counts in percent: refused instead of failing there",
      refused: true,
    }),
  },
};
