import type { ErrorDetails } from "../../engine/dialect.ts";

/** What both drivers tell of an error: the server's number, its SQLSTATE, or a code of the driver's or of the system's. */
interface MysqlError {
  readonly message: string;
  readonly code?: unknown;
  readonly errno?: unknown;
  readonly sqlState?: unknown;
  /** The server's message without what a driver puts around it. */
  readonly sqlMessage?: unknown;
}

type Kind = ErrorDetails["kind"];

// Numbers of https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html and
// https://mariadb.com/kb/en/mariadb-error-code-reference/
const kinds: ReadonlyMap<number, Kind> = new Map(
  (
    [
      [
        "integrity",
        [1022, 1048, 1062, 1138, 1169, 1215, 1216, 1217, 1364, 1451, 1452, 1557, 1586, 1761, 1762, 1859, 3819, 4025],
      ],
      [
        "data",
        [
          1264, 1265, 1292, 1365, 1366, 1367, 1406, 1411, 1416, 1425, 1426, 1427, 1690, 3140, 3141, 3143, 3144, 3156,
          4038,
        ],
      ],
      [
        "programming",
        [
          1007, 1008, 1044, 1046, 1049, 1050, 1051, 1052, 1054, 1055, 1056, 1058, 1060, 1061, 1064, 1065, 1066, 1068,
          1072, 1091, 1102, 1103, 1109, 1110, 1111, 1115, 1136, 1140, 1142, 1143, 1146, 1149, 1210, 1221, 1222, 1234,
          1241, 1242, 1247, 1248, 1273, 1305, 1318, 1327, 1582, 1630, 1835, 4161,
        ],
      ],
      ["notSupported", [1178, 1196, 1235, 1286, 1289, 1295]],
      ["internal", [1030, 1105]],
    ] as const
  ).flatMap(([kind, numbers]) => numbers.map((number) => [number, kind] as const)),
);

/** The connection is gone, or goes now: lost, killed, the server is shutting down, the client has closed it. */
const disconnects: ReadonlySet<number> = new Set([
  1053, 1077, 1078, 1079, 1080, 1152, 1158, 1159, 1160, 1161, 1184, 1927, 2002, 2003, 2006, 2013, 2014, 2045, 2055,
  4031,
]);

/** Conflicts of TiDB's: https://docs.pingcap.com/tidb/stable/error-codes */
const tidbConflicts: ReadonlySet<number> = new Set([8002, 8022, 8028, 9007]);

const lostCodes =
  /^(?:PROTOCOL_(?:CONNECTION_LOST|PACKETS_OUT_OF_ORDER|UNEXPECTED_PACKET|ENQUEUE_AFTER_\w+)|ECONNRESET|ECONNREFUSED|ECONNABORTED|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH|ENETUNREACH|ER_(?:SOCKET_\w+|CMD_CONNECTION_CLOSED|CMD_NOT_EXECUTED_DESTROYED|CONNECTION_TIMEOUT|CONNECTION_ALREADY_CLOSED|SERVER_SHUTDOWN))$/;

/** Cause and details of an error of MySQL's or MariaDB's; null for what is none. */
export function describeMysqlError(error: unknown): ErrorDetails | null {
  if (!isErrorLike(error)) return null;
  const details = describe(error);
  return details?.message === undefined
    ? details
    : { ...details, messageWithoutValues: withoutValues(details.message) };
}

/** `Duplicate entry 'x' for key 'email'`, `Incorrect integer value: 'x' for column …`: the value may hold quotes itself. */
function withoutValues(message: string): string {
  return message.replace(/\b(entry|value:?) (?:'.*'(?= for )|'.*'$)/s, "$1 …");
}

function describe(error: MysqlError): ErrorDetails | null {
  const message = typeof error.sqlMessage === "string" ? error.sqlMessage : error.message;
  const number = typeof error.errno === "number" ? error.errno : null;
  const code = typeof error.code === "string" ? error.code : "";
  if (lostCodes.test(code) || (number !== null && disconnects.has(number)) || /closed state/.test(error.message)) {
    return { kind: "operational", message, disconnect: true };
  }
  if (number === null || number < 1000) return describeMisuse(error, code, message);
  // Deadlock and lock wait timeout; NOWAIT and a record changed since it was read.
  if (number === 1213 || number === 1205 || tidbConflicts.has(number))
    return { kind: "operational", message, retryable: true };
  if (number === 1020 || number === 3572) return { kind: "operational", message, retryable: number === 1020 };
  const kind = kinds.get(number) ?? kindOfState(error.sqlState) ?? (number >= 45_000 ? "interface" : "operational");
  return kind === "integrity" ? { message, ...describeViolation(number, message) } : { kind, message };
}

function isErrorLike(error: unknown): error is MysqlError {
  return error instanceof Error;
}

/** The class of a SQLSTATE, for numbers that are not in the list: those of later releases, and SIGNAL's. */
function kindOfState(state: unknown): Kind | null {
  if (typeof state !== "string") return null;
  switch (state.slice(0, 2)) {
    case "22":
      return "data";
    case "23":
      return "integrity";
    case "42":
      return "programming";
    case "0A":
      return "notSupported";
    default:
      return null;
  }
}

/** Errors that a driver raises before the server is asked. */
function describeMisuse(error: MysqlError, code: string, message: string): ErrorDetails | null {
  if (error.sqlState !== undefined || code.startsWith("ER_") || code.startsWith("PROTOCOL_")) {
    return { kind: /PARAM|MALFORMED/.test(code) ? "programming" : "interface", message };
  }
  if (/Bind parameters|parameter/i.test(message)) return { kind: "programming", message };
  return null;
}

function describeViolation(number: number, message: string): ErrorDetails {
  switch (number) {
    case 1062:
    case 1169:
    case 1586:
      return duplicateEntry(message);
    case 1048:
    case 1138:
    case 1364: {
      const column = /(?:Column|Field|column) '([^']*)'/.exec(message)?.[1];
      return { kind: "integrity", violation: "notNull", ...(column === undefined ? {} : { columns: [column] }) };
    }
    case 3819:
      return { kind: "integrity", violation: "check", ...named(/[Cc]heck constraint '([^']*)'/.exec(message)?.[1]) };
    case 4025:
      return { kind: "integrity", violation: "check", ...checkOfMariadb(message) };
    case 1215:
    case 1216:
    case 1217:
    case 1451:
    case 1452:
    case 1761:
    case 1762:
      return foreignKey(message);
    default:
      return { kind: "integrity" };
  }
}

function named(constraint: string | undefined): { readonly constraint?: string } {
  return constraint === undefined ? {} : { constraint };
}

/** `Duplicate entry 'x' for key 'users.email'`, without the table in MariaDB; the entry may hold quotes itself. */
function duplicateEntry(message: string): ErrorDetails {
  const key = /for key '([^']*)'$/.exec(message)?.[1];
  if (key === undefined) return { kind: "integrity", violation: "unique" };
  const dot = key.indexOf(".");
  const table = dot < 0 ? {} : { table: key.slice(0, dot) };
  const constraint = key.slice(dot + 1);
  return { kind: "integrity", violation: constraint === "PRIMARY" ? "primaryKey" : "unique", constraint, ...table };
}

/** ``CONSTRAINT `ck_price` failed for `shop`.`products` ``; a check of a column is named as `` `table`.`column` ``. */
function checkOfMariadb(message: string): { readonly constraint?: string; readonly table?: string } {
  const match = /CONSTRAINT `((?:[^`]|``)*)`?.* failed for `(?:[^`]|``)*`\.`((?:[^`]|``)*)`/.exec(message);
  if (match === null) return {};
  const [, constraint = "", table = ""] = match;
  return { constraint: plain(constraint), table: plain(table) };
}

const identifier = "`((?:[^`]|``)*)`";
const foreignKeyForm = new RegExp(
  `\\((?:${identifier}\\.)?${identifier}, CONSTRAINT ${identifier} FOREIGN KEY \\(((?:${identifier}(?:, )?)+)\\)`,
);

/** ``… a foreign key constraint fails (`shop`.`orders`, CONSTRAINT `fk` FOREIGN KEY (`user_id`) REFERENCES …)`` */
function foreignKey(message: string): ErrorDetails {
  const match = foreignKeyForm.exec(message);
  if (match === null) return { kind: "integrity", violation: "foreignKey" };
  const [, , table = "", constraint = "", columns = ""] = match;
  const names = [...columns.matchAll(/`((?:[^`]|``)*)`/g)].map(([, name = ""]) => plain(name));
  return {
    kind: "integrity",
    violation: "foreignKey",
    constraint: plain(constraint),
    table: plain(table),
    columns: names,
  };
}

function plain(quoted: string): string {
  return quoted.replaceAll("``", "`");
}
