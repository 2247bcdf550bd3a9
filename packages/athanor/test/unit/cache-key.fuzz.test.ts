import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Expression } from "../../src/sql/expression/expression.ts";
import { NODE } from "../../src/util/symbols.ts";
import { exists, insert, select } from "../support/core.ts";
import {
  type Ast,
  build,
  evaluate,
  expressions,
  type Kind,
  rows,
  TooLarge,
  things,
} from "../support/expression-grammar.ts";
import { databaseWith, ddlOf } from "../support/sqlite-ddl.ts";
import { compile, execute } from "../support/sqlite-statements.ts";

const kinds: readonly Kind[] = ["integer", "float", "text", "boolean"];
let database: ReturnType<typeof databaseWith>;
beforeAll(() => {
  database = databaseWith(ddlOf(things.metadata));
  execute(database, insert(things).values(rows));
});
afterAll(() => database.close());

describe("random expressions", () => {
  test.each(kinds)("of %s answer on SQLite what they mean", (kind) => {
    fc.assert(
      fc.property(expressions[kind], (ast) => {
        const expected = expectedValues(kind, ast);
        fc.pre(expected !== null);
        const found = execute(database, select(build(kind, ast).label("x")).selectFrom(things).orderBy(things.c.id));
        for (const [i, [value]] of found.rows.entries()) expectSame(value, expected?.[i]);
        expect(found.rows.length).toBe(rows.length);
      }),
      { numRuns: 5000 },
    );
  });

  test("decide as conditions, too", () => {
    fc.assert(
      fc.property(expressions.boolean, (ast) => {
        const expected = expectedValues("boolean", ast);
        fc.pre(expected !== null);
        const condition = build("boolean", ast) as Expression<boolean | null, string>;
        const found = execute(database, select(things.c.id).where(condition).orderBy(things.c.id));
        const ids = rows.filter((_, i) => expected?.[i] === true).map(({ id }) => [id]);
        expect(found.rows).toEqual(ids);
      }),
      { numRuns: 5000 },
    );
  });
});

function expectedValues(kind: Kind, ast: Ast): readonly unknown[] | null {
  try {
    return rows.map((row) => evaluate(kind, ast, row));
  } catch (error) {
    if (error instanceof TooLarge) return null;
    throw error;
  }
}

function expectSame(found: unknown, expected: unknown): void {
  // Without their parentheses, products are taken in another order, and fractions are rounded on the way.
  if (typeof expected === "number" && typeof found === "number") {
    expect(Math.abs(found - expected)).toBeLessThanOrEqual(Math.abs(expected) * 1e-12);
  } else expect(found === 0 ? 0 : found).toEqual(expected === 0 ? 0 : expected);
}

// ── cache keys ───────────────────────────────────────────────────────────────
/** A SELECT around an expression, in one of many forms. */
const forms = fc.record({
  limit: fc.option(fc.integer({ min: 0, max: 9 })),
  offset: fc.option(fc.integer({ min: 0, max: 9 })),
  distinct: fc.boolean(),
  order: fc.constantFrom("none", "asc", "desc", "label"),
  around: fc.constantFrom("plain", "alias", "two aliases", "one alias twice", "subquery", "cte", "exists", "lock"),
  label: fc.constantFrom("x", "y", "select"),
});
type Form = typeof forms extends fc.Arbitrary<infer T> ? T : never;
interface Random {
  readonly kind: Kind;
  readonly ast: Ast;
  readonly form: Form;
}

const statements: fc.Arbitrary<Random> = fc
  .constantFrom(...kinds)
  .chain((kind) => fc.record({ kind: fc.constant(kind), ast: expressions[kind], form: forms }));

function statement({ kind, ast, form }: Random, renew?: (value: Ast["value"]) => Ast["value"]) {
  const shift = renew === undefined ? 0 : 1;
  const column = (build(kind, ast, renew) as Expression<unknown, string>).label(form.label);
  let query = around(form, select(column));
  if (form.distinct) query = query.distinct();
  if (form.order === "label") query = query.orderBy(form.label);
  else if (form.order !== "none") query = query.orderBy(form.order === "asc" ? column.asc() : column.desc());
  if (form.limit !== null) query = query.limit(form.limit + shift);
  return form.offset === null ? query : query.offset(form.offset + shift);
}

function around(form: Form, query: ReturnType<typeof select<readonly [Expression<unknown, string, string>]>>) {
  const a = things.alias();
  switch (form.around) {
    case "plain":
      return query;
    case "alias":
      return query.where(a.c.id.eq(things.c.id));
    case "two aliases":
      return query.where(a.c.id.eq(things.alias().c.id));
    case "one alias twice":
      return query.where(a.c.id.eq(a.c.id));
    case "subquery": {
      const sub = select(things.c.id, things.c.s).where(things.c.b).subquery();
      return query.where(sub.c.id.eq(things.c.id));
    }
    case "cte": {
      const cte = select(things.c.id).where(things.c.b).cte("c");
      return query.where(things.c.id.in(select(cte.c.id)));
    }
    case "exists":
      return query.where(exists().where(a.c.i.eq(things.c.i)));
    case "lock":
      return query.withForUpdate({ nowait: true });
  }
}

/** Another value of the same type; what it is decides nothing about the text. */
function other(value: Ast["value"]): Ast["value"] {
  if (typeof value === "number") return value + (value < 3 ? 1 : -1);
  return typeof value === "string" ? `${value}b` : value;
}

/** Everything that makes one compiled statement differ from another. */
function signature(built: unknown): string {
  const { statement: compiled } = compile(built);
  const slots = compiled.slots.map(({ type, source, expand }) => [type.key, source.kind, expand === null]);
  return JSON.stringify([compiled.texts, slots, compiled.columns.map(({ key, type }) => [key, type.key])]);
}

describe("cache keys", () => {
  test("are the same for a statement built again with other values", () => {
    fc.assert(
      fc.property(statements, (random) => {
        const [one, two] = [statement(random), statement(random, other)];
        expect(two.$key.text).toBe(one.$key.text);
        expect(two.$key.binds.length).toBe(one.$key.binds.length);
        expect(signature(two)).toBe(signature(one));
      }),
      { numRuns: 5000 },
    );
  });

  test("differ between any two statements that differ in structure", () => {
    const count = 25_000;
    const byKey = new Map<string, string>();
    const bySignature = new Map<string, Set<string>>();
    for (const random of fc.sample(statements, count)) {
      const built = statement(random);
      const key = built.$key.text;
      const own = signature(built);
      // Of all pairs, those with equal keys are the ones that must be alike; the rest is apart already.
      expect(byKey.get(key) ?? own).toBe(own);
      byKey.set(key, own);
      const keys = bySignature.get(own) ?? new Set();
      bySignature.set(own, keys.add(key));
    }
    expect((byKey.size * (byKey.size - 1)) / 2).toBeGreaterThan(100_000);
    // The other way round nothing is promised, but a cache lives from it.
    const doubled = [...bySignature.values()].filter((keys) => keys.size > 1).length;
    expect(doubled / bySignature.size).toBeLessThan(0.05);
  });

  test("are drawn alike where no code may be generated", async () => {
    vi.doMock("../../src/util/code-generation.ts", () => ({ canGenerateCode: false }));
    vi.resetModules();
    const plain = await import("../../src/sql/traverse/cache-key.ts");
    vi.doUnmock("../../src/util/code-generation.ts");
    const others = new Map<string, string>();
    for (const random of fc.sample(statements, 2000)) {
      const built = statement(random);
      const { text, binds } = plain.cacheKey(built[NODE]);
      expect(binds).toEqual(built.$key.binds);
      expect(others.get(built.$key.text) ?? text).toBe(text);
      others.set(built.$key.text, text);
    }
    expect(new Set(others.values()).size).toBe(others.size);
  });
});
