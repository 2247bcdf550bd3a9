import { inspect } from "athanor/orm";
import { expect } from "vitest";
import { sameValue } from "../../oracle/compare-values.ts";
import { type OracleCase, under } from "../../oracle/expressions.ts";
import { normaliseSql } from "../../oracle/normalise.ts";
import type { SentStatement } from "./oracle-database.ts";

/** What the oracle says that a session sends and gives, and how that is compared. */

export type Backend = "sqlite" | "postgresql" | "mariadb";

export function isRefused(each: OracleCase): boolean {
  const sql = under(each.sql, "sqlite");
  return each.raises !== undefined || (typeof sql === "string" && sql.startsWith("error: "));
}

type Emitted = readonly { readonly sql: string; readonly params: readonly (readonly [string, unknown])[] }[];

/** How many statements a case takes. */
export function statementCount(each: OracleCase & { readonly emitted?: Emissions }, backend: Backend): number {
  const emitted = under(each.emitted, backend) as Emitted | undefined;
  return emitted?.length ?? 1;
}

type Emissions = Readonly<Record<string, Emitted | string>>;

/** OFFSET 0 is left out here. */
export function expectedStatements(each: OracleCase & { readonly emitted?: Emissions }): readonly SentStatement[] {
  const emitted = under(each.emitted, "sqlite") as Emitted | undefined;
  const one = {
    sql: String(under(each.sql, "sqlite")),
    params: under(each.params, "sqlite") as Emitted[number]["params"],
  };
  return (emitted ?? [one]).map(({ sql, params }) => {
    const isPadded = / OFFSET :param_\d/.test(sql);
    const values = params.filter(([name]) => !(isPadded && name === "param_2")).map(([, value]) => value);
    return { sql: sql.replace(/ OFFSET :param_\d/g, ""), parameters: values };
  });
}

/** The oracle shows the keys in the list of a selectinload sorted, and sometimes a boolean as it was given. */
export function sortedParameters({ sql, parameters }: SentStatement): readonly unknown[] {
  const values = parameters.map((value) => (typeof value === "boolean" ? Number(value) : value));
  return sql.includes(" IN (") ? values.toSorted() : values;
}

/** Without what may differ: the order of the columns, their labels, the sides of an equation. */
export function canonical(sql: string): string {
  const match = /^SELECT (.*?) FROM (.*)$/s.exec(sql);
  const [, columns = "", rest = ""] = match ?? [];
  const sorted = columns
    .split(", ")
    .map((column) => column.replace(/ AS \w+$/, ""))
    .toSorted()
    .join(", ");
  const sided = rest.replace(/([\w.?:]+) = ([\w.?:]+)/g, (_all, left: string, right: string) =>
    [left, right]
      .map((side) => side.replace(/^:\w+$/, "?"))
      .toSorted()
      .join(" = "),
  );
  return normaliseSql(`SELECT ${sorted} FROM ${sided}`);
}

// ── what has been loaded ─────────────────────────────────────────────────────
interface ExpectedEntity {
  readonly $entity?: string;
  readonly $unloaded?: readonly string[];
  readonly [attribute: string]: unknown;
}

/** Rows of values and entities; of an entity everything that SQLAlchemy has loaded, and nothing of what it has not. */
export function expectRows(each: OracleCase, rows: readonly (readonly unknown[])[], backend: Backend = "sqlite"): void {
  const result = under(each.results, backend) as OracleRows | undefined;
  if (result?.rows === undefined) return;
  const sorted = result.ordered === false ? rows.toSorted((a, b) => Number(a[0]) - Number(b[0])) : rows;
  expect(sorted).toHaveLength(result.rows.length);
  for (const [index, expected] of result.rows.entries()) {
    const row = sorted[index] ?? [];
    expect(row).toHaveLength(expected.length);
    for (const [position, value] of expected.entries()) expectValue(value, row[position]);
  }
}

interface OracleRows {
  readonly rows?: readonly (readonly unknown[])[];
  readonly ordered?: boolean;
}

function expectEntity(expected: ExpectedEntity, object: unknown): void {
  if (typeof object !== "object" || object === null) {
    expect.unreachable(`no object for ${expected.$entity}`);
  }
  const { unloaded } = inspect(object);
  for (const [name, value] of Object.entries(expected)) {
    if (name === "$entity" || name === "$ref" || name === "pk" || name.startsWith("$unloaded")) continue;
    const key = camelCase(name);
    expect(unloaded, `${key} is loaded`).not.toContain(key);
    expectValue(value, Reflect.get(object, key));
  }
  for (const name of expected.$unloaded ?? []) {
    // Columns of subclasses are of a class that the models here do not have.
    if (Reflect.has(object, camelCase(name))) expect(unloaded).toContain(camelCase(name));
  }
}

function expectValue(expected: unknown, actual: unknown): void {
  if (Array.isArray(expected)) {
    expect(actual).toHaveLength(expected.length);
    const members = byKey(actual as readonly unknown[]);
    for (const [index, each] of expected.entries()) expectValue(each, members[index]);
  } else if (typeof expected === "object" && expected !== null && ("$entity" in expected || "$ref" in expected)) {
    expectEntity(expected as ExpectedEntity, actual);
  } else if (!sameValue(expected, actual)) expect(actual).toEqual(expected);
}

/** Members of a collection without an order of its own are shown sorted by key. */
function byKey(members: readonly unknown[]): readonly unknown[] {
  const keyOf = (member: unknown): number => {
    const id: unknown = typeof member === "object" && member !== null ? Reflect.get(member, "id") : null;
    return typeof id === "number" ? id : 0;
  };
  return members.toSorted((a, b) => keyOf(a) - keyOf(b));
}

function camelCase(name: string): string {
  return name.replace(/_(\w)/g, (_all, letter: string) => letter.toUpperCase());
}
