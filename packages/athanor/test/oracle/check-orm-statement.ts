import type { Executable, Result } from "athanor";
import type { SyncSession } from "athanor/orm";
import { expect } from "vitest";
import { snakeCase } from "../../src/util/snake-case.ts";
import { expectValue } from "./compare-entities.ts";
import { actualSegments, differences, expectedSegments, sameStored } from "./compare-traces.ts";
import { type OracleCase, under } from "./expressions.ts";
import type { TraceRecord } from "./scenario-records.ts";
import { type Deviation, Execution, type StatementCase } from "./statement-case.ts";
import type { Entry, Trace } from "./trace.ts";

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
export interface OrmCase extends OracleCase {
  readonly emitted?: Readonly<Record<string, readonly TraceRecord[] | string | null>>;
}

/** A database of the oracle, and the dialect of its texts. */
export type Backend = keyof typeof dialectOf;
const dialectOf = { sqlite: "sqlite", postgresql: "postgresql", mariadb: "mysql" } as const;

/**
 * Expects a statement, executed in a session, to send and to give what the oracle says for a database. Its schemas and rows are
 * there; what the statement changes is rolled back with the session.
 */
export function checkOrmStatement(
  oracle: OrmCase,
  build: StatementCase,
  deviation: Deviation | undefined,
  t: Trace,
  backend: Backend,
): void {
  const session = t.session();
  const expected = under(oracle.results, backend) as OracleResult | undefined;
  if (oracle.raises !== undefined || expected?.error !== undefined || deviation?.refused !== undefined) {
    expect(() => execute(session, build)).toThrow();
    return;
  }
  const result = execute(session, build);
  const { rowCount } = result;
  const rows = expected?.rows === undefined ? [] : (expected.unique === true ? result.unique() : result).all();

  const emitted = emittedInstead(deviation) ?? emittedBy(oracle, backend);
  if (backend === "sqlite") {
    const found = differences(expectedSegments(emitted), actualSegments(shortened(t.entries, emitted)), (table) =>
      t.parentsOf(table),
    );
    expect(found.join("\n")).toBe("");
  }
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
function emittedBy({ emitted, sql, params }: OrmCase, backend: Backend): readonly TraceRecord[] {
  const statements = under(emitted, backend);
  if (Array.isArray(statements)) return statements;
  return [
    {
      sql: String(under(sql, dialectOf[backend])),
      params: under(params, dialectOf[backend]) as NonNullable<TraceRecord["params"]>,
    },
  ];
}

function emittedInstead(deviation: Deviation | undefined): readonly TraceRecord[] | null {
  if (deviation?.statements !== undefined) {
    return deviation.statements.map(({ sql, parameters }) => writtenOtherwise(sql, parameters));
  }
  return deviation?.sql === undefined ? null : [writtenOtherwise(deviation.sql, deviation.parameters)];
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
    // Servers give rows that have been changed last.
    const left = [...found];
    const missing = (rows as Rows).filter((row) => {
      const at = left.findIndex((stored) => row.every((value, i) => sameStored(value, stored[i])));
      if (at >= 0) left.splice(at, 1);
      return at < 0;
    });
    if (missing.length + left.length > 0) expect(found).toEqual(rows);
  }
}
