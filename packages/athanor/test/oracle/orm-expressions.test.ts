import type { Executable, Result } from "athanor";
import type { SyncSession } from "athanor/orm";
import { afterAll, describe, expect, test } from "vitest";
import { snakeCase } from "../../src/util/snake-case.ts";
import { expectValue } from "./compare-entities.ts";
import { actualSegments, differences, expectedSegments, sameStored } from "./compare-traces.ts";
import { casesOf, type OracleCase, under } from "./expressions.ts";
import { ormAreas } from "./orm-cases/areas.ts";
import type { TraceRecord } from "./scenario-records.ts";
import { type Deviation, deviationOf, Execution, type StatementCase } from "./statement-case.ts";
import { type Entry, Trace } from "./trace.ts";

type Rows = readonly (readonly unknown[])[];
interface OracleResult {
  readonly columns?: readonly string[];
  readonly rows?: Rows;
  readonly ordered?: boolean;
  readonly unique?: boolean;
  readonly rowcount?: number | string;
  readonly error?: object;
  readonly after?: Rows | Readonly<Record<string, Rows>>;
  readonly after_sql?: string;
}
interface OrmCase extends OracleCase {
  readonly emitted?: Readonly<Record<string, readonly TraceRecord[] | string | null>>;
}

const counts: string[] = [];
afterAll(() => console.log([" Statements with models against the oracle", ...counts].join("\n")));

for (const area of ormAreas) {
  const oracle: readonly OrmCase[] = casesOf(area.name);
  const { cases, deviations = {}, later = [] } = area;
  describe(`${area.name} as SQLAlchemy does it`, () => {
    for (const each of oracle) {
      const build = cases[each.id];
      if (build !== undefined)
        test(`${each.id}: ${each.intent}`, () => check(each, build, deviationOf(area, each.id, "sqlite")));
    }

    test("covers every case or names the issue that brings it", () => {
      const listed = later.flatMap(({ ids }) => ids);
      expect([...Object.keys(cases), ...listed].toSorted()).toEqual(oracle.map(({ id }) => id).toSorted());
      expect(Object.keys(deviations).filter((id) => !(id in cases))).toEqual([]);
      const issues = later.map(({ issue, reason, ids }) => `${ids.length} with issue ${issue} (${reason})`);
      const otherwise = `${Object.keys(deviations).length} written otherwise`;
      counts.push(
        `   ${area.name.padEnd(20)} ${[`${Object.keys(cases).length} cases`, otherwise, ...issues].join(", ")}`,
      );
    });
  });
}

function check(oracle: OrmCase, build: StatementCase, deviation: Deviation | undefined): void {
  using t = new Trace();
  t.fixture();
  const session = t.session();
  const expected = under(oracle.results, "sqlite") as OracleResult | undefined;
  if (oracle.raises !== undefined || expected?.error !== undefined) {
    expect(() => execute(session, build)).toThrow();
    return;
  }
  const result = execute(session, build);
  const { rowCount } = result;
  const rows = expected?.rows === undefined ? [] : (expected.unique === true ? result.unique() : result).all();

  const emitted =
    deviation?.sql === undefined ? emittedBy(oracle) : [writtenOtherwise(deviation.sql, deviation.parameters)];
  const found = differences(expectedSegments(emitted), actualSegments(shortened(t.entries, emitted)), (table) =>
    t.parentsOf(table),
  );
  expect(found.join("\n")).toBe("");
  expect(t.statements).toBeLessThanOrEqual(emitted.length);

  // The oracle names no columns where it made up the entity's name.
  if (expected?.columns !== undefined && expected.columns.length > 0)
    expect(names(result.keys())).toEqual(names(expected.columns));
  if (expected?.rows !== undefined) expectRows(deviation?.rows ?? expected.rows, rows, expected.ordered !== false);
  if (typeof expected?.rowcount === "number") expect(rowCount).toBe(expected.rowcount);
  if (expected !== undefined) expectState(session, expected);
}

function execute(session: SyncSession, build: StatementCase): Result<readonly unknown[], unknown> {
  const built = build();
  const { statement, parameters } = built instanceof Execution ? built : { statement: built, parameters: undefined };
  // The registry holds statements of every type.
  return session.execute(statement as Executable<readonly unknown[], unknown, object>, parameters);
}

/** What SQLAlchemy sent: where the oracle does not say it, the statement as it was compiled. */
function emittedBy({ emitted, sql, params }: OrmCase): readonly TraceRecord[] {
  const statements = under(emitted, "sqlite");
  if (Array.isArray(statements)) return statements;
  return [{ sql: String(under(sql, "sqlite")), params: under(params, "sqlite") as NonNullable<TraceRecord["params"]> }];
}

function writtenOtherwise(sql: string, parameters: readonly unknown[] = []): TraceRecord {
  return { sql, params: parameters.map((value) => ["", value] as const) };
}

/** The oracle shows the first executions of a batch. */
function shortened(entries: readonly Entry[], emitted: readonly TraceRecord[]): readonly Entry[] {
  const shown = Math.max(...emitted.map(({ batch, params }) => (batch === undefined ? 0 : (params?.length ?? 0))));
  if (shown === 0) return entries;
  return entries.map((entry) => (entry.kind === "statement" ? { ...entry, sets: entry.sets.slice(0, shown) } : entry));
}

/** Names of columns; those that were made up may differ. */
function names(columns: readonly string[]): readonly string[] {
  return columns.map((name) => snakeCase(name).replace(/_\d+$/, ""));
}

function expectRows(expected: Rows, actual: Rows, ordered: boolean): void {
  expect(actual).toHaveLength(expected.length);
  const rows = ordered ? actual : actual.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  for (const [i, row] of expected.entries()) {
    expect(rows[i]).toHaveLength(row.length);
    for (const [position, value] of row.entries()) expectValue(value, rows[i]?.[position]);
  }
}

/** The rows of the tables after the statement. */
function expectState(session: SyncSession, { after, after_sql: query }: OracleResult): void {
  if (after === undefined) return;
  const tables = Array.isArray(after)
    ? [[String(query), after] as const]
    : Object.entries(after).map(([name, rows]) => [`SELECT * FROM ${name}`, rows] as const);
  for (const [sql, rows] of tables) {
    const found = session.connection().execDriverSql(sql).all();
    expect(found).toHaveLength(rows.length);
    for (const [i, row] of rows.entries()) {
      const stored = found[i] ?? [];
      if (!row.every((value: unknown, at: number) => sameStored(value, stored[at]))) expect(stored).toEqual(row);
    }
  }
}
