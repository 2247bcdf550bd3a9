import type { ErrorDetails } from "../../engine/dialect.ts";

/** What the drivers tell of a server's error, under the names that each of them has for it. */
interface ServerError extends Error {
  readonly code: string;
  readonly detail?: unknown;
  readonly constraint?: unknown;
  readonly constraint_name?: unknown;
  readonly table?: unknown;
  readonly table_name?: unknown;
  readonly column?: unknown;
  readonly column_name?: unknown;
}

/** Codes of errors that a driver raises because the server cannot be reached any more. */
const networkCodes: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ENOENT",
  "EACCES",
  "CONNECT_TIMEOUT",
  "CONNECTION_CLOSED",
  "CONNECTION_ENDED",
  "CONNECTION_DESTROYED",
]);

/** Cause and details of an error of PostgreSQL's or of one of its drivers'; null for what is none. */
export function describePostgresqlError(error: unknown): ErrorDetails | null {
  if (!(error instanceof Error)) return null;
  const code = "code" in error && typeof error.code === "string" ? error.code : null;
  if (code !== null && /^[0-9A-Z]{5}$/.test(code) && !networkCodes.has(code)) {
    return describeState(error as ServerError, code);
  }
  if (code !== null && networkCodes.has(code)) return { kind: "operational", disconnect: true };
  return describeDriverError(error, code);
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html; classes as psycopg maps them. */
function describeState(error: ServerError, code: string): ErrorDetails {
  switch (code) {
    // The server shuts down, or somebody has ended the session.
    case "57P01":
    case "57P02":
    case "57P03":
    case "57P05":
      return { kind: "operational", disconnect: true };
    case "40001":
    case "40P01":
      return { kind: "operational", retryable: true };
    case "55P03":
      return { kind: "operational", retryable: true };
    case "26000":
      return { kind: "operational", message: unpreparedMessage(error) };
    default:
      break;
  }
  switch (code.slice(0, 2)) {
    case "08":
      return { kind: "operational", disconnect: true };
    case "0A":
      return { kind: "notSupported" };
    case "22":
      return { kind: "data" };
    case "23":
      return describeViolation(error, code);
    case "24":
    case "25":
    case "2D":
    case "XX":
      return { kind: "internal" };
    case "20":
    case "21":
    case "42":
    case "3D":
    case "3F":
    case "44":
      return { kind: "programming" };
    default:
      return { kind: "operational" };
  }
}

/** A pooler has given the connection another server's session, where the statement was never prepared. */
function unpreparedMessage({ message }: Error): string {
  return `${message}. Behind a pooler that shares sessions, create the engine with { preparedStatements: false }.`;
}

const violations: Readonly<Record<string, NonNullable<ErrorDetails["violation"]>>> = {
  "23502": "notNull",
  "23503": "foreignKey",
  "23505": "unique",
  "23514": "check",
  "23P01": "exclusion",
};

function describeViolation(error: ServerError, code: string): ErrorDetails {
  const constraint = textOf(error.constraint ?? error.constraint_name);
  const table = textOf(error.table ?? error.table_name);
  const column = textOf(error.column ?? error.column_name);
  const columns = column === null ? columnsOfKey(error.detail) : [column];
  const violation = violations[code];
  return {
    kind: "integrity",
    ...(violation === undefined ? {} : { violation: isPrimaryKey(violation, constraint) ? "primaryKey" : violation }),
    ...(constraint === null ? {} : { constraint }),
    ...(table === null ? {} : { table }),
    ...(columns.length === 0 ? {} : { columns }),
  };
}

/** The server does not tell keys from other unique constraints; their names do, unless somebody has given another one. */
function isPrimaryKey(violation: string, constraint: string | null): boolean {
  return (
    violation === "unique" && constraint !== null && (constraint.endsWith("_pkey") || constraint.startsWith("pk_"))
  );
}

/** `Key (tenant, email)=(1, ada@…) already exists.`, in whichever language the server speaks. */
function columnsOfKey(detail: unknown): readonly string[] {
  const key = typeof detail === "string" ? /\(([^()]+)\)=\(/.exec(detail)?.[1] : undefined;
  return key === undefined ? [] : key.split(", ").map((name) => name.replace(/^"(.*)"$/, "$1"));
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/** Errors that a driver raises by itself: a connection that has ended, a server that does not speak its protocol. */
function describeDriverError({ message, name }: Error, code: string | null): ErrorDetails | null {
  if (
    /Connection terminated|Client was closed|not queryable|connection is closed|PGlite is closed|Query read timeout/i.test(
      message,
    )
  ) {
    return { kind: "operational", disconnect: true };
  }
  if (/timeout expired|SASL|SSL connections?|password authentication/i.test(message)) return { kind: "operational" };
  if (code !== null && /^(?:SASL|AUTH|UNDEFINED_VALUE|MAX_PARAMETERS|NOT_|UNSAFE_)/.test(code))
    return { kind: "interface" };
  return name === "DatabaseError" || name === "PostgresError" || name === "error" ? { kind: "database" } : null;
}
