import { expect, test } from "vitest";
import {
  AmbiguousColumnError,
  ArgumentError,
  func,
  InvalidRequestError,
  integer,
  MetaData,
  select,
  table,
  text,
} from "../../src/index.ts";

const metadata = new MetaData();
const users = table("users", metadata, { id: integer().primaryKey(), name: text(), groupId: integer().nullable() });
const orders = table("orders", metadata, {
  id: integer().primaryKey(),
  userId: integer().references(() => users.c.id),
  status: text(),
});

test("looks in everything that stands in FROM", () => {
  const joined = select(users.c.name).join(orders);
  expect(String(joined.filterBy({ status: "open", name: "Ann" }))).toMatch(
    /WHERE orders.status = \? AND users.name = \?$/,
  );
  expect(String(select(users.c.name).filterBy({ groupId: null }))).toMatch(/WHERE users.group_id IS NULL$/);
  expect(String(select(func.count()).selectFrom(users).filterBy({ name: "x" }))).toMatch(/WHERE users.name = \?$/);
  const recent = select(orders.c.userId, orders.c.status).subquery("recent");
  expect(String(select(users.c.name).join(recent, recent.c.userId.eq(users.c.id)).filterBy({ status: "x" }))).toMatch(
    /WHERE recent.status = \?$/,
  );
});

test("looks in what is named", () => {
  const joined = select(users.c.name).join(orders);
  expect(String(joined.filterBy({ id: 1 }, orders))).toMatch(/WHERE orders.id = \?$/);
  const aliased = orders.alias("o");
  expect(String(joined.filterBy({ id: 1 }, aliased))).toMatch(/WHERE o.id = \?$/);
  // @ts-expect-error the types know what is named
  expect(() => joined.filterBy({ nope: 1 }, orders)).toThrow(/"nope". It looked in "orders" \(id, userId, status\)/);
  // @ts-expect-error a text is no table
  expect(() => joined.filterBy({ id: 1 }, "orders")).toThrow(/takes a table, a model, an alias or a subquery/);
});

test("refuses names that nothing has, or several have", () => {
  const joined = select(users.c.name).join(orders);
  expect(() => joined.filterBy({ id: 1 })).toThrow(AmbiguousColumnError);
  expect(() => joined.filterBy({ id: 1 })).toThrow(
    'filterBy() finds "id" in "users" and "orders". Say which one is meant',
  );
  expect(() => joined.filterBy({ nope: 1 })).toThrow(InvalidRequestError);
  expect(() => joined.filterBy({ nope: 1 })).toThrow(
    'It looked in "users" (id, name, groupId), "orders" (id, userId, status).',
  );
  expect(() => joined.filterBy({ name: undefined })).toThrow(/filterBy\({ name }\) was given undefined/);
  expect(() => select(func.count()).filterBy({ id: 1 })).toThrow(ArgumentError);
});
