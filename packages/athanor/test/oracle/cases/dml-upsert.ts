import { select, sqliteInsert, trueValue } from "../../support/core.ts";
import { oracleCases } from "../expressions.ts";
import { counters, products, tags, users } from "../models.ts";
import type { Area } from "../statement-case.ts";

const product = { id: 9, sku: "P001", name: "Widget A+", price: 31, stock: 7, active: true };
const upsert = sqliteInsert(products).values(product);
const { excluded } = upsert;
const bySku = { indexElements: [products.c.sku] };

/** Upserts of other databases, by the beginnings of their names. */
const others = (prefix: string): readonly string[] =>
  oracleCases.map(({ id }) => id).filter((id) => id.startsWith(`dml-upsert/${prefix}`));

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
  },
  deviations: {
    "dml-upsert/sqlite-partial-index": {
      reason: "the condition is written as the index itself was, or SQLite would not know it again",
      sql:
        "INSERT INTO users (id, email, name, active, created_at, role) VALUES (?, ?, ?, ?, ?, ?) " +
        "ON CONFLICT (email) WHERE active = 1 DO NOTHING",
    },
  },
  later: [
    { issue: 3, reason: "ON CONFLICT of PostgreSQL", ids: others("pg-") },
    { issue: 3, reason: "ON DUPLICATE KEY UPDATE of MySQL", ids: others("mysql-") },
  ],
};
