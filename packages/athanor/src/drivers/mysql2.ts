import type * as Mysql2 from "mysql2";
import type { DriverEntry } from "../engine/dialect.ts";
import { loadPackage } from "./load-package.ts";
import { type MysqlAnswer, type MysqlClient, MysqlConnection } from "./mysql-connection.ts";
import { type RowSource, whenOpened } from "./mysql-stream.ts";
import { type MysqlAddress, mysqlAddress } from "./mysql-url.ts";
import { bindable } from "./mysql-values.ts";

type Module = typeof Mysql2;
type Connection = Mysql2.Connection;

/** Statements that a connection keeps prepared. */
const preparedStatements = 200;

/** The npm package `mysql2`. */
export const mysql2Driver: DriverEntry = {
  dialect: "mysql",
  name: "mysql2",
  package: "mysql2",
  synchronous: false,
  async load(url, options) {
    const { default: module } = (await loadPackage("mysql2", () => import("mysql2"))) as { readonly default: Module };
    const address = mysqlAddress(url);
    return {
      name: "mysql2",
      synchronous: false,
      async connect() {
        const client = new Mysql2Client(module, address, await connected(module, address));
        return new MysqlConnection(client, options.preparedStatements ?? true);
      },
    };
  },
};

function connected(module: Module, address: MysqlAddress): Promise<Connection> {
  const connection = module.createConnection({
    ...address,
    charset: "utf8mb4",
    rowsAsArray: true,
    supportBigNumbers: true,
    dateStrings: true,
    jsonStrings: true,
    timezone: "Z",
    maxPreparedStatements: preparedStatements,
  });
  return new Promise((resolve, reject) => {
    connection.connect((error) => {
      // Errors reach whoever waits for an answer; this one is for those that come while nobody does.
      connection.on("error", () => undefined);
      if (error === null) resolve(connection);
      else reject(error);
    });
  });
}

class Mysql2Client implements MysqlClient {
  readonly raw: Connection;
  readonly #integer: (value: bigint) => unknown;

  readonly #module: Module;
  readonly #address: MysqlAddress;

  constructor(module: Module, address: MysqlAddress, connection: Connection) {
    this.raw = connection;
    this.#module = module;
    this.#address = address;
    this.#integer = integerParameter(module);
  }

  execute(sql: string, parameters: readonly unknown[], prepared: boolean): Promise<MysqlAnswer> {
    return new Promise((resolve, reject) => {
      const done = (error: Error | null, result: unknown, fields: readonly Mysql2.FieldPacket[] | undefined) => {
        if (error !== null) reject(error);
        else resolve(answerOf(result, fields));
      };
      if (prepared) this.raw.execute(sql, bindable(parameters, this.#integer) as never[], done as never);
      else if (parameters.length === 0) this.raw.query(sql, done as never);
      else this.raw.query(sql, bindable(parameters), done as never);
    });
  }

  open(sql: string, parameters: readonly unknown[], prepared: boolean): Promise<RowSource> {
    const command = prepared
      ? this.raw.execute(sql, bindable(parameters, this.#integer) as never[])
      : this.raw.query(sql, parameters.length === 0 ? undefined : bindable(parameters));
    const readable = command.stream({ objectMode: true, highWaterMark: 100 });
    return whenOpened<Mysql2.FieldPacket>(readable, (fields) => ({
      columns: (fields ?? []).map(({ name }) => name),
      convert: (row) => row,
      release: () => undefined,
    }));
  }

  async elsewhere(sql: (of: number) => string): Promise<void> {
    const { threadId } = this.raw;
    if (threadId === null) return;
    const other = await connected(this.#module, this.#address);
    try {
      await new Promise<void>((resolve, reject) => {
        other.query(sql(threadId), (error) => (error === null ? resolve() : reject(error)));
      });
    } finally {
      other.end();
    }
  }
  terminate(): void {
    this.raw.destroy();
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.raw.once("end", () => resolve());
      this.raw.end(() => resolve());
    });
  }
}

/** Newer releases of the driver send whole numbers as such; before, a bigint travels as text. */
function integerParameter(module: Module): (value: bigint) => unknown {
  const types = "TypedParameter" in module ? module.TypedParameter : undefined;
  if (types === undefined) return (value) => (isSafe(value) ? Number(value) : String(value));
  return (value) => (value >= 2n ** 63n ? types.LONGLONG.unsigned(value) : types.LONGLONG(value));
}

function isSafe(value: bigint): boolean {
  return Number.isSafeInteger(Number(value));
}

function answerOf(result: unknown, fields: readonly Mysql2.FieldPacket[] | undefined): MysqlAnswer {
  if (Array.isArray(result)) {
    const columns = (fields ?? []).map(({ name }) => name);
    return { rows: result as unknown[][], columns, affectedRows: -1, insertId: 0, status: null };
  }
  const header = result as Mysql2.ResultSetHeader & { readonly serverStatus?: number };
  return {
    rows: null,
    columns: [],
    affectedRows: header.affectedRows,
    insertId: keyOf(header.insertId),
    status: header.serverStatus ?? null,
  };
}

/** Beyond 2^53 the driver gives text. */
function keyOf(insertId: number | string): number | bigint {
  return typeof insertId === "string" ? BigInt(insertId) : insertId;
}
