import type { Row } from "../sql/statement/types.ts";
import type { Task } from "../util/task.ts";
import type { TaskQueue } from "../util/task-queue.ts";
import type { First, Result, Scalars } from "./result.ts";
import { dressRows, type RowShape, rowShape } from "./row.ts";

/** Rows as they come, already as users see them. */
export interface RowCursor {
  readonly keys: readonly string[];
  next(size: number): Task<unknown[][]>;
  close(): Task<void>;
}

/** How a statement can be executed: to its end, or row by row. */
export interface ExecutionPlan<T, N> {
  readonly queue: TaskQueue;
  buffered(): Task<Result<T, N>>;
  streamed(): Task<RowCursor>;
  /** Rows to fetch at a time when streaming. */
  readonly batchSize: number;
}

/**
 * An execution that has been asked for. It starts when its result is read or awaited, at the latest with the next call on
 * the same connection or session, or in the next microtask: a statement whose result nobody reads runs, too.
 */
class PendingExecution<T, N> {
  readonly #plan: ExecutionPlan<T, N>;
  readonly #start: () => void;
  #result: Promise<Result<T, N>> | null = null;
  #streaming = false;

  constructor(plan: ExecutionPlan<T, N>) {
    this.#plan = plan;
    this.#start = () => {
      if (!this.#streaming) void this.result();
    };
    plan.queue.defer(this.#start);
  }

  result(): Promise<Result<T, N>> {
    if (this.#result === null) {
      // Set before it runs: `run` starts what has been put off, and that may be this.
      let settle!: (result: Promise<Result<T, N>>) => void;
      this.#result = new Promise((resolve) => {
        settle = resolve;
      });
      settle(this.#plan.queue.run(() => this.#plan.buffered()));
    }
    return this.#result;
  }

  /** Batches of what a reader makes of rows, each fetched in its own turn, so that other statements can run in between. */
  async *batches<R>(size: number, reader: Reader<T, N, R>): AsyncGenerator<R[], void, undefined> {
    if (this.#result !== null) {
      yield* reader.fromResult(await this.#result).partitions(size);
      return;
    }
    this.#streaming = true;
    const { queue } = this.#plan;
    const cursor = await queue.run(() => this.#plan.streamed());
    const shape = rowShape(cursor.keys);
    try {
      for (;;) {
        const rows = await queue.run(() => cursor.next(size));
        if (rows.length === 0) return;
        yield reader.fromRows(rows, shape);
      }
    } finally {
      await queue.run(() => cursor.close());
    }
  }

  get batchSize(): number {
    return this.#plan.batchSize;
  }
}

/** What users read of a row: the row itself, its first column, an object by name. */
interface Reader<T, N, R> {
  fromRows(rows: unknown[][], shape: RowShape): R[];
  fromResult(result: Result<T, N>): Pick<Scalars<R>, "partitions">;
}

// What a statement returns is known to its type; rows are arrays without one.
function rowReader<T, N>(): Reader<T, N, Row<T, N>> {
  return {
    fromRows: (rows, shape) => dressRows(rows, shape) as unknown[] as Row<T, N>[],
    fromResult: (result) => result,
  };
}
function scalarReader<T, N>(): Reader<T, N, First<T>> {
  return {
    fromRows: (rows) => rows.map((row) => row[0]) as First<T>[],
    fromResult: (result) => result.scalars(),
  };
}
function mappingReader<T, N>(): Reader<T, N, N> {
  return {
    fromRows: (rows, shape) => rows.map((row) => shape.toObject(row)) as unknown[] as N[],
    fromResult: (result) => result.mappings(),
  };
}

async function* each<T>(batches: AsyncIterable<T[]>): AsyncGenerator<T, void, undefined> {
  for await (const batch of batches) yield* batch;
}

/** The rows of a statement before the database has answered: await it, read it to an end, or stream it with `for await`. */
export class PendingResult<T, N> implements PromiseLike<Result<T, N>>, AsyncIterable<Row<T, N>> {
  readonly #execution: PendingExecution<T, N>;
  readonly #unique: boolean;

  constructor(plan: ExecutionPlan<T, N> | PendingExecution<T, N>, unique = false) {
    this.#execution = plan instanceof PendingExecution ? plan : new PendingExecution(plan);
    this.#unique = unique;
  }

  #result(): Promise<Result<T, N>> {
    const result = this.#execution.result();
    return this.#unique ? result.then((each) => each.unique()) : result;
  }

  then<R = Result<T, N>, E = never>(
    onResult?: ((result: Result<T, N>) => R | PromiseLike<R>) | null,
    onError?: ((error: unknown) => E | PromiseLike<E>) | null,
  ): Promise<R | E> {
    return this.#result().then(onResult, onError);
  }
  catch<E = never>(onError: (error: unknown) => E | PromiseLike<E>): Promise<Result<T, N> | E> {
    return this.#result().catch(onError);
  }
  all(): Promise<Row<T, N>[]> {
    return this.#result().then((result) => result.all());
  }
  one(): Promise<Row<T, N>> {
    return this.#result().then((result) => result.one());
  }
  oneOrNone(): Promise<Row<T, N> | null> {
    return this.#result().then((result) => result.oneOrNone());
  }
  first(): Promise<Row<T, N> | null> {
    return this.#result().then((result) => result.first());
  }
  unique(): PendingResult<T, N> {
    return new PendingResult(this.#execution, true);
  }
  scalars(): PendingScalars<First<T>> {
    return new PendingScalars(
      () => this.#result().then((result) => result.scalars()),
      (size) => this.#execution.batches(size, scalarReader<T, N>()),
      this.#execution.batchSize,
    );
  }
  scalar(): Promise<First<T> | null> {
    return this.#result().then((result) => result.scalar());
  }
  scalarOne(): Promise<First<T>> {
    return this.#result().then((result) => result.scalarOne());
  }
  scalarOneOrNone(): Promise<First<T> | null> {
    return this.#result().then((result) => result.scalarOneOrNone());
  }
  mappings(): PendingScalars<N> {
    return new PendingScalars(
      () => this.#result().then((result) => result.mappings()),
      (size) => this.#execution.batches(size, mappingReader<T, N>()),
      this.#execution.batchSize,
    );
  }
  /** The rows in groups of at most `size`, as they come. */
  partitions(size: number): AsyncIterable<Row<T, N>[]> {
    return this.#execution.batches(size, rowReader<T, N>());
  }
  [Symbol.asyncIterator](): AsyncIterator<Row<T, N>> {
    return each(this.partitions(this.#execution.batchSize));
  }
}

/** The same for single values. */
export class PendingScalars<T> implements PromiseLike<Scalars<T>>, AsyncIterable<T> {
  readonly #result: () => Promise<Scalars<T>>;
  readonly #stream: (size: number) => AsyncIterable<T[]>;
  readonly #batchSize: number;

  constructor(result: () => Promise<Scalars<T>>, stream: (size: number) => AsyncIterable<T[]>, batchSize: number) {
    this.#result = result;
    this.#stream = stream;
    this.#batchSize = batchSize;
  }

  then<R = Scalars<T>, E = never>(
    onResult?: ((result: Scalars<T>) => R | PromiseLike<R>) | null,
    onError?: ((error: unknown) => E | PromiseLike<E>) | null,
  ): Promise<R | E> {
    return this.#result().then(onResult, onError);
  }
  catch<E = never>(onError: (error: unknown) => E | PromiseLike<E>): Promise<Scalars<T> | E> {
    return this.#result().catch(onError);
  }
  all(): Promise<T[]> {
    return this.#result().then((values) => values.all());
  }
  one(): Promise<T> {
    return this.#result().then((values) => values.one());
  }
  oneOrNone(): Promise<T | null> {
    return this.#result().then((values) => values.oneOrNone());
  }
  first(): Promise<T | null> {
    return this.#result().then((values) => values.first());
  }
  unique(): PendingScalars<T> {
    return new PendingScalars(() => this.#result().then((values) => values.unique()), this.#stream, this.#batchSize);
  }
  /** The values in groups of at most `size`, as they come. */
  partitions(size: number): AsyncIterable<T[]> {
    return this.#stream(size);
  }
  [Symbol.asyncIterator](): AsyncIterator<T> {
    return each(this.#stream(this.#batchSize));
  }
}
