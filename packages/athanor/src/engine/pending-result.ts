import type { Row } from "../sql/statement/types.ts";
import { eachOf } from "../util/each-of.ts";
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
  /** Null where it cannot be streamed, as a batch cannot: then the rows are read to an end first. */
  readonly streamed: (() => Task<RowCursor>) | null;
  /** Rows to fetch at a time when streaming. */
  readonly batchSize: number;
}

/**
 * An execution that has been asked for. It starts when its result is read or awaited, at the latest with the next call on
 * the same connection or session, or in the next microtask: a statement whose result nobody reads runs, too.
 */
class PendingExecution<T, N> implements Source<T, N> {
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
    const { queue, streamed } = this.#plan;
    if (this.#result !== null || streamed === null) {
      yield* reader.fromResult(await this.result()).partitions(size);
      return;
    }
    this.#streaming = true;
    const cursor = await queue.run(streamed);
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

/** Batches of what can only be known when all rows are there. */
async function* partitionsOf<T>(result: Promise<Pick<Scalars<T>, "partitions">>, size: number): AsyncGenerator<T[]> {
  yield* (await result).partitions(size);
}

/** The rows of a statement before the database has answered: await it, read it to an end, or stream it with `for await`. */
export class PendingResult<T, N> implements PromiseLike<Result<T, N>>, AsyncIterable<Row<T, N>> {
  readonly #source: Source<T, N>;

  /** @internal */
  constructor(source: ExecutionPlan<T, N> | Source<T, N>) {
    this.#source = "batches" in source ? source : new PendingExecution(source);
  }

  #result(): Promise<Result<T, N>> {
    return this.#source.result();
  }
  #scalars<R>(read: (result: Result<T, N>) => Scalars<R>, reader: Reader<T, N, R>): PendingScalars<R> {
    return new PendingScalars({
      result: () => this.#result().then(read),
      batches: (size) => this.#source.batches(size, reader),
      batchSize: this.#source.batchSize,
    });
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
  finally(onEnd: () => void): Promise<Result<T, N>> {
    return this.#result().finally(onEnd);
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
  /** Leaves out rows that have been there before; all rows are read before the first is given. */
  unique(key?: (row: Row<T, N>) => unknown): PendingResult<T, N> {
    return new PendingResult<T, N>(new DerivedSource(this.#source, (result) => result.unique(key)));
  }
  /** Some columns of each row, in this order: by name, or by position from 0. */
  columns<const K extends readonly (keyof N & string)[]>(
    ...names: K
  ): PendingResult<{ readonly [I in keyof K]: N[K[I]] }, Pick<N, K[number]>>;
  columns(...columns: readonly (string | number)[]): PendingResult<readonly unknown[], Record<string, unknown>>;
  columns(...columns: readonly (string | number)[]): PendingResult<readonly unknown[], Record<string, unknown>> {
    return new PendingResult(new DerivedSource(this.#source, (result) => result.columns(...columns)));
  }
  /** The first column of each row, or another by name or position. */
  scalars(): PendingScalars<First<T>>;
  scalars(column: number | string): PendingScalars<unknown>;
  scalars(column?: number | string): PendingScalars<unknown> {
    if (column === undefined) return this.#scalars<unknown>((result) => result.scalars(), scalarReader<T, N>());
    return this.columns(column).scalars();
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
    return this.#scalars((result) => result.mappings(), mappingReader<T, N>());
  }
  /** The rows in groups of at most `size`, as they come. */
  partitions(size: number): AsyncIterable<Row<T, N>[]> {
    return this.#source.batches(size, rowReader<T, N>());
  }
  [Symbol.asyncIterator](): AsyncIterator<Row<T, N>> {
    return eachOf(this.partitions(this.#source.batchSize));
  }
}

/** Where a pending result's rows come from. */
interface Source<T, N> {
  readonly batchSize: number;
  result(): Promise<Result<T, N>>;
  batches<R>(size: number, reader: Reader<T, N, R>): AsyncIterable<R[]>;
}

/** Another source's rows, changed when they are all there. */
class DerivedSource<T0, N0, T, N> implements Source<T, N> {
  readonly batchSize: number;
  readonly #source: Source<T0, N0>;
  readonly #change: (result: Result<T0, N0>) => Result<T, N>;

  constructor(source: Source<T0, N0>, change: (result: Result<T0, N0>) => Result<T, N>) {
    this.batchSize = source.batchSize;
    this.#source = source;
    this.#change = change;
  }
  result(): Promise<Result<T, N>> {
    return this.#source.result().then(this.#change);
  }
  batches<R>(size: number, reader: Reader<T, N, R>): AsyncIterable<R[]> {
    return partitionsOf(
      this.result().then((result) => reader.fromResult(result)),
      size,
    );
  }
}

interface ScalarSource<T> {
  readonly batchSize: number;
  result(): Promise<Scalars<T>>;
  batches(size: number): AsyncIterable<T[]>;
}

/** The same for single values. */
export class PendingScalars<T> implements PromiseLike<Scalars<T>>, AsyncIterable<T> {
  readonly #source: ScalarSource<T>;

  /** @internal */
  constructor(source: ScalarSource<T>) {
    this.#source = source;
  }

  then<R = Scalars<T>, E = never>(
    onResult?: ((result: Scalars<T>) => R | PromiseLike<R>) | null,
    onError?: ((error: unknown) => E | PromiseLike<E>) | null,
  ): Promise<R | E> {
    return this.#source.result().then(onResult, onError);
  }
  catch<E = never>(onError: (error: unknown) => E | PromiseLike<E>): Promise<Scalars<T> | E> {
    return this.#source.result().catch(onError);
  }
  finally(onEnd: () => void): Promise<Scalars<T>> {
    return this.#source.result().finally(onEnd);
  }
  all(): Promise<T[]> {
    return this.#source.result().then((values) => values.all());
  }
  one(): Promise<T> {
    return this.#source.result().then((values) => values.one());
  }
  oneOrNone(): Promise<T | null> {
    return this.#source.result().then((values) => values.oneOrNone());
  }
  first(): Promise<T | null> {
    return this.#source.result().then((values) => values.first());
  }
  /** Leaves out values that have been there before; all are read before the first is given. */
  unique(key?: (value: T) => unknown): PendingScalars<T> {
    const { batchSize } = this.#source;
    const result = () => this.#source.result().then((values) => values.unique(key));
    return new PendingScalars({ batchSize, result, batches: (size) => partitionsOf(result(), size) });
  }
  /** The values in groups of at most `size`, as they come. */
  partitions(size: number): AsyncIterable<T[]> {
    return this.#source.batches(size);
  }
  [Symbol.asyncIterator](): AsyncIterator<T> {
    return eachOf(this.#source.batches(this.#source.batchSize));
  }
}
