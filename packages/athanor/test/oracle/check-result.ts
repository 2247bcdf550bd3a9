import { expect } from "vitest";
import type { Executable, Parameters } from "../../src/index.ts";
import { snakeCase } from "../../src/util/snake-case.ts";
import { type ParameterSet, statementNode } from "../support/sqlite-statements.ts";
import { sameStored } from "./compare-stored.ts";
import { sameValue } from "./compare-values.ts";
import type { FixtureDatabase } from "./fixture.ts";
import type { Deviation } from "./statement-case.ts";

type Rows = readonly (readonly unknown[])[];

/** What a statement gave on one database; see the oracle's README. */
export interface OracleResult {
  readonly columns?: readonly string[];
  readonly rows?: Rows;
  readonly ordered?: boolean;
  readonly volatile?: boolean;
  readonly rowcount?: number | string;
  readonly error?: object;
  readonly after?: readonly unknown[] | Readonly<Record<string, readonly unknown[]>>;
  readonly after_sql?: string;
}

/** Executes a statement, compares what it gave and the tables afterwards, and rolls back. */
export async function checkResult(
  expected: OracleResult,
  statement: unknown,
  parameters: ParameterSet | readonly ParameterSet[] | undefined,
  deviation: Deviation | undefined,
  database: FixtureDatabase,
): Promise<void> {
  const { connection } = database;
  const node = statementNode(statement);
  // A text's values are what the driver gives.
  const same = node.kind === "textStatement" ? sameStored : sameValue;
  const run = async () => {
    const result = await connection.execute(
      statement as Executable<readonly unknown[], object, unknown>,
      parameters as Parameters,
    );
    return { result, rows: result.returnsRows ? result.all() : [] };
  };
  try {
    if (deviation?.refused === "execution" || (expected.error !== undefined && deviation?.rows === undefined)) {
      await expect(run()).rejects.toThrow();
      return;
    }
    const { result, rows } = await run();
    if (expected.columns !== undefined) expectColumns(expected.columns, result.keys());
    const wanted = deviation?.rows ?? expected.rows;
    if (expected.volatile === true) expect(rows.length).toBe(expected.rowcount);
    else if (wanted !== undefined) expectRows(wanted, rows, expected.ordered !== false, same);
    else if (typeof expected.rowcount === "number" && expected.rowcount >= 0) {
      expect(result.rowCount).toBe(expected.rowcount);
    }
    for (const [text, after] of statesAfter(expected)) {
      const found = await connection.execDriverSql(text);
      expectRows(after, found.all(), expected.after_sql !== undefined, sameStored);
    }
  } finally {
    await connection.rollback();
    if (node.kind === "insert") await database.restoreKeys(node.table.table);
  }
}

function statesAfter({ after, after_sql: text }: OracleResult): readonly (readonly [sql: string, rows: Rows])[] {
  if (after === undefined) return [];
  if (text !== undefined) return [[text, after as Rows]];
  return Object.entries(after).map(([name, rows]) => [`SELECT * FROM ${name}`, rows as Rows]);
}

/** Names that were made up may differ. */
function expectColumns(expected: readonly string[], actual: readonly string[]): void {
  const plain = (name: string, i: number) => (/_\d+$/.test(expected[i] ?? "") ? "made up" : snakeCase(name));
  expect(actual.map(plain)).toEqual(expected.map(plain));
}

function expectRows(
  expected: Rows,
  actual: Rows,
  ordered: boolean,
  same: (expected: unknown, actual: unknown) => boolean,
): void {
  const sameRow = (a: readonly unknown[], b: readonly unknown[]) =>
    a.length === b.length && a.every((each, i) => same(each, b[i]));
  const rest = [...actual];
  const missing = expected.filter((row, i) => {
    if (ordered) return rest[i] === undefined || !sameRow(row, rest[i]);
    const found = rest.findIndex((each) => sameRow(row, each));
    if (found >= 0) rest.splice(found, 1);
    return found < 0;
  });
  if (missing.length > 0 || actual.length !== expected.length) expect(actual).toEqual(expected);
}
