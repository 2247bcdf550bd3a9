import {
  array,
  columnValued,
  exists,
  func,
  integer,
  join,
  json,
  literal,
  select,
  tableValued,
  values,
  varchar,
} from "../../support/core.ts";
import { items, orders, products, users } from "../models.ts";
import type { Area, Deviation } from "../statement-case.ts";

const numbers = values({ a: integer() }, [{ a: 1 }, { a: 2 }], "v");

const document: Deviation = {
  reason: "a document is given as what it is, and its type says that it is JSON",
  parameters: [[{ a: 1, b: "x" }]],
};

export const selectSubquery: Area = {
  name: "select-subquery",
  cases: {
    "select-subquery/subquery-from": () => {
      const sq = select(users.c.id, users.c.name).where(users.c.active).subquery();
      return select(sq.c.name).orderBy(sq.c.id);
    },
    "select-subquery/subquery-named": () => {
      const sq = select(users.c.id).where(users.c.active).subquery("act");
      return select(sq.c.id).orderBy(sq.c.id);
    },
    "select-subquery/subquery-labels": () => {
      const sq = select(users.c.id.add(1).label("n"), func.upper(users.c.name)).subquery();
      return select(sq.c.n).orderBy(sq.c.n);
    },
    "select-subquery/subquery-dup-columns": () => {
      const sq = select(users.c.id, orders.c.id.label("id_1")).join(orders).subquery();
      return select(sq.c.id, sq.c.id_1).orderBy(sq.c.id_1);
    },
    "select-subquery/subquery-of-subquery": () => {
      const a = select(users.c.id.label("a")).subquery();
      const b = select(a.c.a.mul(2).label("b")).subquery();
      return select(b.c.b).where(b.c.b.gt(4)).orderBy(b.c.b);
    },
    "select-subquery/scalar-arith": () =>
      select(orders.c.id, orders.c.total.sub(select(func.min(orders.c.total)).scalarSubquery()).label("over")).orderBy(
        orders.c.id,
      ),
    "select-subquery/correlate-none": () => {
      const sq = select(func.count()).selectFrom(users).where(users.c.active).correlate(null).scalarSubquery();
      return select(users.c.name, sq.label("n")).orderBy(users.c.id);
    },
    "select-subquery/exists-columns": () =>
      select(users.c.name)
        .where(exists(orders.c.id).where(orders.c.userId.eq(users.c.id), orders.c.total.gt(50)))
        .orderBy(users.c.id),
    "select-subquery/select-exists": () => select(exists().where(users.c.role.eq("admin")).label("x")),
    "select-subquery/exists-select-from": () =>
      select(products.c.sku)
        .where(
          exists()
            .selectFrom(join(items, orders))
            .where(items.c.productId.eq(products.c.id), orders.c.status.eq("shipped")),
        )
        .orderBy(products.c.id),
    "select-subquery/in-correlated": () =>
      select(users.c.id).where(literal("shipped").in(select(orders.c.status).where(orders.c.userId.eq(users.c.id)))),
    "select-subquery/row-compare": () =>
      select(users.c.id).where(users.c.id.eq(select(orders.c.userId).where(orders.c.id.eq(3)).scalarSubquery())),
    "select-subquery/values": () => {
      const v = values(
        { id: integer(), label: varchar() },
        [
          { id: 1, label: "one" },
          { id: 2, label: "two" },
        ],
        "v",
      );
      return select(v.c.id, v.c.label).orderBy(v.c.id);
    },
    "select-subquery/values-join": () => {
      const v = values(
        { uid: integer(), bonus: integer() },
        [
          { uid: 1, bonus: 10 },
          { uid: 3, bonus: 30 },
        ],
        "v",
      );
      return select(users.c.name, v.c.bonus).join(v, users.c.id.eq(v.c.uid)).orderBy(users.c.id);
    },
    "select-subquery/values-literal": () => {
      const rows = [
        { a: 1, b: "x" },
        { a: 2, b: "y'" },
      ];
      const v = values({ a: integer(), b: varchar() }, rows, "v", { literalBinds: true });
      return select(v.c.a, v.c.b).orderBy(v.c.a);
    },
    "select-subquery/values-cte": () => {
      const v = values({ a: integer() }, [{ a: 3 }, { a: 4 }], "v").cte("nums");
      return select(v.c.a).orderBy(v.c.a);
    },
    "select-subquery/values-alias": () => {
      const v = numbers.alias("w");
      return select(v.c.a).orderBy(v.c.a);
    },
    "select-subquery/values-scalar": () =>
      select(users.c.id).where(users.c.id.in(numbers.scalarValues())).orderBy(users.c.id),
    "select-subquery/table-valued-derived": () => {
      const documents = [{ a: 1, b: "x" }];
      const call = func.call("json_to_recordset", varchar(), literal(documents, json<typeof documents>()));
      const g = tableValued(call, { a: integer(), b: varchar() }, { name: "r", derived: "types" });
      return select(g.c.a, g.c.b);
    },
    "select-subquery/table-valued-ordinality": () => {
      const call = func.unnest(array(["x", "y"]));
      const g = tableValued(call, { v: varchar() }, { derived: true, ordinality: "n" });
      return select(g.c.v, g.c.n).orderBy(g.c.n);
    },
    "select-subquery/column-valued": () => {
      const g = columnValued(func.call("generate_series", integer(), 1, 3), "n");
      return select(g).orderBy(g);
    },
  },
  deviations: {
    "select-subquery/table-valued-derived": { sqlite: document, postgresql: document },
    "select-subquery/values": {
      reason: "SQLite has no names of columns behind an alias; SQLAlchemy's text fails there",
      sql:
        "SELECT v.id, v.label FROM (SELECT column1 AS id, column2 AS label FROM (VALUES (?, ?), (?, ?))) AS v " +
        "ORDER BY v.id",
    },
    "select-subquery/values-join": {
      reason: "SQLite has no names of columns behind an alias; SQLAlchemy's text fails there",
      sql:
        "SELECT users.name, v.bonus FROM users JOIN (SELECT column1 AS uid, column2 AS bonus FROM " +
        "(VALUES (?, ?), (?, ?))) AS v ON users.id = v.uid ORDER BY users.id",
    },
    "select-subquery/values-literal": {
      reason: "SQLite has no names of columns behind an alias; SQLAlchemy's text fails there",
      sql: "SELECT v.a, v.b FROM (SELECT column1 AS a, column2 AS b FROM (VALUES (1, 'x'), (2, 'y'''))) AS v ORDER BY v.a",
    },
    "select-subquery/values-alias": {
      reason: "SQLite has no names of columns behind an alias; SQLAlchemy's text fails there",
      sql: "SELECT w.a FROM (SELECT column1 AS a FROM (VALUES (?), (?))) AS w ORDER BY w.a",
    },
  },
};
