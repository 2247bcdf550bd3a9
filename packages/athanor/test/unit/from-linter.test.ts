import { describe, expect, test, vi } from "vitest";
import {
  createSyncEngine,
  exists,
  func,
  integer,
  MetaData,
  or,
  select,
  sqlText,
  table,
  tableValued,
  text,
  trueValue,
  update,
} from "../../src/index.ts";
import { compileNode } from "../../src/sql/compile/compile.ts";
import { defaultDialect } from "../../src/sql/compile/default-dialect.ts";
import type { StatementNode } from "../../src/sql/nodes/statements.ts";
import { cacheKey } from "../../src/sql/traverse/cache-key.ts";
import { NODE } from "../../src/util/symbols.ts";
import { warn } from "../../src/util/warn.ts";

vi.mock("../../src/util/warn.ts", () => ({ warn: vi.fn() }));

const metadata = new MetaData();
const a = table("a", metadata, { id: integer().primaryKey(), name: text() });
const b = table("b", metadata, { id: integer().primaryKey(), aId: integer().references(() => a.c.id) });
const d = table("d", metadata, { id: integer().primaryKey(), bId: integer().references(() => b.c.id) });

const warnings = (statement: { readonly [NODE]: StatementNode }) => {
  const node = statement[NODE];
  return compileNode(defaultDialect, node, cacheKey(node).binds, null).warnings;
};
const all = select(a.c.id, b.c.id, d.c.id);

describe("a cartesian product is told of", () => {
  test("when nothing brings tables together", () => {
    expect(warnings(select(a.c.id, b.c.id))).toEqual([
      expect.stringMatching(/^SELECT has a cartesian product between "b" and "a": every row of one/),
    ]);
    expect(warnings(all.where(a.c.id.eq(b.c.aId)))[0]).toMatch(/between "d" and "a"/);
    expect(warnings(all.where(a.c.id.eq(5), b.c.id.eq(5)))[0]).toMatch(/between "b", "d" and "a"/);
    expect(warnings(select(func.count()).selectFrom(a, select(b.c.id).subquery()))[0]).toMatch(/a subquery and "a"/);
    expect(warnings(all.join(d, d.c.bId.eq(b.c.id)))[0]).toMatch(/"a"/);
  });
  test("inside of subqueries too", () => {
    expect(warnings(select(exists(select(a.c.id, b.c.id))))).toHaveLength(1);
  });
  test("of an UPDATE with other tables", () => {
    expect(warnings(update(a).values({ name: "x" }).where(b.c.id.eq(1)))[0]).toMatch(/^UPDATE has/);
    expect(warnings(update(a).values({ name: "x" }).where(b.c.aId.eq(a.c.id)))).toEqual([]);
  });
});

test.each([
  ["comparisons", all.where(a.c.id.eq(b.c.aId), b.c.id.lt(d.c.bId))],
  ["comparisons of alternatives", select(a.c.id, b.c.id).where(or(a.c.id.eq(b.c.id), a.c.id.eq(b.c.aId)))],
  ["BETWEEN", all.where(a.c.id.between(b.c.id, d.c.id))],
  ["joins", select(a.c.id, b.c.id).join(b)],
  ["joins by any condition", select(a.c.id, b.c.id).join(b, trueValue())],
  ["cross joins", select(a.c.id, b.c.id).crossJoin(b)],
  ["raw SQL, which may compare anything", select(a.c.id, b.c.id).where(sqlText("a.id = b.a_id"))],
  ["one table", select(a.c.id)],
  [
    "a statement around it",
    select(a.c.id).where(exists(select(b.c.id, d.c.id).where(b.c.aId.eq(a.c.id), d.c.bId.eq(a.c.id)))),
  ],
  [
    "a lateral subquery",
    (() => {
      const inner = select(b.c.id).where(b.c.aId.eq(a.c.id)).lateral("l");
      return select(a.c.id, inner.c.id);
    })(),
  ],
  [
    "a function of another table's columns",
    (() => {
      const series = tableValued(func.call("generate_series", integer(), 1, a.c.id), { n: integer() }, { name: "g" });
      return select(a.c.id, series.c.n);
    })(),
  ],
] as const)("tables are brought together by %s", (_, statement) => {
  expect(warnings(statement)).toEqual([]);
});

test("an engine warns once for each structure, unless it is told not to", () => {
  const run = (enableFromLinting: boolean) => {
    vi.mocked(warn).mockClear();
    const engine = createSyncEngine("sqlite:///:memory:", { enableFromLinting });
    engine.compile(select(a.c.id, b.c.id).where(a.c.id.eq(1)));
    engine.compile(select(a.c.id, b.c.id).where(a.c.id.eq(2)));
    engine.dispose();
    return vi.mocked(warn).mock.calls.length;
  };
  expect(run(true)).toBe(1);
  expect(run(false)).toBe(0);
});
