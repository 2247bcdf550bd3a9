import {
  InvalidRequestError,
  MultipleResultsFound,
  NoResultFound,
  NoSuchColumnError,
  ResourceClosedError,
} from "../errors/errors.ts";
import type { Row } from "../sql/statement/types.ts";
import type { CursorResult } from "./cursor-result.ts";
import { distinct } from "./distinct.ts";
import { dressRows, type RowShape, rowShape } from "./row.ts";

/** The first column of a row. */
export type First<T> = T extends readonly [infer F, ...unknown[]] ? F : undefined;

/** Values in the order of the rows: what `scalars()` and `mappings()` give. They are read once. */
export class Scalars<T> implements Iterable<T> {
  #values: readonly T[] | null;
  #position = 0;
  #needsUnique: boolean;

  constructor(values: readonly T[], needsUnique = false) {
    this.#values = values;
    this.#needsUnique = needsUnique;
  }

  /** The values that have not been read; the result is exhausted afterwards. */
  #rest(): T[] {
    const values = this.#open();
    const rest = this.#position === 0 ? (values as T[]) : values.slice(this.#position);
    this.#position = values.length;
    return rest;
  }
  #open(): readonly T[] {
    if (this.#values === null) throw new ResourceClosedError("This result is closed: it has been read.");
    if (this.#needsUnique) {
      throw new InvalidRequestError(
        "The unique() method must be invoked on this result, as it contains joined eager loads of collections, which repeat rows.",
        { code: "unique-required" },
      );
    }
    return this.#values;
  }

  /** All values that are left. */
  all(): T[] {
    return this.#rest();
  }
  /** The only value. Throws NoResultFound or MultipleResultsFound. */
  one(): T {
    const [first, second] = this.#firstTwo();
    if (first === undefined) throw new NoResultFound("No row was found when one was required");
    if (second !== undefined) throw new MultipleResultsFound("Multiple rows were found when exactly one was required");
    return first.value;
  }
  /** The only value, or null without one. Throws MultipleResultsFound. */
  oneOrNone(): T | null {
    const [first, second] = this.#firstTwo();
    if (second !== undefined) throw new MultipleResultsFound("Multiple rows were found when one or none was required");
    return first === undefined ? null : first.value;
  }
  /** The first value, or null; the others are given up. */
  first(): T | null {
    const [first] = this.#firstTwo();
    return first === undefined ? null : first.value;
  }
  #firstTwo(): readonly { readonly value: T }[] {
    const values = this.#open();
    const found = values.slice(this.#position, this.#position + 2).map((value) => ({ value }));
    this.#values = null;
    return found;
  }
  /** At most `size` of the values that are left. */
  fetchMany(size: number): T[] {
    const values = this.#open();
    const part = values.slice(this.#position, this.#position + size);
    this.#position += part.length;
    return part;
  }
  /** Leaves out what has been there before: entities by identity, rows by their values; or by a key of your own. */
  unique(key?: (value: T) => unknown): Scalars<T> {
    this.#needsUnique = false;
    return new Scalars(distinct(this.#rest(), key));
  }
  /** The values in groups of at most `size`. */
  *partitions(size: number): Iterable<T[]> {
    for (let part = this.fetchMany(size); part.length > 0; part = this.fetchMany(size)) yield part;
  }
  [Symbol.iterator](): Iterator<T> {
    return this.#rest()[Symbol.iterator]();
  }
}

/** What a layer above makes of the rows of a statement: entities in place of their columns. */
export interface ResultContent {
  readonly keys: readonly string[];
  readonly rows: unknown[][];
  /** The values of one column, where the layer has them at hand without making rows. */
  column?(index: number): unknown[];
  /** Rows repeat because of joined collections: `unique()` is required. */
  readonly needsUnique?: boolean;
}

/** The rows of a statement, or the number of rows that it changed. Rows are read once. */
export class Result<T, N> implements Iterable<Row<T, N>> {
  readonly #cursor: CursorResult;
  readonly #content: ResultContent;
  #needsUnique: boolean;
  #dressed: Scalars<Row<T, N>> | null = null;
  #taken = false;

  constructor(cursor: CursorResult, content: ResultContent = cursor) {
    this.#cursor = cursor;
    this.#content = content;
    this.#needsUnique = content.needsUnique ?? false;
  }

  /** Rows that an INSERT, UPDATE or DELETE has matched; -1 where the driver does not tell. */
  get rowCount(): number {
    return this.#cursor.rowCount;
  }
  /** Whether the statement returns rows. */
  get returnsRows(): boolean {
    return this.#cursor.returnsRows;
  }
  /** The key that the last INSERT has generated, where the database tells. */
  get lastInsertId(): number | bigint | null {
    return this.#cursor.lastInsertId;
  }
  /** The primary key of the one row that an INSERT has inserted, in the order of the key's columns. */
  get insertedPrimaryKey(): readonly unknown[] {
    const keys = this.insertedPrimaryKeys;
    const [key] = keys;
    if (key !== undefined && keys.length === 1) return key;
    throw new InvalidRequestError("Several rows were inserted: read insertedPrimaryKeys.");
  }
  /** The primary keys of inserted rows in the order of the parameters. */
  get insertedPrimaryKeys(): readonly (readonly unknown[])[] {
    const keys = this.#cursor.insertedPrimaryKeys;
    if (keys !== null) return keys;
    throw new InvalidRequestError(
      "The keys are known of INSERT statements only; use returning() for several rows in values().",
    );
  }
  /** Names of the columns. */
  keys(): readonly string[] {
    return this.#content.keys;
  }

  /** What it was made of, for a layer that passes it on in place of another; it counts as read. @internal */
  $release(): { readonly cursor: CursorResult; readonly content: ResultContent } {
    if (this.#cursor.returnsRows) this.#markTaken();
    return { cursor: this.#cursor, content: this.#content };
  }

  #shape(): RowShape {
    return rowShape(this.#content.keys);
  }
  #take(): unknown[][] {
    this.#markTaken();
    return this.#content.rows;
  }
  #markTaken(): void {
    if (!this.#cursor.returnsRows) {
      throw new ResourceClosedError(
        "This result does not return rows: the statement has none, so it has been closed automatically.",
      );
    }
    if (this.#taken) throw new ResourceClosedError("This result is closed: it has been read.");
    this.#taken = true;
  }
  #rows(): Scalars<Row<T, N>> {
    if (this.#dressed === null) {
      const rows = dressRows(this.#take(), this.#shape());
      // A row is its array with names; the statement's type says which.
      this.#dressed = new Scalars(rows as unknown as Row<T, N>[], this.#needsUnique);
    }
    return this.#dressed;
  }

  all(): Row<T, N>[] {
    return this.#rows().all();
  }
  one(): Row<T, N> {
    return this.#rows().one();
  }
  oneOrNone(): Row<T, N> | null {
    return this.#rows().oneOrNone();
  }
  first(): Row<T, N> | null {
    return this.#rows().first();
  }
  fetchMany(size: number): Row<T, N>[] {
    return this.#rows().fetchMany(size);
  }
  partitions(size: number): Iterable<Row<T, N>[]> {
    return this.#rows().partitions(size);
  }
  [Symbol.iterator](): Iterator<Row<T, N>> {
    return this.#rows()[Symbol.iterator]();
  }
  /** Leaves out rows that have been there before: whose values are the same, or what `key` makes of them. */
  unique(key?: (row: Row<T, N>) => unknown): Result<T, N> {
    const rows = this.#take();
    // A row is its array with names; the statement's type says which.
    const keyOf = key as ((row: readonly unknown[]) => unknown) | undefined;
    return this.#with(distinct(keyOf === undefined ? rows : dressRows(rows, this.#shape()), keyOf));
  }
  /** Some columns of each row, in this order: by name, or by position from 0. */
  columns<const K extends readonly (keyof N & string)[]>(
    ...names: K
  ): Result<{ readonly [I in keyof K]: N[K[I]] }, Pick<N, K[number]>>;
  columns(...columns: readonly (string | number)[]): Result<readonly unknown[], Record<string, unknown>>;
  columns(...columns: readonly (string | number)[]): Result<readonly unknown[], Record<string, unknown>> {
    const indexes = columns.map((column) => this.#indexOf(column));
    const rows = this.#take().map((row) => indexes.map((index) => row[index]));
    const keys = indexes.map((index) => this.#content.keys[index] ?? "");
    return new Result(this.#cursor, { keys, rows, needsUnique: this.#needsUnique });
  }
  /** Keeps the rows, to read them as often as wanted: each call of what it returns gives a new result. */
  freeze(): () => Result<T, N> {
    const rows = this.#take();
    return () => this.#with(rows.map((row) => Array.from(row)));
  }
  /** The rows of this result and of others of the same statement, one after the other. */
  merge(...others: readonly Result<T, N>[]): Result<T, N> {
    return this.#with([this, ...others].flatMap((each) => each.#take()));
  }
  #with(rows: unknown[][]): Result<T, N> {
    return new Result<T, N>(this.#cursor, { keys: this.#content.keys, rows });
  }

  /** The first column of each row, or the one that is named. */
  scalars(): Scalars<First<T>>;
  scalars(column: number | string): Scalars<unknown>;
  scalars(column: number | string = 0): Scalars<unknown> {
    const index = this.#indexOf(column);
    this.#markTaken();
    const content = this.#content;
    return new Scalars(content.column?.(index) ?? columnOf(content.rows, index), this.#needsUnique);
  }
  #indexOf(column: number | string): number {
    const { keys } = this.#content;
    const index = typeof column === "number" ? column : keys.indexOf(column);
    if (this.#cursor.returnsRows && (index < 0 || index >= keys.length)) {
      throw new NoSuchColumnError(`The rows have no column ${JSON.stringify(column)}. There are: ${keys.join(", ")}.`);
    }
    return index;
  }
  /** The first column of the first row; null without a row. */
  scalar(): First<T> | null {
    return this.scalars().first();
  }
  /** The first column of the only row. */
  scalarOne(): First<T> {
    return this.scalars().one();
  }
  scalarOneOrNone(): First<T> | null {
    return this.scalars().oneOrNone();
  }
  /** Each row as an object by name. */
  mappings(): Scalars<N> {
    const shape = this.#shape();
    const objects = this.#take().map((row) => shape.toObject(row));
    return new Scalars(objects as unknown as N[], this.#needsUnique);
  }
}

function columnOf(rows: readonly (readonly unknown[])[], index: number): unknown[] {
  const values = new Array<unknown>(rows.length);
  for (let i = 0; i < rows.length; i += 1) values[i] = rows[i]?.[index];
  return values;
}
