import type { ScenarioDeviation } from "./scenario-case.ts";
import { type BackendRecord, likeOnMariadb, onPostgresql, type ScenarioRecord } from "./scenario-records.ts";

/** A server on which the scenarios run. */
export interface ScenarioServer {
  /** The entry of the database matrix. */
  readonly name: string;
  /** What may be observed: each fact as one of these has it, and no more statements than the one with the most. */
  expected(record: ScenarioRecord): readonly BackendRecord[];
  /** What cannot be run there, with the reason. */
  readonly notHere: Readonly<Record<string, string>>;
  /** What goes another way there than it is recorded. */
  readonly deviations: Readonly<Record<string, ServerDeviation>>;
}

export interface ServerDeviation extends Pick<ScenarioDeviation, "reason" | "facts"> {
  /** How many statements it takes at most, where those are more. */
  readonly atMost?: number;
}

/** What is written for one database alone. */
const sqliteAlone: Readonly<Record<string, string>> = {
  "results/exec-driver-sql": "its text has SQLite's marks of parameters",
  "errors/data": "what is no date is refused before the server could do it",
  "bulk/upsert-objects": "its upsert is SQLite's",
  "events/engine-events": "a batch of INSERTs is one statement of many rows there, and no batch for who listens",
};

const noUpdateReturning = "MariaDB has no UPDATE … RETURNING: the keys are selected before";
const noReturning = "MariaDB has no UPDATE … RETURNING: what the database sets is selected afterwards";

export const scenarioServers: readonly ScenarioServer[] = [
  {
    name: "postgresql/pg",
    expected: (record) => [onPostgresql(record)].filter((each) => each !== null),
    notHere: sqliteAlone,
    deviations: {},
  },
  {
    name: "mariadb/mysql2",
    expected: likeOnMariadb,
    notHere: {
      ...sqliteAlone,
      "bulk/update-returning-objects": "MariaDB has no UPDATE … RETURNING, which is an error that says so",
      "guides/backfill": "MariaDB takes no LIMIT in a subquery of IN",
    },
    deviations: {
      "transactions/isolation-level": {
        reason: "its level is another where nothing is said",
        facts: { default: "REPEATABLE READ", after: "REPEATABLE READ" },
      },
      "unit-of-work/eager-defaults-on": { reason: noReturning, atMost: 3 },
      "async/crud": { reason: noReturning, atMost: 6 },
      "bulk/update-fetch": { reason: noUpdateReturning, facts: { update: 2 }, atMost: 4 },
      "bulk/update-auto": { reason: noUpdateReturning, atMost: 3 },
    },
  },
];
