import { describe, expect, test } from "vitest";
import { SqliteDialect } from "../../src/dialects/sqlite/dialect.ts";
import type { SqlDialect } from "../../src/sql/compile/sql-dialect.ts";
import { StatementCompiler } from "../../src/sql/compile/statement-compiler.ts";
import { cacheKey } from "../../src/sql/traverse/cache-key.ts";
import { items, nodes, orders, pages, products, productTags, tags, users } from "../oracle/models.ts";
import {
  and,
  bigInteger,
  boolean,
  caseOf,
  column,
  desc,
  double,
  except,
  exists,
  func,
  insert,
  integer,
  intersect,
  literal,
  MetaData,
  not,
  numeric,
  or,
  select,
  sql,
  sqlText,
  table,
  tableValued,
  text,
  trueValue,
  tuple,
  union,
  values,
} from "../support/core.ts";
import { databaseWith, ddlOf } from "../support/sqlite-ddl.ts";
import { execute, sqlOf, statementNode } from "../support/sqlite-statements.ts";

/** A database that can do everything, to see the standard's SQL. */
const standard: SqlDialect = Object.assign(Object.create(new SqliteDialect()), {
  name: "standard",
  capabilities: {
    ...new SqliteDialect().capabilities,
    lateral: true,
    rowLocks: true,
    compoundParentheses: true,
    booleanLiterals: true,
    deleteUsing: true,
    defaultKeyword: true,
  },
});
function standardSql(statement: unknown): string {
  const node = statementNode(statement);
  return new StatementCompiler(standard, { binds: cacheKey(node).binds }).compile(node, null).sql ?? "";
}
const sqlite = (statement: unknown) => sqlOf(statement)[0];

describe("joins", () => {
  test("are put where a foreign key leads", () => {
    expect(sqlite(select(users.c.name, products.c.sku).join(orders).join(items).join(products))).toBe(
      "SELECT users.name, products.sku FROM users JOIN orders ON users.id = orders.user_id JOIN order_items " +
        "ON orders.id = order_items.order_id JOIN products ON products.id = order_items.product_id",
    );
    expect(sqlite(select(func.count()).selectFrom(users).fullJoin(orders))).toContain("FULL OUTER JOIN orders ON");
    expect(sqlite(select(users.c.id).crossJoin(tags))).toBe("SELECT users.id FROM users CROSS JOIN tags");
  });

  test("say what is missing", () => {
    expect(() => sqlite(select(users.c.id).join(tags))).toThrow(
      'There is no foreign key between "users" and "tags". Give the condition as the second argument of join().',
    );
    const blogUsers = pages.foreignKeys[0]?.column.table;
    expect(() => sqlite(select(pages.c.id).join(blogUsers as never))).toThrow(
      'There is more than one foreign key between "pages" and "blog_users": pages.created_by = blog_users.id; ' +
        "pages.updated_by = blog_users.id. Give the condition as the second argument of join().",
    );
    expect(() => sqlite(select(literal(1)).join(orders))).toThrow(
      'Nothing to join "orders" to: the statement selects from no table. Name one with selectFrom().',
    );
    expect(() => sqlite(select(users.c.id, users.alias("u").c.id).join(orders))).toThrow(
      'It is not clear what "orders" is to be joined to: "users" or "u". Name the table that comes first with ' +
        "selectFrom(), or give the condition.",
    );
  });

  test("go from the table that is named", () => {
    const boss = users.alias("boss");
    const named = select(users.c.id, boss.c.id).joinFrom(boss, orders, orders.c.userId.eq(boss.c.id));
    expect(sqlite(named)).toBe(
      "SELECT users.id, boss.id AS id_1 FROM users AS boss JOIN orders ON orders.user_id = boss.id, users",
    );
  });
});

describe("a subquery leaves out of its FROM", () => {
  const ordersOf = select(func.count()).where(orders.c.userId.eq(users.c.id));

  test("what stands around it, where something remains", () => {
    expect(sqlite(select(users.c.id, ordersOf.selectFrom(orders).scalarSubquery().label("n")))).toBe(
      "SELECT users.id, (SELECT count(*) AS count_1 FROM orders WHERE orders.user_id = users.id) AS n FROM users",
    );
    const alone = select(func.count()).selectFrom(users);
    expect(sqlite(select(users.c.id).where(users.c.id.eq(alone.scalarSubquery())))).toContain(
      "(SELECT count(*) AS count_1 FROM users)",
    );
  });

  test("nothing of it when it stands in FROM itself", () => {
    const sub = select(orders.c.id, users.c.name).where(orders.c.userId.eq(users.c.id)).subquery("s");
    expect(sqlite(select(users.c.id, sub.c.name))).toBe(
      "SELECT users.id, s.name FROM users, (SELECT orders.id AS id, users.name AS name FROM orders, users " +
        "WHERE orders.user_id = users.id) AS s",
    );
  });

  test("what it is told to leave out or to keep", () => {
    const query = ordersOf.selectFrom(orders);
    expect(sqlite(select(users.c.id).where(exists(query.correlate(null))))).toContain("FROM orders, users WHERE");
    expect(sqlite(select(users.c.id, orders.c.id).where(exists(query.correlate(users))))).toContain(
      "EXISTS (SELECT count(*) AS count_1 FROM orders WHERE",
    );
    expect(sqlite(select(users.c.id, orders.c.id).where(exists(query.correlateExcept(orders))))).toContain(
      "EXISTS (SELECT count(*) AS count_1 FROM orders WHERE",
    );
  });

  test("but not everything", () => {
    const query = select(users.c.id).where(users.c.id.eq(orders.c.userId));
    expect(() => sqlite(select(users.c.id, orders.c.id).where(exists(query)))).toThrow(
      'A subquery is left without FROM: all of "users", "orders" stand in the statement around it.',
    );
  });

  test("what a lateral one sees", () => {
    const last = select(orders.c.total).where(orders.c.userId.eq(users.c.id)).limit(1).lateral("newest");
    expect(standardSql(select(users.c.id, last.c.total).join(last, trueValue()))).toBe(
      "SELECT users.id, newest.total FROM users JOIN LATERAL (SELECT orders.total AS total FROM orders " +
        "WHERE orders.user_id = users.id LIMIT ?) AS newest ON true",
    );
    expect(() => sqlite(select(last.c.total))).toThrow("sqlite has no LATERAL.");
  });
});

describe("common table expressions", () => {
  test("come once, before those that use them", () => {
    const a = select(users.c.id).cte("a");
    const b = select(a.c.id).cte("b");
    expect(sqlite(select(b.c.id, a.c.id).where(b.c.id.eq(a.c.id)))).toBe(
      "WITH a AS (SELECT users.id AS id FROM users), b AS (SELECT a.id AS id FROM a) " +
        "SELECT b.id, a.id AS id_1 FROM b, a WHERE b.id = a.id",
    );
  });

  test("may stand under two names, or be added without use", () => {
    const a = select(users.c.id).cte("a");
    const other = a.alias("other");
    expect(sqlite(select(a.c.id).join(other, other.c.id.gt(a.c.id)))).toBe(
      "WITH a AS (SELECT users.id AS id FROM users) SELECT a.id FROM a JOIN a AS other ON other.id > a.id",
    );
    expect(sqlite(select(tags.c.id).addCte(a))).toBe(
      "WITH a AS (SELECT users.id AS id FROM users) SELECT tags.id FROM tags",
    );
    expect(() => sqlite(select(a.c.id, select(tags.c.id).cte("a").c.id))).toThrow(
      'Two common table expressions have the name "a".',
    );
  });

  test("change data where the database can", () => {
    const added = insert(tags).values({ name: "x" }).returning(tags.c.id).cte("added");
    expect(standardSql(select(added.c.id))).toBe(
      "WITH added AS (INSERT INTO tags (name) VALUES (?) RETURNING tags.id) SELECT added.id FROM added",
    );
    expect(() => sqlite(select(added.c.id))).toThrow("sqlite has no INSERT inside WITH.");
  });

  test("take parameters in the order of the text", () => {
    const a = select(users.c.id).where(users.c.id.gt(1)).cte("a");
    expect(sqlOf(select(literal(2).label("x"), a.c.id).limit(3))).toEqual([
      "WITH a AS (SELECT users.id AS id FROM users WHERE users.id > ?) SELECT ? AS x, a.id FROM a LIMIT ?",
      1,
      2,
      3,
    ]);
  });
});

describe("set operations", () => {
  const a = select(users.c.id);
  const b = select(orders.c.id);
  const c = select(tags.c.id);

  test("keep their grouping", () => {
    expect(standardSql(except(union(a, b), intersect(b, c)))).toBe(
      "(SELECT users.id FROM users UNION SELECT orders.id FROM orders) EXCEPT " +
        "(SELECT orders.id FROM orders INTERSECT SELECT tags.id FROM tags)",
    );
    expect(sqlite(except(a, union(b, c)))).toBe(
      "SELECT users.id FROM users EXCEPT SELECT anon_1.id FROM (SELECT orders.id AS id FROM orders UNION " +
        "SELECT tags.id AS id FROM tags) AS anon_1",
    );
  });

  test("need equal numbers of columns", () => {
    expect(() => sqlite(union(a, select(users.c.id, users.c.name) as never))).toThrow(
      "All members of a UNION have as many columns as the first: 1, but number 2 has 2.",
    );
  });
});

describe("expressions", () => {
  const only = (expression: Parameters<typeof select>[0]) =>
    sqlite(select(expression)).replace(/^SELECT | AS anon_\d+( FROM orders)?$/g, "");
  const { c } = orders;

  test("stand in parentheses where they must", () => {
    expect(only(c.id.add(1).mul(c.id.sub(c.id.sub(2))))).toBe("(orders.id + ?) * (orders.id - (orders.id - ?))");
    expect(only(or(and(c.id.eq(1), c.id.eq(2)), not(or(c.id.eq(3), c.id.eq(4)))))).toBe(
      "orders.id = ? AND orders.id = ? OR NOT (orders.id = ? OR orders.id = ?)",
    );
    expect(only(c.id.eq(1).eq(c.id.eq(2)))).toBe("(orders.id = ?) = (orders.id = ?)");
    expect(only(c.id.neg().neg())).toBe("-(-orders.id)");
    expect(only(sql<number>`${c.id} + 1`.mul(2))).toBe("(orders.id + 1) * ?");
    expect(only(c.status.concat(c.id.add(1).cast(text())))).toBe("orders.status || CAST(orders.id + ? AS TEXT)");
  });

  test("know their negations", () => {
    expect(only(not(c.status.like("a")))).toBe("orders.status NOT LIKE ?");
    expect(only(not(c.id.between(1, 2)))).toBe("orders.id NOT BETWEEN ? AND ?");
    expect(only(not(exists().where(c.id.eq(1))))).toBe("NOT EXISTS (SELECT * FROM orders WHERE orders.id = ?)");
    expect(only(not(c.id.op<boolean>("<>", 1, { comparison: true })))).toBe("NOT (orders.id <> ?)");
  });

  test("bind values as the column next to them would", () => {
    expect(sqlOf(select(c.id).where(c.createdAt.gt(new Date("2024-01-02T03:04:05.678Z")), c.total.lt(1.5)))).toEqual([
      "SELECT orders.id FROM orders WHERE orders.created_at > ? AND orders.total < ?",
      "2024-01-02 03:04:05.678000",
      1.5,
    ]);
    expect(sqlOf(select(caseOf(c.status).when("open", true).else(false).label("x"))).slice(1)).toEqual(["open", 1, 0]);
  });

  test("are never taken together with an operator in front", () => {
    const { id } = orders.c;
    const written = sqlOf(
      select(id.neg().neg(), id.neg().bitwiseNot(), id.bitwiseNot().bitwiseNot(), id.bitwiseNot().add(id)),
    );
    expect(written[0]).toBe(
      "SELECT -(-orders.id) AS anon_1, ~(-orders.id) AS anon_2, ~(~orders.id) AS anon_3, (~orders.id) + orders.id AS anon_4 FROM orders",
    );
  });

  test("are lists in IN, written anew for each length", () => {
    const query = (ids: readonly number[]) => sqlOf(select(c.id).where(c.id.in(ids), c.id.notIn([9])));
    expect(query([1, 2])).toEqual([
      "SELECT orders.id FROM orders WHERE orders.id IN (?, ?) AND (orders.id NOT IN (?))",
      1,
      2,
      9,
    ]);
    expect(query([])).toEqual([
      "SELECT orders.id FROM orders WHERE orders.id IN (SELECT 1 FROM (SELECT 1) WHERE 1!=1) AND (orders.id NOT IN (?))",
      9,
    ]);
    expect(
      sqlOf(
        select(c.id).where(
          tuple(c.id, c.userId).in([
            [1, 2],
            [3, 4],
          ]),
        ),
      ).slice(1),
    ).toEqual([1, 2, 3, 4]);
  });

  test("take their place in raw SQL", () => {
    expect(sqlOf(select(sql<string>`printf('%d-%s', ${c.id}, ${"x"})`.label("p")))).toEqual([
      "SELECT printf('%d-%s', orders.id, ?) AS p FROM orders",
      "x",
    ]);
    expect(sqlite(select(sqlText("*")).selectFrom(sqlText("generate(1)")))).toBe("SELECT * FROM generate(1)");
  });

  test("refuse what can only be a mistake", () => {
    const undefinedValue = undefined as never;
    expect(() => c.id.eq(undefinedValue)).toThrow(/eq\(\) was given undefined/);
    expect(() => c.id.in([undefinedValue])).toThrow(/in\(\) was given undefined/);
    expect(() => select(c.id).where(undefinedValue)).toThrow(/where\(\) was given undefined/);
    expect(() => select(c.id).where(true as never)).toThrow("where() takes a SQL condition, not true.");
    expect(() => select(c.id).limit(-1)).toThrow(/limit\(\) takes a whole number that is not negative, not -1/);
    expect(() => select(c.id).limit(1.5)).toThrow(/whole number/);
    expect(() => select("id" as never)).toThrow(/select\(\) takes a SQL expression, not the string "id"/);
    expect(() => tuple(c.id, c.userId).eq([1] as never)).toThrow("eq() takes 2 values next to this tuple, not 1.");
    expect(() => values({ a: integer() }, [])).toThrow("values() needs one row at least.");
    expect(() => values({ a: integer() }, [{} as never])).toThrow(/values\(\) for "a" was given undefined/);
    expect(() => sqlite(select(c.id).orderBy("nope"))).toThrow(
      'There is no label "nope" in this statement. There are: "id". A string is never raw SQL; use sqlText() for that.',
    );
    expect(() => sqlText("SELECT 1", { x: 1 })).toThrow(/values for x, but the text has no such parameter/);
  });
});

test("one column of big integers leaves the others as they are", () => {
  const all = new MetaData();
  const mixed = table("mixed", all, {
    id: integer().primaryKey(),
    big: bigInteger(),
    on: boolean(),
    n: numeric(9, 2),
    x: double(),
  });
  const database = databaseWith(ddlOf(all));
  execute(database, insert(mixed).values({ id: 1, big: 2n ** 53n + 1n, on: true, n: "2", x: 3 }));
  const { id, big, on, n, x } = mixed.c;
  expect(execute(database, select(id, big, on, n, x, func.count())).rows).toEqual([
    [1, 2n ** 53n + 1n, true, "2.00", 3, 1],
  ]);
  database.close();
});

describe("clauses", () => {
  test("of locks, hints and limits are the database's own", () => {
    const query = select(users.c.id).orderBy(desc("id"));
    expect(standardSql(query.withForUpdate({ read: true, skipLocked: true, of: [users] }))).toBe(
      "SELECT users.id FROM users ORDER BY users.id DESC FOR SHARE OF users SKIP LOCKED",
    );
    expect(sqlite(query.withForUpdate())).toBe("SELECT users.id FROM users ORDER BY users.id DESC");
    expect(standardSql(query.offset(1).fetch(2, { withTies: true }))).toBe(
      "SELECT users.id FROM users ORDER BY users.id DESC OFFSET ? ROWS FETCH FIRST ? ROWS WITH TIES",
    );
    expect(sqlite(query.prefixWith("ALL").withHint(users, "NOT INDEXED").suffixWith("/* x */", "mysql"))).toBe(
      "SELECT ALL users.id FROM users NOT INDEXED ORDER BY users.id DESC",
    );
    expect(() => sqlite(query.distinctOn(users.c.role))).toThrow("sqlite has no DISTINCT ON.");
  });

  test("name the rows of functions and lists", () => {
    const call = func.call("json_each", text(), nodes.c.name);
    const each = tableValued(call, { id: integer(), value: text() });
    expect(sqlite(select(each.c.id, each.c.value).selectFrom(nodes, each))).toBe(
      "SELECT anon_1.id, anon_1.value FROM nodes, json_each(nodes.name) AS anon_1",
    );
    const list = values({ a: integer() }, [{ a: 1 }], "v");
    expect(standardSql(select(list.c.a))).toBe("SELECT v.a FROM (VALUES (?)) AS v (a)");
  });

  test("name tables by their schemas, and what is only known by name", () => {
    const away = table("away", new MetaData(), { id: integer() }, [], { schema: "far" });
    expect(sqlite(select(away.c.id, column("x", integer())))).toBe("SELECT far.away.id, x FROM far.away");
    expect(sqlite(select(productTags.c.tagId).distinct().limit(1).offset(2))).toBe(
      "SELECT DISTINCT product_tags.tag_id FROM product_tags LIMIT ? OFFSET ?",
    );
  });
});
