import { describe, expect, test } from "vitest";
import {
  type AnyColumn,
  array,
  bigInteger,
  createTable,
  enumType,
  exact,
  exactTypes,
  integer,
  json,
  MetaData,
  smallInteger,
  sqlText,
  table,
  text,
  timestamp,
  varchar,
} from "../../src/index.ts";
import { dialect as mysql } from "../../src/mysql.ts";
import { domain, dialect as postgresql } from "../../src/postgresql.ts";
import { dialect as sqlite } from "../../src/sqlite.ts";

const dialects = {
  sqlite: sqlite(),
  postgresql: postgresql(),
  mysql: mysql(),
  mariadb: mysql({ serverVersion: "10.11.6-MariaDB" }),
};
type Name = keyof typeof dialects;

/** What a column's type is called in CREATE TABLE. */
function typeOn(name: Name, column: AnyColumn): string {
  const t = table("t", new MetaData(), { x: column.nullable() });
  const { sql } = createTable(t).compile({ dialect: dialects[name] });
  return /x (.*)\n/.exec(sql)?.[1] ?? sql;
}

describe("a variant of a type", () => {
  const labels = json<readonly string[]>().withVariant("postgresql", array(varchar(20)));

  test("is the type on its databases, the first one elsewhere", () => {
    expect(typeOn("sqlite", labels)).toBe("JSON");
    expect(typeOn("postgresql", labels)).toBe("VARCHAR(20)[]");
    expect(typeOn("mysql", labels)).toBe("JSON");
  });

  test("speaks of a family of databases, or of one of its members", () => {
    const column = text().withVariant("mysql", varchar(10)).withVariant(["sqlite", "mariadb"], varchar(5));
    expect(typeOn("mysql", column)).toBe("VARCHAR(10)");
    expect(typeOn("mariadb", column)).toBe("VARCHAR(5)");
    expect(typeOn("sqlite", column)).toBe("VARCHAR(5)");
    expect(typeOn("postgresql", column)).toBe("TEXT");
  });

  test("converts values as its database does", () => {
    const { type } = labels.definition;
    expect(type.bindProcessor(dialects.sqlite.types)?.(["a"])).toBe('["a"]');
    expect(type.bindProcessor(dialects.postgresql.types)?.(["a"])).toBe('{"a"}');
  });

  test("of an enumeration is created on its databases only", () => {
    const metadata = new MetaData();
    const mood = enumType("mood", ["happy", "it's"]);
    const plain = enumType("mood", ["happy", "it's"], { native: false });
    table("t", metadata, { x: text().withVariant("postgresql", mood), y: mood.withVariant("postgresql", plain) });
    expect(metadata.createAllSql(dialects.postgresql)[0]).toBe("CREATE TYPE mood AS ENUM ('happy', 'it''s')");
    const other = new MetaData();
    table("t", other, { y: mood.withVariant("postgresql", plain) });
    expect(other.createAllSql(dialects.postgresql)).toEqual(["CREATE TABLE t (\n  y VARCHAR(5) NOT NULL\n)"]);
  });

  test("keeps the type of the values", () => {
    // @ts-expect-error numbers are no text
    expect(() => text().withVariant("sqlite", integer())).not.toThrow();
  });
});

describe("exact types", () => {
  test("have one name everywhere", () => {
    for (const name of Object.keys(dialects) as Name[]) {
      // MySQL could take it for NOT NULL otherwise.
      const suffix = name === "mysql" || name === "mariadb" ? " NULL" : "";
      expect(typeOn(name, exactTypes.TIMESTAMP())).toBe(`TIMESTAMP${suffix}`);
      expect(typeOn(name, exactTypes.DECIMAL(10, 2))).toBe("DECIMAL(10, 2)");
      expect(typeOn(name, exactTypes.DOUBLE_PRECISION())).toBe("DOUBLE PRECISION");
      expect(typeOn(name, exact("MEDIUMINT", integer()))).toBe("MEDIUMINT");
    }
    expect(typeOn("postgresql", timestamp())).toBe("TIMESTAMP WITHOUT TIME ZONE");
  });

  test("count themselves where their numbers do", () => {
    const t = table("t", new MetaData(), { id: exactTypes.BIGINT().primaryKey() });
    expect(createTable(t).compile({ dialect: dialects.postgresql }).sql).toContain("id BIGSERIAL NOT NULL");
    expect(createTable(t).compile({ dialect: dialects.sqlite }).sql).toContain("id INTEGER NOT NULL");
    expect(createTable(t).compile({ dialect: dialects.mysql }).sql).toContain("id BIGINT NOT NULL AUTO_INCREMENT");
  });

  test("refuse what is no name of a type", () => {
    expect(() => exact("INT); DROP TABLE x --", integer())).toThrow(/is no name of a type/);
  });
});

describe("domains", () => {
  const email = domain("email", varchar(100), {
    check: sqlText("VALUE LIKE '%@%'"),
    constraintName: "email_form",
    notNull: true,
    default: "a@b",
    collation: "C",
  });

  test("are created before the tables that use them, and dropped after", () => {
    const metadata = new MetaData({ schema: "app" });
    table("t", metadata, { x: email, more: array(email) });
    expect(metadata.createAllSql(dialects.postgresql)).toEqual([
      `CREATE DOMAIN app.email AS VARCHAR(100) COLLATE "C" DEFAULT 'a@b' CONSTRAINT email_form NOT NULL CHECK (VALUE LIKE '%@%')`,
      "CREATE TABLE app.t (\n  x app.email NOT NULL,\n  more app.email[] NOT NULL\n)",
    ]);
    expect(metadata.dropAllSql(dialects.postgresql)).toEqual(["DROP TABLE app.t", "DROP DOMAIN app.email"]);
  });

  test("are PostgreSQL's alone", () => {
    expect(() => typeOn("sqlite", email)).toThrow(/Column "t.x": SQLite has no type for domain\(\)/);
    expect(() => typeOn("mysql", email)).toThrow(/no type for domain\(\)/);
  });
});

test("keys of every integer type count themselves", () => {
  const keys = [integer(), smallInteger(), bigInteger()].map((type) => {
    const t = table("t", new MetaData(), { id: type.primaryKey() });
    return createTable(t).compile({ dialect: dialects.postgresql }).sql.split("\n")[1]?.trim();
  });
  expect(keys).toEqual(["id SERIAL NOT NULL,", "id SMALLSERIAL NOT NULL,", "id BIGSERIAL NOT NULL,"]);
});
