import type { Deviation, Deviations } from "../statement-case.ts";

const reason = "SQLAlchemy writes PostgreSQL's operators for every database: refused instead of failing there";
const refused: Deviation = { reason, refused: true };

/** What only PostgreSQL understands; MySQL may have a text of its own for it. */
export function onlyPostgresql(mysql?: string): Deviations {
  const own = { reason: "MySQL has a function for it; SQLAlchemy's text fails there", notCompared: "result" } as const;
  return { sqlite: refused, mysql: mysql === undefined ? refused : { ...own, sql: mysql } };
}
