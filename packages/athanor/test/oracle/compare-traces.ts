import { sameValue } from "./compare-values.ts";
import { normaliseSql } from "./normalise.ts";
import type { ParameterRecord, TraceRecord } from "./scenario-records.ts";
import type { Entry } from "./trace.ts";

/**
 * Compares what a scenario sent to the database with what SQLAlchemy sent. Beyond what `normaliseSql` allows, columns may
 * stand in another order, statements of one text may be one batch or several, and what does not depend on each other may
 * happen in another order. Reads may be missing; none may be added.
 */

/** The statements of one text in one transaction, with the values of each execution. */
interface Work {
  readonly verb: string;
  readonly table: string;
  readonly text: string;
  readonly values: unknown[][];
}

/** What happened between two ends of transactions. */
interface Segment {
  readonly reads: Work[];
  readonly writes: Work[];
}

export function expectedSegments(trace: readonly TraceRecord[]): Segment[] {
  const segments = new Segments();
  for (const { sql, params = [], batch, tx } of trace) {
    if (tx !== undefined && tx !== "BEGIN") segments.end();
    if (sql === undefined) continue;
    const sets =
      batch === undefined ? [params as readonly ParameterRecord[]] : (params as readonly ParameterRecord[][]);
    for (const set of sets)
      segments.add(
        sql,
        set.map(([, value]) => value),
      );
  }
  return segments.all;
}

export function actualSegments(entries: readonly Entry[]): Segment[] {
  const segments = new Segments();
  for (const entry of entries) {
    if (entry.kind === "statement") for (const set of entry.sets) segments.add(entry.sql, set);
    else if (entry.step !== "BEGIN") segments.end();
  }
  return segments.all;
}

class Segments {
  readonly #all: Segment[] = [{ reads: [], writes: [] }];

  get all(): Segment[] {
    return this.#all.filter(({ reads, writes }) => reads.length + writes.length > 0);
  }
  end(): void {
    this.#all.push({ reads: [], writes: [] });
  }
  add(sql: string, values: readonly unknown[]): void {
    const segment = this.#all.at(-1);
    if (segment === undefined) return;
    for (const work of worksOf(sql, values)) {
      if (work.verb === "select") segment.reads.push(work);
      else segment.writes.push(work);
    }
  }
}

// ── normal form ──────────────────────────────────────────────────────────────
function worksOf(sql: string, values: readonly unknown[]): readonly Work[] {
  // No offset needs no OFFSET 0; what a loader calls the columns of a subquery is its own affair.
  if (values.at(-1) === 0 && / OFFSET :\w+(?=$| *\))/.test(sql)) {
    return worksOf(sql.replace(/ OFFSET :\w+(?=$| *\))/, ""), values.slice(0, -1));
  }
  const named = sql.replace(/ AS \w+_id FROM/gi, " AS id FROM").replace(/\b(anon_\d+)\.\w+_id\b/g, "$1.id");
  const plain = withSortedColumns(named).replace(/\s+RETURNING\s.*$/is, "");
  const verb = /^\s*(\w+)/.exec(plain)?.[1]?.toLowerCase() ?? "";
  const rows = verb === "insert" ? severalRows(plain) : null;
  const text = withSortedOperands(normaliseSql(rows?.single ?? plain));
  const table = /^(?:insert into|update|delete from) ([\w"]+)/.exec(text)?.[1] ?? "";
  if (verb === "delete") return [{ verb, table, ...withSortedKeys(text, values) }];
  if (rows === null) return [{ verb, table, text, values: [[...values]] }];
  const width = values.length / rows.count;
  return Array.from({ length: rows.count }, (_, i) => ({
    verb,
    table,
    text,
    values: [values.slice(i * width, (i + 1) * width)],
  }));
}

/** The columns of a DELETE's key in alphabetic order. */
function withSortedKeys(
  text: string,
  values: readonly unknown[],
): { readonly text: string; readonly values: unknown[][] } {
  const [, head = "", conditions = ""] = /^(delete from \S+ where )(\S+ = \?(?: and \S+ = \?)*)$/.exec(text) ?? [];
  if (conditions === "") return { text, values: [[...values]] };
  const keys = conditions.split(" and ").map((key, i) => ({ key, value: values[i] }));
  keys.sort((a, b) => (a.key < b.key ? -1 : 1));
  return { text: head + keys.map(({ key }) => key).join(" and "), values: [keys.map(({ value }) => value)] };
}

/** `INSERT … VALUES (?, ?), (?, ?)` as two executions of an INSERT of one row. */
function severalRows(sql: string): { readonly single: string; readonly count: number } | null {
  const [, head, groups] = /^(INSERT INTO .*? VALUES )(\([^()]*\)(?:, \([^()]*\))+)$/is.exec(sql) ?? [];
  if (head === undefined || groups === undefined) return null;
  const rows = groups.split(/(?<=\)), (?=\()/);
  return rows.every((row) => row === rows[0]) ? { single: head + rows[0], count: rows.length } : null;
}

/** The columns of the outermost SELECT without their labels, in alphabetic order. */
function withSortedColumns(sql: string): string {
  const start = /^\s*SELECT (?:DISTINCT )?/i.exec(sql)?.[0];
  if (start === undefined) return sql;
  const columns: string[] = [];
  let depth = 0;
  let from = start.length;
  for (let i = from; i <= sql.length; i += 1) {
    const isEnd = depth === 0 && (i === sql.length || /^\s+FROM\s/i.test(sql.slice(i, i + 10)));
    if (isEnd || (depth === 0 && sql[i] === ",")) {
      columns.push(sql.slice(from, i).trim());
      if (isEnd) {
        // What is selected twice for a loader's convenience counts once.
        const plain = [...new Set(columns.map((column) => column.replace(/ AS \w+$/i, "")))];
        return `${start}${plain.toSorted().join(", ")}${sql.slice(i)}`;
      }
      from = i + 1;
    } else if (sql[i] === "(") depth += 1;
    else if (sql[i] === ")") depth -= 1;
  }
  return sql;
}

/** Both sides of an equality in one order. */
function withSortedOperands(text: string): string {
  return text.replace(/(\?|[\w~]+\.[\w~]+) = (\?|[\w~]+\.[\w~]+)/g, (whole, left: string, right: string) =>
    left === "?" || (right !== "?" && left > right) ? `${right} = ${left}` : whole,
  );
}

// ── comparison ───────────────────────────────────────────────────────────────
/** What is different, in words; empty where nothing is. */
export function differences(
  expected: readonly Segment[],
  actual: readonly Segment[],
  parentsOf: (table: string) => readonly string[],
): readonly string[] {
  const found = extraReads(
    expected.flatMap(({ reads }) => reads),
    actual.flatMap(({ reads }) => reads),
  );
  const writing = (segments: readonly Segment[]) =>
    segments.filter(({ writes }) => writes.length > 0).map(({ writes }) => writes);
  const [wanted, done] = [writing(expected), writing(actual)];
  for (let i = 0; i < Math.max(wanted.length, done.length); i += 1) {
    found.push(
      ...otherWrites(wanted[i] ?? [], done[i] ?? []),
      ...otherOrder(wanted[i] ?? [], done[i] ?? [], parentsOf),
    );
  }
  return found;
}

function extraReads(expected: readonly Work[], actual: readonly Work[]): string[] {
  const left = [...expected];
  const found: string[] = [];
  for (const read of actual) {
    const match = left.findIndex((each) => sameWork(each, read));
    if (match < 0) found.push(`read: ${describe(read)}\n  of: ${left.map(describe).join("\n      ")}`);
    else left.splice(match, 1);
  }
  return found;
}

function otherWrites(expected: readonly Work[], actual: readonly Work[]): string[] {
  const left = [...actual];
  const found: string[] = [];
  for (const work of expected) {
    const match = left.findIndex((each) => sameWork(work, each));
    if (match < 0) found.push(`missing: ${describe(work)}`);
    else left.splice(match, 1);
  }
  return [...found, ...left.map((work) => `added: ${describe(work)}`)];
}

/** Writes that depend on each other come in the same order: those of one table, and of tables that refer to each other. */
function otherOrder(
  expected: readonly Work[],
  actual: readonly Work[],
  parentsOf: (table: string) => readonly string[],
): string[] {
  const places = (works: readonly Work[]) => {
    const ranges = new Map<string, { first: number; last: number; verb: string; table: string }>();
    for (const [i, { verb, table }] of works.entries()) {
      const name = `${verb} ${table}`;
      ranges.set(name, { first: ranges.get(name)?.first ?? i, last: i, verb, table });
    }
    return ranges;
  };
  const [wanted, done] = [places(expected), places(actual)];
  // Only the coming and going of a parent's row matters to its children.
  const depends = (child: { table: string }, parent: { verb: string; table: string }) =>
    parent.verb !== "update" && parentsOf(child.table).includes(parent.table);
  const found: string[] = [];
  for (const [name, before] of wanted) {
    for (const [other, after] of wanted) {
      const areRelated = before.table === after.table || depends(before, after) || depends(after, before);
      if (before.last >= after.first || !areRelated) continue;
      const [mine, theirs] = [done.get(name), done.get(other)];
      if (mine !== undefined && theirs !== undefined && mine.last >= theirs.first) {
        found.push(`order: ${name} comes before ${other}`);
      }
    }
  }
  return found;
}

function sameWork(expected: Work, actual: Work): boolean {
  const [wanted = []] = expected.values;
  const [given = []] = actual.values;
  if (expected.text !== actual.text || wanted.length !== given.length) return false;
  // The keys of a list have no order.
  const [first, second] = / in \( \?/.test(expected.text) ? [sorted(wanted), sorted(given)] : [wanted, given];
  return first.every((value, i) => sameStored(value, second[i]));
}

function sorted(values: readonly unknown[]): readonly unknown[] {
  return values.toSorted((a, b) => (String(a) < String(b) ? -1 : 1));
}

/** Values as drivers get them: dates and keys are text, and written in several ways. */
export function sameStored(expected: unknown, actual: unknown): boolean {
  if (sameValue(expected, actual)) return true;
  if (typeof expected === "object" && expected !== null && "$datetime" in expected) {
    return sameStored(expected.$datetime, actual);
  }
  if (typeof expected !== "string" || typeof actual !== "string") return false;
  if (/^\d{4}-\d\d-\d\d[ T]/.test(expected)) return Date.parse(`${expected}Z`) === Date.parse(`${actual}Z`);
  return expected.replaceAll("-", "") === actual.replaceAll("-", "");
}

function describe({ text, values }: Work): string {
  return `${text} ${JSON.stringify(values[0], (_key, value: unknown) => (typeof value === "bigint" ? Number(value) : value))}`;
}
