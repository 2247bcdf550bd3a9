import type { ErrorDetails } from "../../engine/dialect.ts";

/** What the drivers tell of an error: a symbolic code, or SQLite's (extended) number. */
interface SqliteError {
  readonly message: string;
  readonly code?: unknown;
  readonly errcode?: unknown;
  readonly errno?: unknown;
}

// Primary result codes, https://sqlite.org/rescode.html
const codes: Readonly<Record<string, number>> = {
  SQLITE_ERROR: 1,
  SQLITE_INTERNAL: 2,
  SQLITE_PERM: 3,
  SQLITE_BUSY: 5,
  SQLITE_LOCKED: 6,
  SQLITE_READONLY: 8,
  SQLITE_INTERRUPT: 9,
  SQLITE_IOERR: 10,
  SQLITE_CORRUPT: 11,
  SQLITE_FULL: 13,
  SQLITE_CANTOPEN: 14,
  SQLITE_TOOBIG: 18,
  SQLITE_CONSTRAINT: 19,
  SQLITE_MISMATCH: 20,
  SQLITE_MISUSE: 21,
  SQLITE_RANGE: 25,
  SQLITE_NOTADB: 26,
};

/** Cause and details of an error of SQLite's; null for what is none. */
export function describeSqliteError(error: unknown): ErrorDetails | null {
  if (!isErrorLike(error)) return null;
  const { message } = error;
  if (error.code === "ERR_OUT_OF_RANGE" || message.includes("too large to be represented as a JavaScript number")) {
    return {
      kind: "data",
      message: `${message} Declare the column bigInteger() to read integers beyond 2^53, or name its type with cast().`,
    };
  }
  const code = primaryCode(error);
  if (code === null || isClosed(message)) return describeMisuse(error);
  switch (code) {
    case 19:
      return describeViolation(message, isPrimaryKey(error));
    case 5:
    case 6:
      return { kind: "operational", retryable: true };
    case 18:
      return { kind: "data" };
    case 20:
      return { kind: "integrity" };
    case 2:
      return { kind: "internal" };
    case 21:
    case 25:
      return { kind: "interface" };
    default:
      return { kind: "operational" };
  }
}

function isErrorLike(error: unknown): error is SqliteError {
  return error instanceof Error;
}

function primaryCode({ code, errcode, errno }: SqliteError): number | null {
  if (typeof errcode === "number") return errcode & 0xff;
  if (typeof code === "string" && code.startsWith("SQLITE_")) {
    const name = Object.keys(codes).find((each) => code === each || code.startsWith(`${each}_`));
    return name === undefined ? 1 : (codes[name] ?? 1);
  }
  return typeof errno === "number" && errno > 0 && errno < 0x10000 ? errno & 0xff : null;
}

/** Errors that a driver raises before SQLite is asked: wrong parameters, a closed database. */
function describeMisuse({ message, code }: SqliteError): ErrorDetails | null {
  if (isClosed(message)) return { kind: "programming", disconnect: true };
  if (message.includes("too large for SQLite")) return { kind: "data" };
  if (/Cannot open database|^ConnectionFailed/.test(message)) return { kind: "operational" };
  const isDriver =
    (typeof code === "string" && (code.startsWith("ERR_SQLITE") || code.startsWith("ERR_INVALID"))) ||
    /SQLite|sqlite|SQL string|parameter values|bind/.test(message);
  return isDriver ? { kind: /parameter|SQL (?:string|query)/i.test(message) ? "programming" : "interface" } : null;
}

/** Somebody has closed the driver's connection behind the pool's back. */
function isClosed(message: string): boolean {
  return /database (?:connection )?is not open|closed database/i.test(message);
}

/** SQLite's message says UNIQUE of a primary key as well; its extended code (1555, of a row id 2579) knows better. */
function isPrimaryKey({ code, errcode, errno }: SqliteError): boolean {
  const number = errcode ?? errno;
  return (
    number === 1555 || number === 2579 || code === "SQLITE_CONSTRAINT_PRIMARYKEY" || code === "SQLITE_CONSTRAINT_ROWID"
  );
}

function describeViolation(message: string, primaryKey: boolean): ErrorDetails {
  const match = /(UNIQUE|NOT NULL|CHECK|FOREIGN KEY|PRIMARY KEY) constraint failed(?:: (.*))?/s.exec(message);
  const [, kind = "", subject = ""] = match ?? [];
  switch (kind) {
    case "UNIQUE":
    case "NOT NULL":
    case "PRIMARY KEY": {
      const violation = kind === "NOT NULL" ? "notNull" : primaryKey ? "primaryKey" : "unique";
      const index = /^index '(.*)'$/.exec(subject);
      if (index !== null) return { kind: "integrity", violation, constraint: index[1] ?? "" };
      return { kind: "integrity", violation, ...tableAndColumns(subject) };
    }
    case "CHECK":
      return { kind: "integrity", violation: "check", constraint: subject };
    case "FOREIGN KEY":
      return { kind: "integrity", violation: "foreignKey" };
    default:
      return { kind: "integrity" };
  }
}

/** `users.email, users.tenant_id`, as SQLite names them: without quotes. */
function tableAndColumns(subject: string): { readonly table?: string; readonly columns?: readonly string[] } {
  const names = subject.split(", ").map((each) => each.split("."));
  const table = names[0]?.[0];
  if (table === undefined || table === "") return {};
  return { table, columns: names.map((parts) => parts.slice(1).join(".")) };
}
