import { readFileSync } from "node:fs";

/** One scenario of `fixtures/scenarios.json`; see the oracle's README for what its fields mean. */
export interface ScenarioRecord {
  readonly id: string;
  readonly area: string;
  readonly intent: string;
  readonly sqlite?: BackendRecord | string;
  readonly postgresql?: BackendRecord | string;
}

/** What a scenario did on one database. */
export interface BackendRecord {
  /** Statements sent; a batch is one. */
  readonly round_trips: number;
  readonly transactions: Readonly<Partial<Record<TransactionStep, number>>>;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly trace: readonly TraceRecord[];
}

export type TransactionStep = "BEGIN" | "COMMIT" | "ROLLBACK";

export interface TraceRecord {
  readonly sql?: string;
  readonly params?: readonly ParameterRecord[] | readonly (readonly ParameterRecord[])[];
  readonly batch?: number;
  readonly tx?: TransactionStep;
  readonly mark?: string;
}
export type ParameterRecord = readonly [name: string, value: unknown];

const file = new URL("./fixtures/scenarios.json", import.meta.url);
const { cases }: { readonly cases: readonly ScenarioRecord[] } = JSON.parse(readFileSync(file, "utf8"));

export const scenarioRecords: readonly ScenarioRecord[] = cases;

/** What a scenario did on SQLite; null where it was not run there. */
export function onSqlite({ sqlite }: ScenarioRecord): BackendRecord | null {
  return typeof sqlite === "object" ? sqlite : null;
}
/** What it did on PostgreSQL; parts may be the same as on SQLite. */
export function onPostgresql(record: ScenarioRecord): BackendRecord | null {
  const sqlite = onSqlite(record);
  const { postgresql } = record;
  if (typeof postgresql !== "object" || sqlite === null) return sqlite;
  const own = Object.entries(postgresql).filter(([, value]) => value !== "= sqlite");
  return { ...sqlite, ...Object.fromEntries(own) };
}

/** What may be seen on MariaDB, of which there is no record: where SQLite and PostgreSQL differ, what either of them does. */
export function likeOnMariadb(record: ScenarioRecord): readonly BackendRecord[] {
  return [onSqlite(record), onPostgresql(record)].filter((each) => each !== null);
}
