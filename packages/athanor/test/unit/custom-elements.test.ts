import { describe, expect, test } from "vitest";
import type { FunctionNode, StatementCompilerClass } from "../../src/compiler.ts";
import {
  type AnyExpression,
  CustomExpression,
  CustomStatement,
  compiles,
  createSyncEngine,
  deleteFrom,
  type Expression,
  func,
  insert,
  integer,
  literal,
  MetaData,
  type SqlElement,
  select,
  sql,
  table,
  text,
  UnsupportedCompilationError,
  update,
} from "../../src/index.ts";
import { dialect, SqliteCompiler, SqliteDialect } from "../../src/sqlite.ts";

const users = table("users", new MetaData(), { id: integer().primaryKey(), name: text() });

class Greatest extends CustomExpression<number, { items: readonly Expression<number, string, string>[] }> {
  constructor(...items: readonly Expression<number, string, string>[]) {
    super(integer(), { items });
  }
}
compiles(Greatest, ({ items }, compiler) => `greatest(${compiler.list(items)})`);
compiles(Greatest, ({ items }, compiler) => `max(${compiler.list(items)})`, "sqlite");

class Padded extends CustomExpression<string, { of: AnyExpression; width: number }> {
  constructor(of: AnyExpression, width: number) {
    super(text(), { of, width });
  }
}
compiles(Padded, ({ of, width }, compiler) => `printf('%${width}s', ${compiler.process(of)})`, "sqlite");

class WidelyPadded extends Padded {
  constructor(of: AnyExpression) {
    super(of, 30);
  }
}

class Explain extends CustomStatement<{ query: SqlElement }> {
  constructor(query: SqlElement) {
    super({ query });
  }
}
compiles(Explain, ({ query }, compiler) => `EXPLAIN QUERY PLAN ${compiler.query(query)}`, "sqlite");

describe("CustomExpression", () => {
  test("is written by the function of the dialect, or the general one", () => {
    const statement = select(new Greatest(users.c.id, literal(5)).add(1).label("n")).where(
      new Greatest(users.c.id).gt(3),
    );
    expect(String(statement)).toBe("SELECT greatest(users.id, ?) + ? AS n FROM users WHERE greatest(users.id) > ?");
    expect(statement.compile({ dialect: dialect() }).sql).toBe(
      "SELECT max(users.id, ?) + ? AS n FROM users WHERE max(users.id) > ?",
    );
  });

  test("is written as the class that it extends", () => {
    expect(new WidelyPadded(users.c.name).compile({ dialect: dialect() }).sql).toBe("printf('%30s', users.name)");
  });

  test("says what is missing", () => {
    expect(() => String(new Padded(users.c.name, 3))).toThrow(UnsupportedCompilationError);
    expect(() => String(new Padded(users.c.name, 3))).toThrow(
      "Padded has no function that writes it for default. Register one: compiles(Padded, (element, compiler) => …).",
    );
    expect(() => new Padded(users.c.name, undefined as never)).toThrow(/Padded for "width" was given undefined/);
    expect(() => new Padded(users.c.name, (() => 3) as never)).toThrow(/takes an expression or a plain value/);
  });

  test("shares SQL among equal structures and binds what they differ in", () => {
    const key = (value: number, width: number) => select(new Padded(literal(value), width)).$key.text;
    expect(key(1, 3)).toBe(key(2, 3));
    expect(key(1, 3)).not.toBe(key(1, 4));
    expect(select(new WidelyPadded(literal(1))).$key.text).not.toBe(key(1, 30));
  });

  test("is compiled each time when a field has no structure", () => {
    class Tagged extends CustomExpression<number, { tags: ReadonlyMap<string, number> }> {
      constructor(tags: ReadonlyMap<string, number>) {
        super(integer(), { tags });
      }
    }
    compiles(Tagged, ({ tags }) => String([...tags.values()].reduce((sum, each) => sum + each, 0)));
    const tags = new Map([["a", 1]]);
    const engine = createSyncEngine("sqlite:///:memory:");
    const connection = engine.connect();
    expect(connection.scalar(select(new Tagged(tags)))).toBe(1);
    tags.set("b", 2);
    expect(connection.scalar(select(new Tagged(tags)))).toBe(3);
    connection.close();
    engine.dispose();
  });

  test("follows its expressions into subqueries and correlation", () => {
    const other = users.alias("u");
    const inner = select(new Greatest(users.c.id, other.c.id)).scalarSubquery();
    expect(String(select(users.c.name, inner.label("n")))).toBe(
      "SELECT users.name, (SELECT greatest(users.id, u.id) AS anon_1 FROM users AS u) AS n FROM users",
    );
  });
});

test("a CustomStatement is executed", () => {
  const engine = createSyncEngine("sqlite:///:memory:");
  const plan = engine.connect();
  plan.execDriverSql("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)");
  const [row] = plan.execute(new Explain(select(users.c.name).where(users.c.id.eq(3)))).all();
  expect(row?.[3]).toMatch(/SEARCH users USING INTEGER PRIMARY KEY/);
  plan.close();
  engine.dispose();
});

describe("ext() puts an element at a place of", () => {
  const note = (word: string) => sql`/* ${literal(word)} */`;

  test("SELECT", () => {
    const statement = select(users.c.id)
      .distinct()
      .ext("prefix", "HIGH_PRIORITY", "mysql")
      .ext("prefix", "/* first */")
      .ext("beforeColumns", note("columns"))
      .where(users.c.id.eq(1))
      .ext("afterCriteria", new Greatest(users.c.id))
      .orderBy(users.c.id)
      .suffixWith(note("end"))
      .compile();
    expect(statement).toEqual({
      sql:
        "SELECT /* first */ DISTINCT /* ? */ users.id FROM users WHERE users.id = ? greatest(users.id) " +
        "ORDER BY users.id /* ? */",
      parameters: ["columns", 1, "end"],
    });
  });
  test("INSERT, UPDATE and DELETE", () => {
    expect(String(insert(users).values({ name: "x" }).ext("afterValues", "AS new").ext("suffix", "/* end */"))).toBe(
      "INSERT INTO users (name) VALUES (?) AS new /* end */",
    );
    expect(
      String(update(users).values({ name: "x" }).where(users.c.id.eq(1)).ext("afterCriteria", "LIMIT 1", "default")),
    ).toBe("UPDATE users SET name = ? WHERE users.id = ? LIMIT 1");
    expect(String(deleteFrom(users).prefixWith("QUICK").ext("afterCriteria", "LIMIT 1", "mysql"))).toBe(
      "DELETE QUICK FROM users",
    );
  });
  test("refuses what is no element", () => {
    // @ts-expect-error a number is no text
    expect(() => select(users.c.id).prefixWith(5)).toThrow(/is text or a SQL element, not 5/);
  });
});

test("a dialect of one's own overrides the methods of a library's", () => {
  class LoudCompiler extends SqliteCompiler {
    override function(node: FunctionNode): string {
      return node.name === "shout" ? `upper(${this.list(node.arguments)}) || '!'` : super.function(node);
    }
    protected override functionName(node: FunctionNode): string {
      return node.name === "lower" ? "upper" : super.functionName(node);
    }
  }
  class LoudDialect extends SqliteDialect {
    override readonly name = "loud";
    override readonly statementCompiler: StatementCompilerClass = LoudCompiler;
  }
  const engine = createSyncEngine("sqlite:///:memory:", { dialect: new LoudDialect() });
  const statement = select(func.lower(literal("a")), func.call("shout", text(), literal("b")));
  expect(engine.connect().execute(statement).one()).toEqual(["A", "B!"]);
  expect(select(new Greatest(users.c.id)).compile({ dialect: new LoudDialect() }).sql).toMatch(/^SELECT max/);
  expect(select(users.c.id).prefixWith("/* lite */", "sqlite").compile({ dialect: new LoudDialect() }).sql).toMatch(
    /^SELECT \/\* lite/,
  );
  engine.dispose();
});
