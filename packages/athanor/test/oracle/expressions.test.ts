import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SyncConnection } from "../../src/index.ts";
import type { Executable } from "../../src/sql/statement/types.ts";
import { snakeCase } from "../../src/util/snake-case.ts";
import { compile, type ParameterSet } from "../support/sqlite-statements.ts";
import { areas } from "./cases/areas.ts";
import { sameValue } from "./compare-values.ts";
import { casesOf, type OracleCase, oracleCases, under } from "./expressions.ts";
import { fixtureConnection } from "./fixture.ts";
import { normaliseSql } from "./normalise.ts";
import { type Deviation, Execution, type StatementCase } from "./statement-case.ts";

interface OracleResult {
  readonly columns?: readonly string[];
  readonly rows?: readonly (readonly unknown[])[];
  readonly ordered?: boolean;
  readonly volatile?: boolean;
  readonly rowcount?: number | string;
  readonly error?: object;
  readonly after?: readonly unknown[] | Readonly<Record<string, readonly unknown[]>>;
  readonly after_sql?: string;
}

let connection: SyncConnection;
beforeAll(() => {
  connection = fixtureConnection();
});
afterAll(() => {
  connection.close();
  connection.$core.engine.dispose();
});

for (const area of areas) {
  const oracle = casesOf(area.name);
  describe(`${area.name} as SQLAlchemy does it`, () => {
    for (const each of oracle) {
      const build = area.cases[each.id];
      if (build !== undefined) test(`${each.id}: ${each.intent}`, () => check(each, build, area.deviations?.[each.id]));
    }
    test("covers every case or names the issue that brings it", () => {
      const later = (area.later ?? []).flatMap(({ ids }) => ids);
      expect([...Object.keys(area.cases), ...later].toSorted()).toEqual(oracle.map(({ id }) => id).toSorted());
      expect(Object.keys(area.deviations ?? {}).filter((id) => !(id in area.cases))).toEqual([]);
    });
  });
}

test("every case of the oracle is in an area", () => {
  const names = new Set([...areas.map(({ name }) => name), "ddl-table", "ddl-types", "ddl-index", "ddl-misc"]);
  expect(oracleCases.filter(({ area }) => !names.has(area)).map(({ id }) => id)).toEqual([]);
  const lines = areas.map(({ name, cases, deviations = {}, later = [] }) => {
    const issues = later.map(({ issue, reason, ids }) => `${ids.length} with issue ${issue} (${reason})`);
    const parts = [
      `${Object.keys(cases).length} cases`,
      `${Object.keys(deviations).length} written otherwise`,
      ...issues,
    ];
    return `   ${name.padEnd(20)} ${parts.join(", ")}`;
  });
  console.log([" Statements against the oracle", ...lines].join("\n"));
});

function check(oracle: OracleCase, build: StatementCase, deviation: Deviation | undefined): void {
  const expected = under(oracle.sql, "sqlite");
  if (oracle.raises !== undefined || typeof expected !== "string" || /^(unsupported|error): /.test(expected)) {
    expect(() => compile(execution(build).statement)).toThrow();
    return;
  }
  if (deviation?.refused === true) {
    expect(() => compile(execution(build).statement)).toThrow();
    return;
  }
  const { statement, parameters } = execution(build);
  const [first] = parameters;
  const written = parametersAsWritten(statement, first ?? null);
  if (deviation?.sql !== undefined) expect(normaliseSql(written.sql)).not.toBe(normaliseSql(expected));
  expect(normaliseSql(written.sql)).toBe(normaliseSql(deviation?.sql ?? expected));
  const values = under(oracle.params, "sqlite");
  const wanted =
    deviation?.parameters ?? (Array.isArray(values) ? values.map(([, value]: [string, unknown]) => value) : []);
  expectValues(wanted, written.values);
  const literal = oracle.literal_sql?.["sqlite"];
  if (literal !== undefined) {
    const plain = (sql: string) => normaliseSql(sql).replace(/(\d\.\d*?)0+\b/g, "$1");
    expect(plain(compile(statement, null, undefined, true).statement.sql ?? "")).toBe(plain(literal));
  }
  const result = under(oracle.results, "sqlite") as OracleResult | undefined;
  if (result !== undefined && result !== null) checkResult(result, statement, parameters, deviation);
}

function execution(build: StatementCase): { statement: unknown; parameters: readonly ParameterSet[] } {
  const built = build();
  if (!(built instanceof Execution)) return { statement: built, parameters: [] };
  const { statement, parameters } = built;
  return {
    statement,
    parameters: Array.isArray(parameters) ? (parameters as ParameterSet[]) : [parameters as ParameterSet],
  };
}

/** What a value is that the oracle could not know, because it is made at execution. */
const fromDefault = Symbol("default");

/** The text, and the values as they were given, before any conversion for the driver. */
function parametersAsWritten(statement: unknown, set: ParameterSet | null): { sql: string; values: unknown[] } {
  const compiled = compile(statement, set === null ? null : Object.keys(set));
  const values: unknown[] = [];
  const standIns: Record<string, unknown> = { ...set };
  for (const { source, expand, literal } of compiled.statement.slots) {
    if (literal !== undefined) continue;
    switch (source.kind) {
      case "constant":
        values.push(source.value);
        break;
      case "default":
        values.push(fromDefault);
        break;
      case "parameter":
        values.push(set?.[source.key] ?? { $required: true });
        standIns[source.key] ??= null;
        break;
      case "value": {
        const isGiven = source.name !== null && set !== null && Object.hasOwn(set, source.name);
        if (source.required && !isGiven) {
          values.push({ $required: true });
          standIns[source.name ?? ""] = null;
          break;
        }
        const value = isGiven ? set[source.name ?? ""] : compiled.values[source.index];
        if (expand !== null && Array.isArray(value)) values.push(...value.flat());
        else values.push(value);
      }
    }
  }
  const sql = compiled.statement.sql ?? compiled.statement.bind(compiled.values, standIns).sql;
  return { sql, values };
}

function expectValues(expected: readonly unknown[], actual: readonly unknown[]): void {
  const isSame = (value: unknown, i: number) =>
    actual[i] === fromDefault ? value === null : sameValue(value, actual[i]) || isSameMark(value, actual[i]);
  if (expected.length !== actual.length || !expected.every(isSame)) expect(actual).toEqual(expected);
}

function isSameMark(expected: unknown, actual: unknown): boolean {
  return JSON.stringify(expected) === '{"$required":true}' && JSON.stringify(actual) === '{"$required":true}';
}

function checkResult(
  expected: OracleResult,
  statement: unknown,
  parameters: readonly ParameterSet[],
  deviation: Deviation | undefined,
): void {
  const many = parameters.length > 1 ? parameters : parameters[0];
  const run = () => connection.execute(statement as Executable<readonly unknown[], object, unknown>, many);
  try {
    if (expected.error !== undefined || deviation?.refused === "execution") {
      expect(run).toThrow();
      return;
    }
    const result = run();
    const rows = result.returnsRows ? result.all() : [];
    if (expected.columns !== undefined) expectColumns(expected.columns, result.keys());
    if (expected.volatile === true) expect(rows.length).toBe(expected.rowcount);
    else if (expected.rows !== undefined)
      expectRows(deviation?.rows ?? expected.rows, rows, expected.ordered !== false);
    else if (typeof expected.rowcount === "number" && expected.rowcount >= 0) {
      expect(result.rowCount).toBe(expected.rowcount);
    }
    for (const [text, after] of statesAfter(expected)) {
      const found = connection.execDriverSql(text).all() as readonly (readonly unknown[])[];
      expectRows(after as readonly (readonly unknown[])[], found, expected.after_sql !== undefined, "stored");
    }
  } finally {
    connection.rollback();
  }
}

function statesAfter({ after, after_sql: text }: OracleResult): readonly (readonly [sql: string, rows: unknown])[] {
  if (after === undefined) return [];
  if (text !== undefined) return [[text, after]];
  return Object.entries(after).map(([name, rows]) => [`SELECT * FROM ${name}`, rows]);
}

/** Names that were made up may differ. */
function expectColumns(expected: readonly string[], actual: readonly string[]): void {
  const plain = (name: string, i: number) => (/_\d+$/.test(expected[i] ?? "") ? "made up" : snakeCase(name));
  expect(actual.map(plain)).toEqual(expected.map(plain));
}

function expectRows(
  expected: readonly (readonly unknown[])[],
  actual: readonly (readonly unknown[])[],
  ordered: boolean,
  form: "value" | "stored" = "value",
): void {
  const same = (a: unknown, b: unknown) => sameValue(a, b) || (form === "stored" && isStoredForm(a, b));
  const sameRow = (a: readonly unknown[], b: readonly unknown[]) =>
    a.length === b.length && a.every((each, i) => same(each, b[i]));
  const rest = [...actual];
  const missing = expected.filter((row, i) => {
    const found = ordered
      ? rest[i] !== undefined && sameRow(row, rest[i])
        ? i
        : -1
      : rest.findIndex((each) => sameRow(row, each));
    if (!ordered && found >= 0) rest.splice(found, 1);
    return found < 0;
  });
  if (missing.length > 0 || actual.length !== expected.length) expect(actual).toEqual(expected);
}

/** A value of the oracle as SQLite keeps it: dates and documents are text there. */
function isStoredForm(expected: unknown, actual: unknown): boolean {
  if (typeof actual !== "string" || typeof expected !== "object" || expected === null) return false;
  const [entry] = Object.entries(expected);
  if (entry?.[0] === "$datetime") return Date.parse(`${actual}Z`) === Date.parse(`${entry[1]}Z`);
  if (entry?.[0] === "$date" || entry?.[0] === "$time") return actual.startsWith(String(entry[1]));
  try {
    return sameValue(expected, JSON.parse(actual));
  } catch {
    return false;
  }
}
