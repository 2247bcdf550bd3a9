import type { PGlite, QueryOptions } from "@electric-sql/pglite";
import type { CopyStatement } from "../dialects/postgresql/copy.ts";
import { quoteIdentifier } from "../dialects/postgresql/identifiers.ts";
import type { DriverEntry } from "../engine/dialect.ts";
import type { Url } from "../engine/url.ts";
import { ArgumentError } from "../errors/errors.ts";
import { loadPackage } from "./load-package.ts";
import { type PostgresqlAnswer, type PostgresqlClient, PostgresqlConnection } from "./postgresql-connection.ts";
import { parameterText, parserOf } from "./postgresql-values.ts";

/** The npm package `@electric-sql/pglite`: PostgreSQL inside the process, in memory or in a folder. */
export const pgliteDriver: DriverEntry = {
  dialect: "postgresql",
  name: "pglite",
  package: "@electric-sql/pglite",
  synchronous: false,
  async load(url) {
    const folder = folderOf(url);
    const { PGlite } = (await loadPackage(
      "@electric-sql/pglite",
      () => import("@electric-sql/pglite"),
    )) as typeof import("@electric-sql/pglite");
    return {
      name: "pglite",
      synchronous: false,
      async connect() {
        const database = await PGlite.create(folder === null ? {} : { dataDir: folder });
        return new PostgresqlConnection(new PgliteSession(database));
      },
    };
  },
};

/** `postgresql+pglite://` is in memory, `postgresql+pglite:///folder` in a folder, with four slashes an absolute one. */
function folderOf(url: Url): string | null {
  if (url.host !== null || url.username !== null || Object.keys(url.query).length > 0) {
    throw new ArgumentError(
      `${url} names a server, and PGlite is none. It is "postgresql+pglite://" in memory, "postgresql+pglite:///folder" in a folder.`,
    );
  }
  return url.database === null || url.database === ":memory:" ? null : url.database;
}

/** A type that PGlite has no conversion for gets the value's own text, which of bytes would be none. */
function sendable(value: unknown): unknown {
  return value instanceof Uint8Array ? parameterText(value) : value;
}

class PgliteSession implements PostgresqlClient {
  readonly raw: PGlite;

  readonly #options: QueryOptions;

  constructor(database: PGlite) {
    this.raw = database;
    // Every conversion that PGlite would do by itself is replaced.
    this.#options = {
      rowMode: "array",
      parsers: Object.fromEntries(Object.keys(database.parsers).map((code) => [code, parserOf(Number(code))])),
      serializers: Object.fromEntries(Object.keys(database.serializers).map((code) => [code, parameterText])),
    };
  }
  get closed(): boolean {
    return this.raw.closed;
  }

  async query(sql: string, parameters: readonly unknown[]): Promise<PostgresqlAnswer> {
    const { rows, fields, rowCount } = await this.raw.query<unknown[]>(sql, parameters.map(sendable), this.#options);
    return {
      rows,
      columns: fields.map((field) => field.name),
      typeCodes: fields.map((field) => field.dataTypeID),
      rowCount: rowCount ?? -1,
    };
  }
  async script(sql: string): Promise<void> {
    await this.raw.exec(sql);
  }
  /** There is no wire: the data are a file, whole. */
  async copyIn({ head, tail }: CopyStatement, data: AsyncIterable<Uint8Array>): Promise<number> {
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    for await (const piece of data) pieces.push(Uint8Array.from(piece));
    const { affectedRows, rowCount } = await this.raw.query(`${head} '/dev/blob' ${tail}`, [], {
      blob: new Blob(pieces),
    });
    return rowCount ?? affectedRows ?? -1;
  }
  async *copyOut({ head, tail }: CopyStatement): AsyncGenerator<Uint8Array> {
    const { blob } = await this.raw.query(`${head} '/dev/blob' ${tail}`);
    if (blob !== undefined) yield new Uint8Array(await blob.arrayBuffer());
  }

  listen(channel: string, receive: (payload: string) => void): Promise<() => Promise<void>> {
    return this.raw.listen(quoteIdentifier(channel), receive);
  }
  async close(): Promise<void> {
    if (!this.raw.closed) await this.raw.close();
  }
}
