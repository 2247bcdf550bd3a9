import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { ArgumentError } from "../../src/errors/errors.ts";
import { type NamingConvention, shortenName } from "../../src/schema/naming.ts";
import { md5 } from "../../src/util/md5.ts";
import {
  boolean,
  check,
  conv,
  foreignKey,
  func,
  index,
  integer,
  MetaData,
  sqlText,
  table,
  text,
  unique,
} from "../support/core.ts";
import { ddl } from "../support/sqlite-ddl.ts";

function named(namingConvention: NamingConvention) {
  const metadata = new MetaData({ namingConvention });
  table("dept", metadata, { id: integer().primaryKey(), code: text().unique() });
  const emp = table(
    "emp",
    metadata,
    {
      id: integer().primaryKey(),
      deptId: integer().references("dept.id"),
      firstName: text(),
      lastName: text().index(),
    },
    [
      unique().on("firstName", "lastName"),
      index().on("firstName", "lastName"),
      check("age", sqlText("1 = 1")),
      foreignKey("given").on("deptId").references(["dept.id"]),
    ],
  );
  return {
    constraints: emp.constraints.map(({ kind, name }) => [kind, name]),
    indexes: emp.indexes.map(({ name }) => name),
  };
}

describe("naming conventions", () => {
  test("nobody's names are left to the database, but indexes have one", () => {
    expect(named({})).toEqual({
      constraints: [
        ["primaryKey", null],
        ["unique", null],
        ["check", "age"],
        ["foreignKey", "given"],
        ["foreignKey", null],
      ],
      indexes: ["ix_emp_last_name", "ix_emp_first_name"],
    });
  });

  test("every token", () => {
    const names = named({
      pk: "pk_%(table_name)s_%(column_0_name)s",
      uq: "uq_%(table_name)s_%(column_0_N_name)s",
      ck: "ck_%(table_name)s_%(constraint_name)s",
      fk: "fk_%(column_0_label)s_%(referred_table_name)s_%(referred_column_0_name)s",
      ix: "ix_%(column_0N_key)s",
    });
    expect(names).toEqual({
      constraints: [
        ["primaryKey", "pk_emp_id"],
        ["unique", "uq_emp_first_name_last_name"],
        ["check", "ck_emp_age"],
        ["foreignKey", "given"],
        ["foreignKey", "fk_emp_dept_id_dept_id"],
      ],
      indexes: ["ix_lastName", "ix_firstNamelastName"],
    });
  });

  test("tokens of the program's own", () => {
    const { constraints } = named({ uq: "uq_%(short)s", short: (_, t) => t.name.slice(0, 1) });
    expect(constraints).toContainEqual(["unique", "uq_e"]);
  });

  test("a token that does not fit is refused", () => {
    expect(() => named({ uq: "uq_%(nonsense)s" })).toThrow(/unknown token %\(nonsense\)s/);
    expect(() => named({ uq: "uq_%(referred_table_name)s" })).toThrow(/for foreign keys only/);
    expect(() => named({ ix: "ix_%(column_5_name)s" })).toThrow(/no such column/);
  });

  test("a convention that asks for a name gets one, or says so", () => {
    const metadata = new MetaData({ namingConvention: { ck: "ck_%(constraint_name)s" } });
    const t = table("t", metadata, { a: integer(), b: boolean({ createConstraint: true }) }, [
      check(null, sqlText("a > 0")),
      check(conv("final"), sqlText("a > 1")),
    ]);
    const [unnamed, final, ofType] = t.constraints;
    expect(() => unnamed?.name).toThrow(ArgumentError);
    expect(final?.name).toBe("final");
    expect(ofType?.name).toBeNull();
  });

  test("columns inside expressions name an index", () => {
    const t = table("t", new MetaData(), { firstName: text() });
    t.setArguments([index().on(func.lower(t.c.firstName)), index().on(t.c.firstName.desc().nullsLast())]);
    expect(t.indexes.map(({ name }) => name)).toEqual(["ix_t_first_name", "ix_t_first_name_1"]);
    t.setArguments([index().on(func.now())]);
    expect(() => t.indexes[2]?.name).toThrow(/Give it a name/);
  });
});

describe("names that are too long", () => {
  test("are cut with digits of their hash, as SQLAlchemy cuts them", () => {
    const name = "ix_a_table_with_a_rather_long_name_a_column_with_a_long_name_too";
    const short = shortenName(name, 63);
    expect(short).toBe(`${name.slice(0, 55)}_${createHash("md5").update(name).digest("hex").slice(-4)}`);
    expect(short).toHaveLength(60);
    expect(shortenName("ix_t_a", 63)).toBe("ix_t_a");
  });

  test("are refused where somebody gave them", () => {
    const t = table("t", new MetaData(), { a: integer() }, [index("x".repeat(10_000)).on("a")]);
    const [given] = t.indexes;
    expect(() => given && ddl({ kind: "createIndex", index: given })).toThrow(/longer than the 9999 characters/);
  });
});

test("md5 is MD5", () => {
  for (const text of ["", "a", "ünïcödé 🜍", "x".repeat(55), "x".repeat(56), "x".repeat(64), "y".repeat(1000)]) {
    expect(md5(text)).toBe(createHash("md5").update(text).digest("hex"));
  }
});
