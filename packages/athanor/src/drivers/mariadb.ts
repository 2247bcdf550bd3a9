import type { Readable } from "node:stream";
import type * as Mariadb from "mariadb";
import type { DriverEntry } from "../engine/dialect.ts";
import { loadPackage } from "./load-package.ts";
import { type MysqlAnswer, type MysqlClient, MysqlConnection } from "./mysql-connection.ts";
import { type RowSource, whenOpened } from "./mysql-stream.ts";
import { mysqlAddress } from "./mysql-url.ts";
import { bindable, integerValue } from "./mysql-values.ts";

type Connection = Mariadb.Connection;

/** Rows are lists, and values come as they are: text of dates, JSON and decimals, 64 bits as bigints. */
const settings = {
  charset: "utf8mb4",
  rowsAsArray: true,
  metaAsArray: true,
  dateStrings: true,
  jsonStrings: true,
  bitOneIsBoolean: false,
  timezone: "Z",
  prepareCacheLength: 200,
};

/** The npm package `mariadb`. */
export const mariadbDriver: DriverEntry = {
  dialect: "mysql",
  name: "mariadb",
  package: "mariadb",
  synchronous: false,
  async load(url, options) {
    const module = (await loadPackage("mariadb", () => import("mariadb"))) as typeof Mariadb;
    const address = mysqlAddress(url);
    return {
      name: "mariadb",
      synchronous: false,
      async connect() {
        const open = () => connected(module, { ...address, ...settings });
        return new MysqlConnection(new MariadbClient(await open(), open), options.preparedStatements ?? true);
      },
    };
  },
};

async function connected(module: typeof Mariadb, config: Mariadb.ConnectionConfig): Promise<Connection> {
  const connection = await module.createConnection(config);
  // Errors reach whoever waits for an answer; this one is for those that come while nobody does.
  connection.on("error", () => undefined);
  return connection;
}

class MariadbClient implements MysqlClient {
  readonly raw: Connection;

  readonly #open: () => Promise<Connection>;

  constructor(connection: Connection, open: () => Promise<Connection>) {
    this.raw = connection;
    this.#open = open;
  }

  async execute(sql: string, parameters: readonly unknown[], prepared: boolean): Promise<MysqlAnswer> {
    const values = parameters.length === 0 ? undefined : bindable(parameters);
    const answer: unknown = prepared ? await this.raw.execute(sql, values) : await this.raw.query(sql, values);
    const status = statusOf(this.raw);
    const [result, meta] = answer as [unknown[][] | Mariadb.UpsertResult, readonly Mariadb.FieldInfo[]];
    if (Array.isArray(result)) {
      convertRows(result, meta);
      return { rows: result, columns: meta.map((field) => field.name()), affectedRows: -1, insertId: 0, status };
    }
    const { affectedRows, insertId } = result;
    return { rows: null, columns: [], affectedRows, insertId: keyOf(insertId), status };
  }

  async open(sql: string, parameters: readonly unknown[], prepared: boolean): Promise<RowSource> {
    const values = parameters.length === 0 ? undefined : bindable(parameters);
    const statement = prepared ? await this.raw.prepare(sql) : null;
    const readable: Readable = statement === null ? this.raw.queryStream(sql, values) : statement.executeStream(values);
    const release = () => statement?.close();
    try {
      return await whenOpened<Mariadb.FieldInfo>(readable, (meta) => {
        const convert = rowConverter(meta ?? []);
        return {
          columns: (meta ?? []).map((field) => field.name()),
          convert: (row) => {
            convert?.(row);
            return row;
          },
          release,
        };
      });
    } catch (error) {
      release();
      throw error;
    }
  }

  async elsewhere(sql: (of: number) => string): Promise<void> {
    const { threadId } = this.raw;
    if (threadId === null) return;
    const other = await this.#open();
    try {
      await other.query(sql(threadId));
    } finally {
      await other.end();
    }
  }
  terminate(): void {
    this.raw.destroy();
  }

  async close(): Promise<void> {
    await this.raw.end();
  }
}

/** The driver keeps the server's last answer where its types do not say so. */
function statusOf(connection: Connection): number | null {
  const status: unknown = connection.info === null ? null : Reflect.get(connection.info, "status");
  return typeof status === "number" ? status : null;
}

function keyOf(insertId: number | bigint): number | bigint {
  return typeof insertId === "bigint" && insertId <= Number.MAX_SAFE_INTEGER ? Number(insertId) : insertId;
}

function convertRows(rows: readonly unknown[][], meta: readonly Mariadb.FieldInfo[]): void {
  const convert = rowConverter(meta);
  if (convert !== null) for (const row of rows) convert(row);
}

/** The driver gives bigints for 64 bits and lists for SET: rows have numbers or text instead. Null: nothing is to be done. */
function rowConverter(meta: readonly Mariadb.FieldInfo[]): ((row: unknown[]) => void) | null {
  const positions = meta.flatMap(({ type }, index) =>
    type === "BIGINT" || type === "STRING" || type === "VAR_STRING" ? [index] : [],
  );
  if (positions.length === 0) return null;
  return (row) => {
    for (const index of positions) {
      const value = row[index];
      if (typeof value === "bigint") row[index] = integerValue(value);
      else if (Array.isArray(value)) row[index] = value.join(",");
    }
  };
}
