import { func, insert, integer, literal, MetaData, select, table, union } from "../../support/core.ts";
import { archive, assets, counters, ledger, nodes, orders, products, tags, users } from "../models.ts";
import { type Area, type Deviation, Execution, noReturning } from "../statement-case.ts";

const blue = insert(tags).values({ id: 9, name: "blue" });

const withDefault: Deviation = {
  reason: "DEFAULT stands where a row gives nothing; SQLite cannot say it in one row, and refuses",
  sql: "INSERT INTO tags (id, name) VALUES (?, ?), (?, DEFAULT)",
  parameters: [7, "p", 8],
};

export const dmlInsert: Area = {
  name: "dml-insert",
  cases: {
    "dml-insert/values": () =>
      insert(users).values({
        id: 9,
        email: "x@example.com",
        name: "Xen",
        active: true,
        createdAt: new Date("2024-05-05T00:00:00Z"),
        role: "user",
      }),
    "dml-insert/values-dict": () => blue,
    "dml-insert/values-columns": () => insert(tags).values({ id: 9, name: "blue" }),
    "dml-insert/no-values": () => new Execution(insert(tags), { id: undefined, name: undefined }),
    "dml-insert/execute-many-returning": () =>
      new Execution(insert(tags).returning(tags.c.id, tags.c.name), [
        { id: 7, name: "p" },
        { id: 8, name: "q" },
      ]),
    "dml-insert/execute-many-sorted": () =>
      new Execution(insert(nodes).returning(nodes.c.id, { sortByParameterOrder: true }), [
        { name: "p" },
        { name: "q" },
        { name: "r" },
      ]),
    "dml-insert/python-default": () => insert(orders).values({ id: 9, userId: 1 }),
    "dml-insert/python-default-override": () => {
      // @ts-expect-error the column takes no null
      return insert(nodes).values({ id: 9, name: "n", weight: null });
    },
    "dml-insert/server-default": () => insert(counters).values({ key: "new" }),
    "dml-insert/multi-values-default": () =>
      insert(nodes).values([
        { id: 7, name: "p" },
        { id: 8, name: "q" },
      ]),
    "dml-insert/multi-values-returning": () =>
      insert(tags)
        .values([
          { id: 7, name: "p" },
          { id: 8, name: "q" },
        ])
        .returning(tags.c.id),
    "dml-insert/multi-values-ragged": () =>
      // @ts-expect-error the second row lacks a name
      insert(tags).values([{ id: 7, name: "p" }, { id: 8 }]),
    "dml-insert/expression": () =>
      insert(archive).values({ id: 9, label: func.upper(literal("abc")), amount: literal(2).mul(3) }),
    "dml-insert/scalar-subquery": () =>
      insert(archive).values({ id: 9, amount: select(func.count()).selectFrom(users).scalarSubquery() }),
    "dml-insert/from-select-defaults": () =>
      insert(nodes).fromSelect(["id", "name"], select(tags.c.id.add(50), tags.c.name)),
    "dml-insert/from-select-no-defaults": () =>
      insert(archive).fromSelect(["id", "label"], select(tags.c.id.add(50), tags.c.name), { includeDefaults: false }),
    "dml-insert/from-select-union": () =>
      insert(archive).fromSelect(["id"], union(select(users.c.id.add(20)), select(orders.c.id.add(40)))),
    "dml-insert/returning-all": () => blue.returning(tags.c.id, tags.c.name),
    "dml-insert/returning-expr": () => blue.returning(tags.c.id.mul(2).label("d"), func.upper(tags.c.name).label("u")),
    "dml-insert/returning-server-default": () =>
      insert(counters).values({ key: "new" }).returning(counters.c.hits, counters.c.note),
    "dml-insert/default-values-table": () => {
      const d = table("d", new MetaData(), { id: integer().primaryKey(), x: integer().nullable().serverDefault("3") });
      return insert(d).values({});
    },
    "dml-insert/inline": () => insert(archive).values({ label: "x" }),
    "dml-insert/computed-identity": () => insert(ledger).values({ net: 5, tax: 1 }).returning(ledger.c.gross),
    "dml-insert/enum-invalid": () =>
      insert(assets).values({
        id: "10000000-0000-4000-8000-000000000008",
        label: "bad",
        // @ts-expect-error the enumeration has no such value
        status: "nope",
      }),
    "dml-insert/unique-violation": () => insert(tags).values({ id: 9, name: "new" }),
    "dml-insert/not-null-violation": () => {
      // @ts-expect-error the column takes no null
      return insert(tags).values({ id: 9, name: null });
    },
    "dml-insert/check-violation": () =>
      insert(products).values({ id: 9, sku: "N", name: "neg", price: -1, stock: 0, active: true }),
  },
  deviations: {
    "dml-insert/execute-many-returning": { mysql: noReturning },
    "dml-insert/execute-many-sorted": { mysql: noReturning },
    "dml-insert/multi-values-returning": { mysql: noReturning },
    "dml-insert/returning-all": { mysql: noReturning },
    "dml-insert/returning-expr": { mysql: noReturning },
    "dml-insert/returning-server-default": { mysql: noReturning },
    "dml-insert/computed-identity": { mysql: noReturning },
    "dml-insert/multi-values-ragged": { postgresql: withDefault, mysql: withDefault },
    "dml-insert/default-values-table": {
      postgresql: { reason: "an INSERT that is not executed asks for no key", sql: "INSERT INTO d DEFAULT VALUES" },
    },
    "dml-insert/enum-invalid": {
      refused: "execution",
      reason:
        "a value that the enumeration does not have is refused before it is sent, where the database does not check",
    },
  },
};
