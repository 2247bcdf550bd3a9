import { expect } from "vitest";
import { canonicalDecimal } from "../../src/util/decimal.ts";
import type { ParameterSet } from "../support/sqlite-statements.ts";
import { checkResult, type OracleResult } from "./check-result.ts";
import { sameValue } from "./compare-values.ts";
import type { OracleDialect } from "./dialects.ts";
import { type OracleCase, under } from "./expressions.ts";
import type { FixtureDatabase } from "./fixture.ts";
import { normaliseSql } from "./normalise.ts";
import { type Deviation, Execution, type StatementCase } from "./statement-case.ts";
import { fromDefault, written, writtenLiterally } from "./written-parameters.ts";

/** A statement, and the sets of parameters that it is executed with. */
interface Built {
  readonly statement: unknown;
  readonly sets: readonly ParameterSet[];
}

/** Expects a case to be what the oracle says for a dialect; it is executed where there is a database. */
export async function checkStatement(
  oracle: OracleCase,
  build: StatementCase,
  on: OracleDialect,
  deviation: Deviation | undefined,
  database: FixtureDatabase | null,
): Promise<void> {
  const expected = under(oracle.sql, on.name);
  const isRefused =
    oracle.raises !== undefined || typeof expected !== "string" || /^(unsupported|error): /.test(expected);
  if (deviation?.refused === true || (isRefused && deviation?.sql === undefined)) {
    expect(() => compiled(build, on)).toThrow();
    return;
  }
  const { statement, sets } = built(build);
  if (deviation?.refused === "offline") expect(() => compiled(build, on)).toThrow();
  else checkText(oracle, { statement, sets }, on, isRefused ? undefined : expected, deviation);
  const result = under(oracle.results, on.backend) as OracleResult | null | undefined;
  if (database === null || result === undefined || result === null || deviation?.notCompared === "result") return;
  await checkResult(result, statement, sets.length > 1 ? sets : sets[0], deviation, database);
}

function built(build: StatementCase): Built {
  const made = build();
  if (!(made instanceof Execution)) return { statement: made, sets: [] };
  const { statement, parameters } = made;
  return { statement, sets: Array.isArray(parameters) ? parameters : [parameters as ParameterSet] };
}

function compiled(build: StatementCase, { dialect }: OracleDialect): unknown {
  const { statement, sets } = built(build);
  return written(statement, sets[0] ?? null, dialect);
}

/** The text, its parameters, and the text with literals in the place of parameters. */
function checkText(
  oracle: OracleCase,
  { statement, sets }: Built,
  { name, dialect }: OracleDialect,
  expected: string | undefined,
  deviation: Deviation | undefined,
): void {
  const { sql, values } = written(statement, sets[0] ?? null, dialect);
  if (deviation?.sql !== undefined && expected !== undefined) {
    expect(normaliseSql(sql), "It is written otherwise no more").not.toBe(normaliseSql(expected));
  }
  expect(normaliseSql(sql)).toBe(normaliseSql(deviation?.sql ?? expected ?? ""));
  const parameters = under(oracle.params, name);
  const given = Array.isArray(parameters) ? parameters.map(([, value]: [string, unknown]) => value) : [];
  expectValues(deviation?.parameters ?? given, values);
  const literal = under(oracle.literal_sql, name);
  if (literal !== undefined && deviation?.sql === undefined) {
    expect(withPlainDecimals(normaliseSql(writtenLiterally(statement, dialect)))).toBe(
      withPlainDecimals(normaliseSql(literal)),
    );
  }
}

function withPlainDecimals(sql: string): string {
  return sql.replace(/\b\d+\.\d+\b/g, (digits) => canonicalDecimal(digits) ?? digits);
}

function expectValues(expected: readonly unknown[], actual: readonly unknown[]): void {
  const isSame = (value: unknown, i: number) =>
    actual[i] === fromDefault ? value === null : sameValue(value, actual[i]) || isSameMark(value, actual[i]);
  if (expected.length !== actual.length || !expected.every(isSame)) expect(actual).toEqual(expected);
}

function isSameMark(expected: unknown, actual: unknown): boolean {
  return JSON.stringify(expected) === '{"$required":true}' && JSON.stringify(actual) === '{"$required":true}';
}
