import { func, mysqlInsert, postgresqlInsert, select, sqliteInsert, text, trueValue } from "../../support/core.ts";
import { counters, products, tags, users } from "../models.ts";
import { type Area, type Deviation, Execution } from "../statement-case.ts";

const product = { id: 9, sku: "P001", name: "Widget A+", price: 31, stock: 7, active: true };
const upsert = sqliteInsert(products).values(product);
const { excluded } = upsert;
const bySku = { indexElements: [products.c.sku] };

const row = postgresqlInsert(products).values(product);
const rows = [product, { id: 10, sku: "P777", name: "Fresh", price: 1, stock: 1, active: true }];
const xen = {
  id: 9,
  email: "x@example.com",
  name: "Xen",
  active: true,
  createdAt: new Date("2024-05-05T00:00:00Z"),
  role: "user",
} as const;
const prices = { price: row.excluded.price, stock: row.excluded.stock };
const added = mysqlInsert(products).values(product);

const asIndexed = (condition: string): Deviation => ({
  reason: "the condition is written as the index itself was, or SQLite would not know it again",
  sql:
    "INSERT INTO users (id, email, name, active, created_at, role) VALUES (?, ?, ?, ?, ?, ?) " +
    `ON CONFLICT (email) WHERE ${condition} DO NOTHING`,
});

export const dmlUpsert: Area = {
  name: "dml-upsert",
  cases: {
    "dml-upsert/sqlite-do-nothing-target": () => upsert.onConflictDoNothing(bySku),
    "dml-upsert/sqlite-do-update": () =>
      upsert.onConflictDoUpdate({ ...bySku, set: { price: excluded.price, stock: excluded.stock } }),
    "dml-upsert/sqlite-do-update-column-target": () =>
      upsert.onConflictDoUpdate({ ...bySku, set: { name: excluded.name } }),
    "dml-upsert/sqlite-do-update-where": () =>
      upsert.onConflictDoUpdate({
        ...bySku,
        set: { price: excluded.price },
        where: products.c.price.lt(excluded.price),
      }),
    "dml-upsert/sqlite-do-update-value": () => upsert.onConflictDoUpdate({ ...bySku, set: { name: "taken" } }),
    "dml-upsert/sqlite-returning": () =>
      upsert
        .onConflictDoUpdate({ ...bySku, set: { price: excluded.price } })
        .returning(products.c.id, products.c.price),
    "dml-upsert/sqlite-partial-index": () =>
      sqliteInsert(users)
        .values({
          id: 9,
          email: "x@example.com",
          name: "Xen",
          active: true,
          createdAt: new Date("2024-05-05T00:00:00Z"),
          role: "user",
        })
        .onConflictDoNothing({ indexElements: [users.c.email], indexWhere: users.c.active }),
    "dml-upsert/sqlite-onupdate-ignored": () => {
      const s = sqliteInsert(counters).values({ key: "home", hits: 50 });
      return s.onConflictDoUpdate({ indexElements: [counters.c.key], set: { hits: s.excluded.hits } });
    },
    "dml-upsert/sqlite-orm": () =>
      sqliteInsert(products)
        .values([product])
        .onConflictDoUpdate({ ...bySku, set: { price: excluded.price, stock: excluded.stock } }),
    "dml-upsert/sqlite-from-select": () => {
      const s = sqliteInsert(tags).fromSelect(["id", "name"], select(users.c.id, users.c.name).where(trueValue()));
      return s.onConflictDoUpdate({ indexElements: [tags.c.id], set: { name: s.excluded.name } });
    },
    "dml-upsert/pg-do-nothing": () => row.onConflictDoNothing(),
    "dml-upsert/pg-do-nothing-target": () => row.onConflictDoNothing(bySku),
    "dml-upsert/pg-do-update": () => row.onConflictDoUpdate({ ...bySku, set: prices }),
    "dml-upsert/pg-do-update-column-target": () =>
      row.onConflictDoUpdate({ ...bySku, set: { name: row.excluded.name } }),
    "dml-upsert/pg-do-update-expr": () =>
      row.onConflictDoUpdate({ ...bySku, set: { stock: products.c.stock.add(row.excluded.stock) } }),
    "dml-upsert/pg-do-update-where": () =>
      row.onConflictDoUpdate({
        ...bySku,
        set: { price: row.excluded.price },
        where: products.c.price.lt(row.excluded.price),
      }),
    "dml-upsert/pg-multi": () =>
      postgresqlInsert(products)
        .values(rows)
        .onConflictDoUpdate({ ...bySku, set: prices }),
    "dml-upsert/pg-returning": () =>
      row
        .onConflictDoUpdate({ ...bySku, set: { price: row.excluded.price } })
        .returning(products.c.id, products.c.price),
    "dml-upsert/pg-partial-index": () =>
      postgresqlInsert(users)
        .values(xen)
        .onConflictDoNothing({ indexElements: [users.c.email], indexWhere: users.c.active }),
    "dml-upsert/pg-onupdate-ignored": () => {
      const s = postgresqlInsert(counters).values({ key: "home", hits: 50 });
      return s.onConflictDoUpdate({ indexElements: [counters.c.key], set: { hits: s.excluded.hits } });
    },
    "dml-upsert/pg-orm": () =>
      postgresqlInsert(products)
        .values([product])
        .onConflictDoUpdate({ ...bySku, set: prices }),
    "dml-upsert/pg-constraint-name": () => {
      const s = postgresqlInsert(users).values({ ...xen, email: "bob@example.com" });
      return s.onConflictDoUpdate({ constraint: "uq_user_email", set: { name: s.excluded.name } });
    },
    "dml-upsert/pg-constraint-object": () => {
      const s = postgresqlInsert(tags).values({ id: 1, name: "x" });
      return s.onConflictDoUpdate({ indexElements: [tags.c.id], set: { name: s.excluded.name } });
    },
    "dml-upsert/pg-executemany": () => {
      const s = postgresqlInsert(tags);
      return new Execution(s.onConflictDoUpdate({ indexElements: [tags.c.id], set: { name: s.excluded.name } }), [
        { id: 1, name: "n1" },
        { id: 9, name: "n9" },
      ]);
    },
    "dml-upsert/pg-from-select": () => {
      const s = postgresqlInsert(tags).fromSelect(["id", "name"], select(users.c.id, users.c.name));
      return s.onConflictDoUpdate({ indexElements: [tags.c.id], set: { name: s.excluded.name } });
    },
    "dml-upsert/mysql-duplicate-ordered": () =>
      added.onDuplicateKeyUpdate([
        [products.c.stock, products.c.stock.add(added.inserted.stock)],
        [products.c.price, products.c.price.mul(2)],
      ]),
    "dml-upsert/mysql-duplicate-func": () =>
      added.onDuplicateKeyUpdate({ name: func.call("concat", text(), products.c.name, "/", added.inserted.name) }),
    "dml-upsert/mysql-duplicate-multi": () =>
      mysqlInsert(products).values(rows).onDuplicateKeyUpdate({ price: added.inserted.price }),
  },
  deviations: {
    "dml-upsert/sqlite-partial-index": asIndexed("active = 1"),
    "dml-upsert/pg-partial-index": asIndexed("active = 1"),
    "dml-upsert/pg-constraint-name": {
      reason: "SQLite knows no names of constraints there: refused instead of taking any conflict",
      refused: true,
    },
    "dml-upsert/pg-from-select": {
      reason: "without WHERE, SQLite takes ON CONFLICT for the ON of a join; SQLAlchemy's text fails there",
      sql:
        "INSERT INTO tags (id, name) SELECT users.id, users.name FROM users WHERE 1 = 1 " +
        "ON CONFLICT (id) DO UPDATE SET name = excluded.name",
    },
  },
};
