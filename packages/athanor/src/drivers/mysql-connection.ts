import type { DriverBatchResult, DriverConnection, DriverResult, ExecuteOptions, RowStream } from "../engine/driver.ts";
import { MysqlStream, type RowSource } from "./mysql-stream.ts";
import { parameterCount } from "./mysql-text.ts";

/** What a statement gave, in a form that both drivers can give. */
export interface MysqlAnswer {
  /** Null where the statement returns no rows. */
  readonly rows: unknown[][] | null;
  readonly columns: readonly string[];
  readonly affectedRows: number;
  /** 0 where no key was generated. */
  readonly insertId: number | bigint;
  /** The server's status flags, where they came with the answer. */
  readonly status: number | null;
}

/** A connection, as far as the drivers agree. Values are in the forms that `mysql-values.ts` speaks of. */
export interface MysqlClient {
  readonly raw: unknown;
  /** `prepared`: by the binary protocol, with a statement that is kept for the next execution. */
  execute(sql: string, parameters: readonly unknown[], prepared: boolean): Promise<MysqlAnswer>;
  open(sql: string, parameters: readonly unknown[], prepared: boolean): Promise<RowSource>;
  close(): Promise<void>;
  /** Ends the connection without waiting for the server. */
  terminate(): void;
  /** Executes a statement over another connection, which ends with it. `of`: how the server numbers this one. */
  elsewhere(sql: (of: number) => string): Promise<void>;
}

/** SERVER_STATUS_AUTOCOMMIT of https://dev.mysql.com/doc/dev/mysql-server/latest/mysql__com_8h.html */
const autocommitStatus = 2;
/** Executions of a batch that are sent before an answer is waited for. */
const executionsAtOnce = 100;
/** The server has no prepared statement of this kind. */
const notPreparable = 1295;
const deadlock = 1213;
/** What leaves no transaction behind. */
const endForm = /^(?:COMMIT$|ROLLBACK$|XA (?:COMMIT|ROLLBACK|PREPARE) |SET )/;

/** A connection to MySQL or MariaDB over either of the drivers. */
export class MysqlConnection implements DriverConnection {
  readonly #client: MysqlClient;
  readonly #prepares: boolean;
  #autocommit = true;
  /** Something was executed since the last transaction ended. */
  #used = false;
  readonly #streams = new Set<MysqlStream>();

  /** `prepares`: parameters travel beside the statement; otherwise the driver writes them into it. */
  constructor(client: MysqlClient, prepares: boolean) {
    this.#client = client;
    this.#prepares = prepares;
  }

  get raw(): unknown {
    return this.#client.raw;
  }
  /** With autocommit off, every statement begins a transaction where there is none. */
  get inTransaction(): boolean {
    return !this.#autocommit && this.#used;
  }

  async execute(sql: string, parameters: readonly unknown[], options: ExecuteOptions): Promise<DriverResult> {
    const { rows, columns, affectedRows, insertId } = await this.#execute(sql, parameters, options);
    return {
      rows: rows ?? [],
      columns,
      rowCount: rows === null ? affectedRows : rows.length,
      lastInsertId: insertId === 0 ? null : insertId,
    };
  }

  async executeMany(
    sql: string,
    parameterSets: readonly (readonly unknown[])[],
    options: ExecuteOptions,
  ): Promise<DriverBatchResult> {
    const rows: unknown[][] = [];
    const lastInsertIds: (number | bigint | null)[] = [];
    let columns: readonly string[] = [];
    let rowCount = 0;
    let unmatched = -1;
    for await (const answer of this.#answers(sql, parameterSets, options)) {
      columns = answer.columns;
      const count = answer.rows === null ? answer.affectedRows : answer.rows.length;
      if (count === 0 && unmatched < 0) unmatched = lastInsertIds.length;
      rowCount += count;
      for (const row of answer.rows ?? []) rows.push(row);
      lastInsertIds.push(answer.insertId === 0 ? null : answer.insertId);
    }
    return { rows, columns, rowCount, lastInsertIds, ...(unmatched < 0 ? {} : { unmatched }) };
  }

  /**
   * In a transaction, executions are sent without waiting for the answers of those before: what follows a failure is rolled
   * back with it. Without one, each waits for the one before.
   */
  async *#answers(
    sql: string,
    parameterSets: readonly (readonly unknown[])[],
    options: ExecuteOptions,
  ): AsyncGenerator<MysqlAnswer> {
    const atOnce = this.#autocommit ? 1 : executionsAtOnce;
    for (let start = 0; start < parameterSets.length; start += atOnce) {
      const sent = parameterSets.slice(start, start + atOnce).map((set) => this.#execute(sql, set, options));
      const answers = await Promise.allSettled(sent);
      for (const answer of answers) {
        if (answer.status === "rejected") throw answer.reason;
        yield answer.value;
      }
    }
  }

  async #execute(sql: string, parameters: readonly unknown[], options: ExecuteOptions): Promise<MysqlAnswer> {
    if (!options.converted) checkCount(sql, parameters);
    await this.#ready();
    const prepared = this.#prepares && options.prepare;
    try {
      const answer = await this.#client.execute(sql, parameters, prepared);
      if (answer.status !== null) this.#autocommit = (answer.status & autocommitStatus) !== 0;
      return answer;
    } catch (error) {
      if (prepared && numberOf(error) === notPreparable && parameters.length === 0) {
        return await this.#execute(sql, parameters, { ...options, prepare: false });
      }
      throw this.#noticed(error);
    }
  }

  /** A deadlock is resolved by rolling back one of the transactions: this one. */
  #noticed(error: unknown): unknown {
    if (numberOf(error) === deadlock) this.#used = false;
    return error;
  }

  /** There is one conversation with the server: rows that are still to come are read before the next statement. */
  async #ready(): Promise<void> {
    this.#used = true;
    for (const stream of this.#streams) await stream.drain();
  }

  async stream(sql: string, parameters: readonly unknown[], options: ExecuteOptions): Promise<RowStream> {
    if (!options.converted) checkCount(sql, parameters);
    await this.#ready();
    try {
      const source = await this.#client.open(sql, parameters, this.#prepares && options.prepare);
      return new MysqlStream(source, this.#streams);
    } catch (error) {
      throw this.#noticed(error);
    }
  }

  async run(sql: string): Promise<void> {
    await this.#ready();
    const { status } = await this.#client.execute(sql, [], false);
    if (status !== null) this.#autocommit = (status & autocommitStatus) !== 0;
    if (endForm.test(sql)) this.#used = false;
  }

  async close(): Promise<void> {
    await this.#client.close();
  }
  terminate(): void {
    this.#client.terminate();
  }
  cancel(): Promise<void> {
    return this.#client.elsewhere((of) => `KILL QUERY ${of}`);
  }
}

function numberOf(error: unknown): unknown {
  return error instanceof Error && "errno" in error ? error.errno : null;
}

/** One of the drivers would send a statement with a value missing, or with one that nothing asks for. */
function checkCount(sql: string, { length }: readonly unknown[]): void {
  const expected = parameterCount(sql);
  if (expected === length) return;
  throw new RangeError(
    `Too ${length < expected ? "few" : "many"} parameter values were provided: the statement has ${expected}, and ${length} came.`,
  );
}
