/** Which server a statement is for: what MySQL and MariaDB have in common ends at the details. */
export interface MysqlServer {
  readonly mariadb: boolean;
  /** Major, minor and patch as one number: 8.0.36 is 80036. */
  readonly version: number;
  /** It has told its version. Otherwise it is assumed, and what only the other kind has is written all the same. */
  readonly known: boolean;
  /** Another database that speaks MySQL's protocol; absent for MySQL and MariaDB. */
  readonly variant?: MysqlVariant;
}
export type MysqlVariant = "tidb" | "vitess";

/** What a URL's scheme promises until the server has told. */
export function assumedServer(mariadb: boolean, variant?: MysqlVariant): MysqlServer {
  if (variant !== undefined) return { mariadb: false, version: 80_011, known: false, variant };
  return mariadb ? { mariadb, version: 101_100, known: false } : { mariadb, version: 80_036, known: false };
}

const versionForm = /^(?:5\.5\.5-)?(\d+)\.(\d+)\.(\d+)/;

/** Reads what `SELECT VERSION()` gives: `8.0.36`, `10.11.6-MariaDB-1`; replication adds `5.5.5-` in front of MariaDB's. */
export function serverOf(text: string): MysqlServer | null {
  const match = versionForm.exec(text);
  if (match === null) return null;
  const [, major, minor, patch] = match.map(Number);
  const version = (major ?? 0) * 10_000 + (minor ?? 0) * 100 + (patch ?? 0);
  const variant = /tidb/i.test(text) ? "tidb" : /vitess/i.test(text) ? "vitess" : null;
  return { mariadb: /mariadb/i.test(text), version, known: true, ...(variant === null ? {} : { variant }) };
}

/** Whether statements are compiled alike for both. */
export function isSameServer(a: MysqlServer, b: MysqlServer): boolean {
  return a.variant === b.variant && a.mariadb === b.mariadb && a.version === b.version && a.known === b.known;
}
