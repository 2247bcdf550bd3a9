import { describe, expect, test } from "vitest";
import {
  bindparam,
  createSyncEngine,
  exists,
  integer,
  literal,
  MetaData,
  StatementError,
  select,
  sqlText,
  table,
  text,
  union,
} from "../../src/index.ts";

const users = table("users", new MetaData(), { id: integer().primaryKey(), name: text() });
const named = select(users.c.id).where(users.c.name.eq(bindparam("who", text())));

describe("params()", () => {
  const parameters = (statement: { compile(options: object): { parameters: unknown[] } }) =>
    statement.compile({}).parameters;

  test("gives values to named parameters, the last one counts", () => {
    expect(parameters(named.params({ who: "Ann" }))).toEqual(["Ann"]);
    expect(parameters(named.params({ who: "Ann" }).params({ who: "Ben" }).limit(1))).toEqual(["Ben", 1]);
    expect(parameters(select(users.c.id).where(sqlText("id = :id")).params({ id: 5 }))).toEqual([5]);
    expect(named.params({ who: "O'Neil" }).compile({ literalBinds: true }).sql).toMatch(/'O''Neil'$/);
  });

  test("reaches subqueries, CTEs and members of set operations, and goes with them", () => {
    const inner = named.subquery();
    expect(parameters(select(inner.c.id).params({ who: "Ann" }))).toEqual(["Ann"]);
    expect(parameters(select(named.cte("n").c.id).params({ who: "Ann" }))).toEqual(["Ann"]);
    expect(parameters(select(users.c.id).where(users.c.id.in(named)).params({ who: "Ann" }))).toEqual(["Ann"]);
    expect(parameters(select(literal(1)).where(exists(named.params({ who: "Ann" }))))).toEqual([1, "Ann"]);
    expect(parameters(union(named.params({ who: "Ann" }), named.params({ who: "Ben" })))).toEqual(["Ann", "Ben"]);
    expect(parameters(union(named, named.params({ who: "Ben" })).params({ who: "Ann" }))).toEqual(["Ann", "Ann"]);
  });

  test("keeps the cache key, whatever the values", () => {
    expect(named.params({ who: "Ann" }).$key.text).toBe(named.params({ who: "Ben" }).$key.text);
  });

  test("comes after the parameters of an execution", () => {
    const engine = createSyncEngine("sqlite:///:memory:");
    const connection = engine.connect();
    const statement = select(bindparam("x", integer()).label("x")).params({ x: 1 });
    expect(connection.scalar(statement)).toBe(1);
    expect(connection.scalar(statement, { x: 2 })).toBe(2);
    expect(() => connection.scalar(select(bindparam("x", integer())))).toThrow(StatementError);
    engine.dispose();
  });

  test("refuses undefined", () => {
    expect(() => named.params({ who: undefined })).toThrow(/params\(\) for "who" was given undefined/);
    // @ts-expect-error a list is no object by name
    expect(() => named.params(null)).toThrow(/takes values by the names/);
  });
});
