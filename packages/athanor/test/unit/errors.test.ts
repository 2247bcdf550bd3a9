import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import * as errors from "../../src/errors/errors.ts";

const {
  AmbiguousForeignKeysError,
  ArgumentError,
  AthanorError,
  CircularDependencyError,
  DatabaseError,
  DBAPIError,
  IntegrityError,
  InvalidRequestError,
  LazyLoadError,
  NoReferencedTableError,
  NoResultFound,
  OperationalError,
  ResourceClosedError,
  StatementError,
} = errors;

describe("errors", () => {
  test("have a name, a stable code, and a stack that begins with the name", () => {
    for (const [name, Class] of Object.entries(errors)) {
      const error = new Class("what was wrong");
      expect(error).toBeInstanceOf(AthanorError);
      expect(error.name).toBe(name);
      expect(error.code).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(error.stack?.split("\n")[0]).toBe(`${name}: what was wrong`);
    }
    const codes = Object.values(errors).map((Class) => new Class("x").code);
    expect(new Set(codes).size).toBe(codes.length);
    expect(new NoResultFound("x").code).toBe("no-result-found");
    expect(new DBAPIError("x").code).toBe("dbapi-error");
    expect(new ArgumentError("x", { code: "narrower" }).code).toBe("narrower");
  });

  test("form SQLAlchemy's tree", () => {
    const isA = (error: Error, ...classes: readonly (new (message: string) => Error)[]) =>
      classes.every((each) => error instanceof each);
    expect(isA(new IntegrityError("x"), DatabaseError, DBAPIError, StatementError, AthanorError)).toBe(true);
    expect(isA(new OperationalError("x"), DatabaseError)).toBe(true);
    expect(isA(new AmbiguousForeignKeysError("x"), ArgumentError)).toBe(true);
    for (const Class of [NoResultFound, ResourceClosedError, LazyLoadError, NoReferencedTableError]) {
      expect(isA(new Class("x"), InvalidRequestError)).toBe(true);
    }
  });

  test("keep their cause", () => {
    const cause = new RangeError("inner");
    expect(new ArgumentError("x", { cause }).cause).toBe(cause);
    expect("cause" in new ArgumentError("x")).toBe(false);
    expect(new CircularDependencyError("x", { cycles: ["a", "b"] }).cycles).toEqual(["a", "b"]);
  });

  test("show the statement and its parameters, shortened", () => {
    const error = new IntegrityError("UNIQUE constraint failed: users.email", {
      statement: "INSERT INTO users VALUES (?, ?, ?, ?, ?)",
      parameters: ["x".repeat(1000), 5n, null, new Date(0), new Uint8Array(3)],
      constraint: "uq",
      table: "users",
      columns: ["email"],
    });
    expect(error.message).toMatch(
      /^UNIQUE.*\n\[SQL: INSERT INTO users .*\]\n\[parameters: \["x+ … \(700 characters left out\) … x+", 5n, null, 1970-.*Z, <3 bytes>\]\]$/,
    );
    expect(error).toMatchObject({ constraint: "uq", table: "users", columns: ["email"], retryable: false });
    const batch = Array.from({ length: 50 }, (_, i) => [i]);
    const failed = new DBAPIError("x", { statement: "INSERT", parameters: batch, batch: true });
    expect(failed.message).toContain(
      "[parameters: [[0], [1], [2], [3], [4], [5], [6], [7], … 40 more of 50 …, [48], [49]]]",
    );
    expect(failed.parameters).toBe(batch);
  });

  test("hide the parameters on request, wherever one looks", () => {
    const error = new DBAPIError("x", { statement: "SELECT ?", parameters: ["secret"], hideParameters: true });
    expect(error.parameters).toBeNull();
    expect(error.statement).toBe("SELECT ?");
    expect(inspect(error, { showHidden: true })).not.toContain("secret");
    expect(JSON.stringify(error)).not.toContain("secret");
    expect(error.message).toContain("hideParameters");
  });

  test("have no statement where there was none", () => {
    expect(new StatementError("x").statement).toBeNull();
    expect(new DBAPIError("x").statement).toBe("");
    expect(new DBAPIError("x").message).toBe("x");
  });
});
