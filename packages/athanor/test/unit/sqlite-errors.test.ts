import { describe, expect, test } from "vitest";
import { describeSqliteError } from "../../src/dialects/sqlite/errors.ts";

interface Codes {
  readonly code?: string;
  readonly errcode?: number;
  readonly errno?: number;
}

function failure(message: string, codes: Codes): Error {
  return Object.assign(new Error(message), codes);
}

/** One cause as node:sqlite, better-sqlite3 and bun:sqlite report it. */
function asDriversTell(message: string, name: string, number: number): readonly Error[] {
  return [
    failure(message, { code: "ERR_SQLITE_ERROR", errcode: number }),
    failure(message, { code: name }),
    failure(message, { code: name, errno: number }),
  ];
}

describe("describeSqliteError", () => {
  test.each([
    [
      "UNIQUE constraint failed: users.email",
      "SQLITE_CONSTRAINT_UNIQUE",
      2067,
      { kind: "integrity", violation: "unique", table: "users", columns: ["email"] },
    ],
    [
      "UNIQUE constraint failed: users.tenant_id, users.email",
      "SQLITE_CONSTRAINT_UNIQUE",
      2067,
      { kind: "integrity", violation: "unique", table: "users", columns: ["tenant_id", "email"] },
    ],
    [
      "UNIQUE constraint failed: users.id",
      "SQLITE_CONSTRAINT_PRIMARYKEY",
      1555,
      { kind: "integrity", violation: "primaryKey", table: "users", columns: ["id"] },
    ],
    [
      "UNIQUE constraint failed: users.rowid",
      "SQLITE_CONSTRAINT_ROWID",
      2579,
      { kind: "integrity", violation: "primaryKey", table: "users", columns: ["rowid"] },
    ],
    [
      "UNIQUE constraint failed: index 'ux_lower_email'",
      "SQLITE_CONSTRAINT_UNIQUE",
      2067,
      { kind: "integrity", violation: "unique", constraint: "ux_lower_email" },
    ],
    [
      "NOT NULL constraint failed: t.odd.name",
      "SQLITE_CONSTRAINT_NOTNULL",
      1299,
      { kind: "integrity", violation: "notNull", table: "t", columns: ["odd.name"] },
    ],
    [
      "CHECK constraint failed: ck_age",
      "SQLITE_CONSTRAINT_CHECK",
      275,
      { kind: "integrity", violation: "check", constraint: "ck_age" },
    ],
    [
      "FOREIGN KEY constraint failed",
      "SQLITE_CONSTRAINT_FOREIGNKEY",
      787,
      { kind: "integrity", violation: "foreignKey" },
    ],
    ["stop: a trigger says no", "SQLITE_CONSTRAINT_TRIGGER", 1811, { kind: "integrity" }],
    ["cannot store TEXT value in INTEGER column t.a", "SQLITE_CONSTRAINT_DATATYPE", 3091, { kind: "integrity" }],
    ["datatype mismatch", "SQLITE_MISMATCH", 20, { kind: "integrity" }],
    ["database is locked", "SQLITE_BUSY", 5, { kind: "operational", retryable: true }],
    ["database is locked", "SQLITE_BUSY_SNAPSHOT", 517, { kind: "operational", retryable: true }],
    ["database table is locked", "SQLITE_LOCKED_SHAREDCACHE", 262, { kind: "operational", retryable: true }],
    ["no such table: users", "SQLITE_ERROR", 1, { kind: "operational" }],
    ['near "SELEC": syntax error', "SQLITE_ERROR", 1, { kind: "operational" }],
    ["attempt to write a readonly database", "SQLITE_READONLY", 8, { kind: "operational" }],
    ["unable to open database file", "SQLITE_CANTOPEN", 14, { kind: "operational" }],
    ["database or disk is full", "SQLITE_FULL", 13, { kind: "operational" }],
    ["string or blob too big", "SQLITE_TOOBIG", 18, { kind: "data" }],
    ["bad parameter or other API misuse", "SQLITE_MISUSE", 21, { kind: "interface" }],
  ])("%s (%s)", (message, name, number, expected) => {
    for (const error of asDriversTell(message, name, number)) expect(describeSqliteError(error)).toEqual(expected);
  });

  test("says how to read integers beyond 2^53", () => {
    const messages = ["Value is too large to be represented as a JavaScript number: 9223372036854775807"];
    for (const message of messages) {
      const expected = { kind: "data", message: expect.stringContaining("bigInteger()") };
      expect(describeSqliteError(failure(message, { code: "ERR_OUT_OF_RANGE" }))).toMatchObject(expected);
      expect(describeSqliteError(new RangeError(message))).toMatchObject(expected);
    }
  });

  test.each(["database is not open", "The database connection is not open", "Cannot use a closed database"])(
    "%s: the connection is gone",
    (message) => {
      expect(describeSqliteError(new TypeError(message))).toEqual({ kind: "programming", disconnect: true });
    },
  );

  test("takes drivers' own complaints for errors of the program", () => {
    const complaints = [
      "Too few parameter values were provided",
      "The supplied SQL string contains more than one statement",
      "SQLite3 can only bind numbers, strings, bigints, buffers, and null",
    ];
    for (const message of complaints) {
      expect(describeSqliteError(new RangeError(message))?.kind, message).toMatch(/programming|interface/);
    }
  });

  test("leaves other errors alone", () => {
    expect(describeSqliteError(new Error("from a user's function"))).toBeNull();
    expect(describeSqliteError(new TypeError("x is not a function"))).toBeNull();
    expect(describeSqliteError("text")).toBeNull();
    expect(describeSqliteError(null)).toBeNull();
  });
});
