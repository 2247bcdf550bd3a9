import { describe, expect, test } from "vitest";
import type { CursorResult } from "../../src/engine/cursor-result.ts";
import { Result } from "../../src/engine/result.ts";
import {
  InvalidRequestError,
  MultipleResultsFound,
  NoResultFound,
  NoSuchColumnError,
  ResourceClosedError,
} from "../../src/errors/errors.ts";

const noRows: CursorResult = {
  returnsRows: false,
  keys: [],
  rows: [],
  rowCount: 0,
  lastInsertId: null,
  insertedPrimaryKeys: null,
  compiled: null,
};

interface Names {
  readonly id: number;
  readonly name: string;
}

function result(rows: unknown[][], keys: readonly string[] = ["id", "name"], needsUnique = false) {
  const cursor = { ...noRows, returnsRows: true, keys, rows, rowCount: rows.length };
  return new Result<readonly [number, string], Names>(cursor, { keys, rows, needsUnique });
}
const two = (): unknown[][] => [
  [1, "ada"],
  [2, "bob"],
];

describe("rows", () => {
  test("are arrays with names", () => {
    const row = result(two()).all()[0]!;
    const [id, name] = row;
    expect([id, name, row.id, row.name, row.length]).toEqual([1, "ada", 1, "ada", 2]);
    expect(Array.isArray(row)).toBe(true);
    expect(JSON.stringify(row)).toBe('[1,"ada"]');
    expect(Object.keys(row)).toEqual(["0", "1"]);
    expect(row).toEqual([1, "ada"]);
  });

  test("leave arrays their own names, and give the first of two equal ones", () => {
    const row = result([[5, "x"]], ["length", "length"]).one() as unknown as { readonly length: number };
    expect(row.length).toBe(2);
    const doubled = result([[5, "x"]], ["a", "a"]).one() as unknown as { readonly a: number };
    expect(doubled.a).toBe(5);
  });

  test("a column called __proto__ is data", () => {
    const [mapping] = result([[5, "x"]], ["__proto__", "b"])
      .mappings()
      .all();
    expect(Object.keys(mapping!)).toEqual(["__proto__", "b"]);
  });
});

describe("Result", () => {
  test("one, oneOrNone, first, scalar and their like", () => {
    expect(result([[1, "ada"]]).one()).toEqual([1, "ada"]);
    expect(result([]).oneOrNone()).toBeNull();
    expect(result(two()).first()).toEqual([1, "ada"]);
    expect(result([]).first()).toBeNull();
    expect(result(two()).scalar()).toBe(1);
    expect(result([]).scalar()).toBeNull();
    expect(result([[7, "x"]]).scalarOne()).toBe(7);
    expect(result([]).scalarOneOrNone()).toBeNull();
    expect(result(two()).scalars().all()).toEqual([1, 2]);
    expect(result(two()).scalars("name").all()).toEqual(["ada", "bob"]);
    expect(result(two()).mappings().all()).toEqual([
      { id: 1, name: "ada" },
      { id: 2, name: "bob" },
    ]);
    expect([...result(two())].map((row) => row.name)).toEqual(["ada", "bob"]);
    expect([...result(two()).partitions(1)].map((part) => part.length)).toEqual([1, 1]);
  });

  test("scalarOne of NULL is null, not a missing row", () => {
    expect(result([[null, "x"]]).scalarOne()).toBeNull();
  });

  test("complains about too few and too many rows", () => {
    expect(() => result([]).one()).toThrow(NoResultFound);
    expect(() => result(two()).one()).toThrow(MultipleResultsFound);
    expect(() => result(two()).oneOrNone()).toThrow(MultipleResultsFound);
    expect(() => result(two()).scalarOne()).toThrow(MultipleResultsFound);
  });

  test("is read once", () => {
    const rows = result(two());
    rows.first();
    expect(() => rows.all()).toThrow(ResourceClosedError);
    const exhausted = result(two());
    exhausted.all();
    expect(exhausted.all()).toEqual([]);
    expect(() => exhausted.scalars()).toThrow(ResourceClosedError);
  });

  test("fetches in parts", () => {
    const rows = result(two());
    expect(rows.fetchMany(1)).toEqual([[1, "ada"]]);
    expect(rows.fetchMany(5)).toEqual([[2, "bob"]]);
    expect(rows.fetchMany(5)).toEqual([]);
  });

  test("unique leaves out equal rows and the same entities", () => {
    const entity = {};
    expect(
      result([
        [1, "a"],
        [1, "a"],
        [2, "a"],
      ])
        .unique()
        .all(),
    ).toEqual([
      [1, "a"],
      [2, "a"],
    ]);
    expect(
      result([
        [entity, "a"],
        [entity, "b"],
      ])
        .scalars()
        .unique()
        .all(),
    ).toEqual([entity]);
  });

  test("unique compares values of the database by value", () => {
    const rows = [
      new Date(5),
      new Date(5),
      new Uint8Array([1]),
      new Uint8Array([1]),
      "1",
      1,
      1n,
      Number.NaN,
      Number.NaN,
    ];
    const pairs = rows.map((value) => [value, "x"]);
    expect(result(pairs).unique().all().length).toBe(6);
    expect(result(pairs).scalars().unique().all().length).toBe(6);
  });

  test("unique takes a key", () => {
    const rows = [
      [1, "a"],
      [2, "b"],
      [3, "a"],
    ];
    const kept = result(rows).unique((row) => row.name);
    expect(kept.all().map((row) => row.id)).toEqual([1, 2]);
    expect(
      result(rows)
        .scalars()
        .unique((id) => id % 2)
        .all(),
    ).toEqual([1, 2]);
  });

  test("columns picks by name and position", () => {
    const byName = result([[1, "ada"]])
      .columns("name", "id")
      .one();
    expect([byName.name, byName.id, ...byName]).toEqual(["ada", 1, "ada", 1]);
    expect(result(two()).columns(1).all()).toEqual([["ada"], ["bob"]]);
    expect(() => result(two()).columns(2)).toThrow(NoSuchColumnError);
  });

  test("freezes and merges", () => {
    const frozen = result(two()).freeze();
    expect(frozen().scalars().all()).toEqual([1, 2]);
    expect(frozen().first()).toEqual([1, "ada"]);
    expect(
      result(two())
        .merge(result([[3, "cy"]]))
        .scalars()
        .all(),
    ).toEqual([1, 2, 3]);
  });

  test("refuses repeated rows of joined collections without unique()", () => {
    expect(() => result(two(), ["id", "name"], true).all()).toThrow(InvalidRequestError);
    expect(() => result(two(), ["id", "name"], true).scalars().all()).toThrow(/unique\(\)/);
    expect(result(two(), ["id", "name"], true).scalars().unique().all()).toEqual([1, 2]);
  });

  test("names the columns there are", () => {
    expect(() => result(two()).scalars("nope")).toThrow(NoSuchColumnError);
    expect(() => result(two()).scalars("nope")).toThrow(/id, name/);
  });

  test("of a statement without rows says so", () => {
    const none = new Result({ ...noRows, rowCount: 3 });
    expect(none.rowCount).toBe(3);
    expect(() => none.all()).toThrow(/does not return rows/);
  });
});
