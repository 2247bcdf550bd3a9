import type { CopyConnection, CopyStatement } from "../dialects/postgresql/copy.ts";
import type { DriverBatchResult, DriverResult, ExecuteOptions, RowStream } from "../engine/driver.ts";
import { bindable, parserOf } from "./postgresql-values.ts";

/** What a client of PostgreSQL's answers to one statement. */
export interface PostgresqlAnswer {
  readonly rows: unknown[][];
  readonly columns: readonly string[];
  readonly typeCodes: readonly number[];
  /** Rows returned or changed; -1 where the statement has no such number. */
  readonly rowCount: number;
}

/** An open session, as far as PostgreSQL's drivers agree. */
export interface PostgresqlClient {
  /** Executes one statement. Calls that are made without waiting are sent without waiting, where the driver can. */
  query(sql: string, parameters: readonly unknown[], prepare: boolean): Promise<PostgresqlAnswer>;
  /** Prepares statements anew from now on: those on the server know types that may be gone. */
  forgetPrepared?(): void;
  /** Executes statements without parameters, separated by semicolons. */
  script(sql: string): Promise<void>;
  close(): Promise<void>;
  /** Ends the session without waiting for the server. */
  terminate?(): void;
  /** Stops what the session is executing. */
  cancel?(): Promise<void>;
  /** COPY: data to the server, and from it. */
  copyIn(statement: CopyStatement, data: AsyncIterable<Uint8Array>): Promise<number>;
  copyOut(statement: CopyStatement): AsyncIterable<Uint8Array>;
  /** Hears of messages to a channel until what it returns is called, or the session ends. */
  listen(channel: string, receive: (payload: string) => void, lost: () => void): Promise<() => Promise<void>>;
  readonly closed: boolean;
  readonly raw: unknown;
}

type TransactionState = "none" | "open" | "failed";

/** How many executions of a batch are under way at the same time. */
const pipelineLength = 500;
/** Rows that are fetched together with the opening of a cursor. */
const firstFetch = 100;

const controlForm =
  /^\s*(?:(begin|start\s+transaction)|(commit|end|rollback|abort|prepare\s+transaction)(?!\s+(?:work\s+|transaction\s+)?to\b)|(rollback)\s)/i;
/** Types and columns may be others afterwards. */
const schemaForm = /^\s*(?:create|alter|drop)\b/i;
const queryForm = /^[\s(]*(?:select|values|table)\b/i;
const withForm = /^\s*with\b/i;
const changeForm = /\b(?:insert|update|delete|merge)\b/i;

/** A connection to PostgreSQL over any of its drivers. */
export class PostgresqlConnection implements CopyConnection {
  readonly cancel?: () => Promise<void>;
  readonly terminate?: () => void;
  readonly #client: PostgresqlClient;
  readonly #keepsSession: boolean;
  #state: TransactionState = "none";
  #cursors = 0;

  /** `keepsSession`: what is made for the session is there in the next transaction, too. */
  constructor(client: PostgresqlClient, keepsSession = true) {
    this.#client = client;
    this.#keepsSession = keepsSession;
    if (client.cancel !== undefined) this.cancel = client.cancel.bind(client);
    if (client.terminate !== undefined) this.terminate = client.terminate.bind(client);
  }

  get raw(): unknown {
    return this.#client.raw;
  }
  get inTransaction(): boolean {
    return this.#state !== "none";
  }

  execute(sql: string, parameters: readonly unknown[], options: ExecuteOptions): Promise<DriverResult> {
    return this.#query(sql, options.converted ? parameters : bindable(parameters), options.prepare).then(withoutId);
  }

  async executeMany(
    sql: string,
    parameterSets: readonly (readonly unknown[])[],
    options: ExecuteOptions,
  ): Promise<DriverBatchResult> {
    const rows: unknown[][] = [];
    let rowCount = 0;
    let unmatched = -1;
    let last: PostgresqlAnswer | null = null;
    // Outside a transaction, what comes behind a failure would be executed.
    const atOnce = this.#state === "none" ? 1 : pipelineLength;
    for (let start = 0; start < parameterSets.length; start += atOnce) {
      const sets = parameterSets.slice(start, start + atOnce);
      const bound = options.converted ? sets : sets.map(bindable);
      const answers = await allOf(bound.map((each) => this.#query(sql, each, options.prepare)));
      for (const [index, answer] of answers.entries()) {
        if (answer.rowCount === 0 && unmatched < 0) unmatched = start + index;
        for (const row of answer.rows) rows.push(row);
        rowCount = rowCount < 0 || answer.rowCount < 0 ? -1 : rowCount + answer.rowCount;
        last = answer;
      }
    }
    return {
      rows,
      rowCount,
      columns: last?.columns ?? [],
      typeCodes: last?.typeCodes ?? [],
      lastInsertIds: null,
      ...(unmatched < 0 ? {} : { unmatched }),
    };
  }

  async stream(sql: string, parameters: readonly unknown[], options: ExecuteOptions): Promise<RowStream> {
    const bound = options.converted ? parameters : bindable(parameters);
    const canKeep = this.#keepsSession || this.#state === "open";
    if (!isQuery(sql) || !canKeep) return new AnswerStream(await this.#query(sql, bound, options.prepare));
    this.#cursors += 1;
    const name = `athanor_cursor_${this.#cursors}`;
    // Outside a transaction, a cursor lasts beyond its statement only if the server keeps the rows.
    const hold = this.#state === "none" ? "WITH HOLD " : "";
    const declare = `DECLARE ${name} NO SCROLL CURSOR ${hold}FOR ${sql}`;
    const fetch = (count: number) => this.#query(`FETCH FORWARD ${count} FROM ${name}`, [], false);
    const [, first] = await allOf([this.#query(declare, bound, false), fetch(firstFetch)]);
    if (first === undefined) throw new RangeError("A cursor gave no answer.");
    const close = async (): Promise<void> => {
      if (this.#state === "failed" || this.#client.closed) return;
      if (hold !== "" || this.#state === "open") await this.#query(`CLOSE ${name}`, [], false);
    };
    return new CursorStream(first, fetch, close);
  }

  /** A transaction in which a statement has failed cannot be committed: the server would roll it back without a word. */
  async run(sql: string): Promise<void> {
    const isCommit = /^\s*commit/i.test(sql);
    if (isCommit && this.#state === "failed") {
      this.#state = "none";
      await this.#client.script("ROLLBACK");
      throw new AbortedTransaction();
    }
    // What a lost connection had done is rolled back already; a commit must fail.
    if (this.#client.closed && /^\s*rollback\s*$/i.test(sql)) this.#state = "none";
    else await this.#observed(sql, this.#client.script(sql));
  }

  copyIn(statement: CopyStatement, data: AsyncIterable<Uint8Array>): Promise<number> {
    return this.#observed("COPY", this.#client.copyIn(statement, data));
  }
  async *copyOut(statement: CopyStatement): AsyncGenerator<Uint8Array> {
    try {
      yield* this.#client.copyOut(statement);
    } catch (error) {
      if (this.#state === "open") this.#state = "failed";
      throw error;
    }
  }
  readerOf(typeCode: number): (text: string) => unknown {
    return parserOf(typeCode);
  }

  listen(channel: string, receive: (payload: string) => void, lost: () => void): Promise<() => Promise<void>> {
    return this.#client.listen(channel, receive, lost);
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  #query(sql: string, parameters: readonly unknown[], prepare: boolean): Promise<PostgresqlAnswer> {
    return this.#observed(sql, this.#client.query(sql, parameters, prepare));
  }

  /** Follows the transaction: its beginning, its end, and a failure inside it. */
  #observed<T>(sql: string, answer: Promise<T>): Promise<T> {
    const control = controlForm.exec(sql);
    return answer.then(
      (value) => {
        if (control !== null) this.#state = control[2] === undefined ? "open" : "none";
        else if (schemaForm.test(sql)) this.#client.forgetPrepared?.();
        return value;
      },
      (error: unknown) => {
        if (this.#state === "open") this.#state = "failed";
        throw error;
      },
    );
  }
}

/** What the server would call a COMMIT that rolls back. */
class AbortedTransaction extends Error {
  readonly code = "25P02";
  override readonly name = "DatabaseError";

  constructor() {
    super(
      "The transaction has been rolled back, not committed: a statement in it had failed. " +
        "Roll back to a savepoint to go on after a failure.",
    );
  }
}

function withoutId(answer: PostgresqlAnswer): DriverResult {
  return { ...answer, lastInsertId: null };
}

/** Waits for all, whatever fails: nothing is under way any more when the first failure is told. */
async function allOf<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(promises);
  return settled.map((each) => {
    if (each.status === "rejected") throw each.reason;
    return each.value;
  });
}

/** A cursor can be declared for it. */
function isQuery(sql: string): boolean {
  return queryForm.test(sql) || (withForm.test(sql) && !changeForm.test(sql));
}

/** Rows that are here already. */
class AnswerStream implements RowStream {
  readonly columns: readonly string[];
  readonly typeCodes: readonly number[];
  readonly #rows: unknown[][];
  #position = 0;

  constructor({ rows, columns, typeCodes }: PostgresqlAnswer) {
    this.#rows = rows;
    this.columns = columns;
    this.typeCodes = typeCodes;
  }
  next(size: number): unknown[][] {
    const batch = this.#rows.slice(this.#position, this.#position + size);
    this.#position += batch.length;
    return batch;
  }
  close(): void {
    this.#position = this.#rows.length;
  }
}

/** Rows that the server keeps. */
class CursorStream implements RowStream {
  readonly columns: readonly string[];
  readonly typeCodes: readonly number[];
  readonly #fetch: (count: number) => Promise<PostgresqlAnswer>;
  readonly #close: () => Promise<void>;
  #buffered: unknown[][];
  #exhausted: boolean;

  constructor(
    first: PostgresqlAnswer,
    fetch: (count: number) => Promise<PostgresqlAnswer>,
    close: () => Promise<void>,
  ) {
    this.columns = first.columns;
    this.typeCodes = first.typeCodes;
    this.#buffered = first.rows;
    this.#exhausted = first.rows.length < firstFetch;
    this.#fetch = fetch;
    this.#close = close;
  }
  async next(size: number): Promise<unknown[][]> {
    const batch = this.#buffered.splice(0, size);
    const missing = size - batch.length;
    if (missing > 0 && !this.#exhausted) {
      const { rows } = await this.#fetch(missing);
      this.#exhausted = rows.length < missing;
      for (const row of rows) batch.push(row);
    }
    return batch;
  }
  async close(): Promise<void> {
    this.#buffered = [];
    this.#exhausted = true;
    await this.#close();
  }
}
