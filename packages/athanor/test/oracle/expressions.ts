import { readFileSync } from "node:fs";

/** One case of `fixtures/expressions.json`; see the oracle's README for what its fields mean. */
export interface OracleCase {
  readonly id: string;
  readonly area: string;
  readonly intent: string;
  readonly python: string;
  readonly kind?: string;
  readonly sql?: Readonly<Record<string, string | readonly string[]>>;
  readonly params?: Readonly<Record<string, string | readonly (readonly [string, unknown])[]>>;
  readonly literal_sql?: Readonly<Record<string, string>>;
  readonly results?: Readonly<Record<string, unknown>>;
  readonly raises?: string;
  readonly note?: string;
}

const file = new URL("./fixtures/expressions.json", import.meta.url);
const { cases: all }: { readonly cases: readonly OracleCase[] } = JSON.parse(readFileSync(file, "utf8"));

export const oracleCases: readonly OracleCase[] = all;

export function casesOf(...areas: readonly string[]): readonly OracleCase[] {
  return all.filter((each) => areas.includes(each.area));
}

/** A value under a dialect's or backend's name; `"= sqlite"` means the same as under that name. */
export function under<T>(values: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  const value = values?.[name];
  return typeof value === "string" && value.startsWith("= ") ? under(values, value.slice(2)) : value;
}

/** Cases of an area that a later issue brings, with the reason. */
export interface LaterCases {
  readonly issue: number;
  readonly reason: string;
  readonly ids: readonly string[];
}
