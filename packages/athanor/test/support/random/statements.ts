import fc from "fast-check";
import type { Expression } from "../../../src/sql/expression/expression.ts";
import type { Select } from "../../../src/sql/statement/select.ts";
import { and, deleteFrom, exists, func, insert, not, select, sqliteInsert, update } from "../core.ts";
import { type Ast, build, evaluate, expressionsOf, kinds, readsTable, renewed } from "./expressions.ts";
import type { Any, Kind, Plain, Truths } from "./operator.ts";
import { rows, type Thing, things } from "./things.ts";
import { Unspecified, type World } from "./world.ts";

const forms = [
  "select",
  "join",
  "outerJoin",
  "subquery",
  "cte",
  "union",
  "group",
  "window",
  "update",
  "delete",
  "insert",
  "insertSelect",
  "upsert",
] as const;

/** A statement as data: what it is made of, and how that is put together. */
export interface RandomStatement {
  readonly form: (typeof forms)[number];
  /** What is selected, or written into the column of its kind. */
  readonly value: Ast;
  readonly condition: Ast;
  /** Plain values of an INSERT, a row each. */
  readonly inserted: readonly Plain[];
  readonly returning: boolean;
  readonly limit: number | null;
  readonly offset: number | null;
  readonly distinct: boolean;
  readonly order: "none" | "asc" | "desc" | "label";
  /** What else stands in the WHERE of a SELECT; none of it changes what is found. */
  readonly around: "nothing" | "alias" | "one alias twice" | "two aliases" | "exists" | "lock";
  readonly label: "x" | "y" | "select";
}

export function statementsOf(world: Pick<World, "name">): fc.Arbitrary<RandomStatement> {
  const expressions = expressionsOf(world);
  const count = fc.option(fc.integer({ min: 0, max: 9 }));
  return fc.record({
    form: fc.constantFrom(...forms),
    value: fc.constantFrom(...kinds).chain((kind) => expressions[kind]),
    condition: expressions.boolean,
    inserted: fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 3 }),
    returning: fc.boolean(),
    limit: count,
    offset: count,
    distinct: fc.boolean(),
    order: fc.constantFrom("none", "asc", "desc", "label"),
    around: fc.constantFrom("nothing", "alias", "one alias twice", "two aliases", "exists", "lock"),
    label: fc.constantFrom("x", "y", "select"),
  });
}

/** The same statement with other values. */
export function renewedStatement(statement: RandomStatement): RandomStatement {
  const { value, condition, inserted, limit, offset } = statement;
  return {
    ...statement,
    value: renewed(value),
    condition: renewed(condition),
    inserted: inserted.map((each) => Number(each) + 1),
    limit: limit === null ? null : limit + 1,
    offset: offset === null ? null : offset + 1,
  };
}

/** Where values of a kind are written. */
const targets = { integer: "i", float: "f", text: "s", boolean: "b" } as const satisfies Record<Kind, keyof Thing>;
const firstNewId = 10;
const changing: ReadonlySet<RandomStatement["form"]> = new Set(["update", "delete", "upsert"]);

// ── built through the library ────────────────────────────────────────────────
export function buildStatement(statement: RandomStatement) {
  const { form, value, returning } = statement;
  const condition = build(statement.condition) as Truths;
  const made = build(value);
  // The kind of the value decides about the column; no type can say so.
  const assigned = { [targets[value.kind]]: made } as { readonly i: Expression<number | null> };
  const returned = returning ? [things.c.id, things.c[targets[value.kind]]] : [];
  switch (form) {
    case "update":
      return update(things)
        .where(condition)
        .values(assigned)
        .returning(...returned);
    case "delete":
      return deleteFrom(things)
        .where(condition)
        .returning(...returned);
    case "insert":
      return insert(things)
        .values(newRows(statement))
        .returning(...returned);
    case "insertSelect": {
      const query = select(things.c.id.add(firstNewId), made).where(condition);
      return insert(things)
        .fromSelect(["id", targets[value.kind]], query)
        .returning(...returned);
    }
    case "upsert": {
      const indexElements = [things.c.id];
      const rowsOf = [{ id: 1, j: 1 }, ...newRows(statement)];
      return sqliteInsert(things)
        .values(rowsOf)
        .onConflictDoUpdate({ indexElements, set: assigned, where: condition })
        .returning(...returned);
    }
    default:
      return query(statement, made, condition);
  }
}

function newRows({ inserted }: RandomStatement) {
  return inserted.map((each, n) => ({ id: firstNewId + n, j: Number(each) }));
}

function query(statement: RandomStatement, value: Any, condition: Truths) {
  const { label } = statement;
  const made = (value as Expression<unknown, string>).label(label);
  const { id } = things.c;
  const plain = select(id, made).where(condition);
  switch (statement.form) {
    case "join": {
      const other = things.alias();
      return decorated(statement, select(id, made).join(other, other.c.id.ne(id)).where(condition));
    }
    case "outerJoin": {
      const other = things.alias();
      return decorated(statement, select(id, made).outerJoin(other, and(other.c.id.lt(id), condition)));
    }
    case "subquery": {
      const sub = plain.subquery();
      return decorated(statement, select(things.c.id, sub.c[label]).join(sub, sub.c.id.eq(things.c.id)));
    }
    case "cte": {
      const cte = plain.cte("part");
      return decorated(statement, select(things.c.id, cte.c[label]).join(cte, cte.c.id.eq(things.c.id)));
    }
    case "union":
      return plain.unionAll(select(id, made).where(not(condition)));
    case "group":
      return select(things.c.b, func.count(value)).where(condition).groupBy(things.c.b);
    case "window":
      return decorated(statement, select(id, func.rowNumber().over({ orderBy: id.desc() })).where(condition));
    default:
      return decorated(statement, plain);
  }
}

type AnySelect = Select<readonly Expression<unknown, string, string>[], string, string>;

function decorated(statement: RandomStatement, plain: AnySelect): AnySelect {
  const { distinct, order, label, limit, offset } = statement;
  let made = around(statement, plain);
  if (distinct) made = made.distinct();
  if (order !== "none") made = made.orderBy(order === "label" && statement.form !== "window" ? label : idIn(order));
  if (limit !== null) made = made.limit(limit);
  return offset === null ? made : made.offset(offset);
}
function idIn(order: RandomStatement["order"]) {
  return order === "desc" ? things.c.id.desc() : things.c.id.asc();
}

function around({ around: what }: RandomStatement, plain: AnySelect): AnySelect {
  const other = things.alias();
  switch (what) {
    case "nothing":
      return plain;
    case "alias":
      return plain.where(other.c.id.eq(things.c.id));
    case "one alias twice":
      return plain.where(other.c.id.eq(things.c.id), other.c.id.eq(other.c.id));
    case "two aliases":
      return plain.where(other.c.id.eq(things.c.id), things.alias().c.id.eq(things.c.id));
    case "exists":
      return plain.where(exists().where(other.c.id.eq(things.c.id)));
    case "lock":
      return plain.withForUpdate({ nowait: true });
  }
}

// ── what it does ─────────────────────────────────────────────────────────────
/** The rows that a statement gives, and those of the table afterwards; both in any order. */
export interface Effect {
  readonly rows: readonly (readonly unknown[])[];
  readonly after: readonly Thing[];
}

/**
 * What a statement does without LIMIT, OFFSET and DISTINCT.
 *
 * @throws Unspecified where databases need not agree.
 */
export function effectOf(statement: RandomStatement, world: World): Effect {
  const { form, value, returning } = statement;
  const target = targets[value.kind];
  if (changing.has(form) && [value, statement.condition].some(readsTable)) throw new Unspecified();
  const found = rows.map((row) => ({
    row,
    value: evaluate(value, { row, world }),
    holds: evaluate(statement.condition, { row, world }),
  }));
  const matching = found.filter(({ holds }) => holds === true);
  const changed = (after: readonly Thing[], touched: readonly Thing[]): Effect => ({
    rows: returning ? touched.map((row) => [row.id, row[target]]) : [],
    after,
  });
  const selected = (...given: readonly (readonly unknown[])[]): Effect => ({ rows: given, after: rows });
  const empty = { i: null, j: null, f: null, s: null, t: null, b: null };
  const inserted = newRows(statement).map((row): Thing => ({ ...empty, ...row }));
  switch (form) {
    case "update": {
      const updated = matching.map(({ row, value: given }): Thing => ({ ...row, [target]: given }));
      return changed([...found.flatMap(({ row, holds }) => (holds === true ? [] : [row])), ...updated], updated);
    }
    case "delete":
      return changed(
        found.flatMap(({ row, holds }) => (holds === true ? [] : [row])),
        matching.map(({ row }) => row),
      );
    case "insert":
      return changed([...rows, ...inserted], inserted);
    case "insertSelect": {
      const added = matching.map(
        ({ row, value: given }): Thing => ({ ...empty, id: row.id + firstNewId, [target]: given }),
      );
      return changed([...rows, ...added], added);
    }
    case "upsert": {
      const [first] = found;
      const updated = first?.holds === true ? [{ ...first.row, [target]: first.value }] : [];
      const kept = rows.filter(({ id }) => id !== updated[0]?.id);
      return changed([...kept, ...updated, ...inserted], [...updated, ...inserted]);
    }
    case "join":
      return selected(
        ...matching.flatMap(({ row, value: given }) =>
          rows.filter(({ id }) => id !== row.id).map(() => [row.id, given]),
        ),
      );
    case "outerJoin":
      return selected(
        ...found.flatMap(({ row, value: given, holds }) => {
          const joined = holds === true ? rows.filter(({ id }) => id < row.id) : [];
          return [row, ...joined.slice(1)].map(() => [row.id, given]);
        }),
      );
    case "union":
      return selected(...found.flatMap(({ row, value: given, holds }) => (holds === null ? [] : [[row.id, given]])));
    case "group": {
      const groups = Map.groupBy(matching, ({ row }) => row.b);
      return selected(...[...groups].map(([b, all]) => [b, all.filter((each) => each.value !== null).length]));
    }
    case "window":
      return selected(...matching.toReversed().map(({ row }, n) => [row.id, n + 1]));
    default:
      return selected(...matching.map(({ row, value: given }) => [row.id, given]));
  }
}
