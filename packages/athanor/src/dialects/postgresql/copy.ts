import type { Connection } from "../../engine/connection.ts";
import type { ConnectionCore } from "../../engine/connection-core.ts";
import { askRows, type DriverConnection } from "../../engine/driver.ts";
import { decodeRows } from "../../engine/natural-values.ts";
import { compiledFor, prepare } from "../../engine/prepare.ts";
import { dressRows, rowShape } from "../../engine/row.ts";
import { ArgumentError } from "../../errors/errors.ts";
import { NotSupportedError } from "../../errors/statement-errors.ts";
import type { Column } from "../../schema/column.ts";
import type { TableColumn } from "../../schema/table-column.ts";
import { compileStatement } from "../../sql/compile/compile.ts";
import type { ValueOf } from "../../sql/expression/shape.ts";
import type { Table } from "../../sql/expression/table.ts";
import type { Executable, Row } from "../../sql/statement/types.ts";
import { eachOf } from "../../util/each-of.ts";
import { isPromiseLike, settled, type Task } from "../../util/task.ts";
import { copyField, copyFields, LineReader } from "./copy-text.ts";
import { quoteIdentifier } from "./identifiers.ts";
import { postgresqlTraits } from "./types.ts";

/** The two halves of a COPY statement; between them stands where the data come from or go to. */
export interface CopyStatement {
  readonly head: string;
  readonly tail: string;
}

/** What a driver's connection does of COPY. */
export interface CopyConnection extends DriverConnection {
  /** Sends data as fast as the server takes them; resolves to the number of rows, -1 where the driver does not tell. */
  copyIn(statement: CopyStatement, data: AsyncIterable<Uint8Array>): Promise<number>;
  /** Data as they come, no faster than they are read. */
  copyOut(statement: CopyStatement): AsyncIterable<Uint8Array>;
  /** How the driver reads a column of a type, out of its text. */
  readerOf(typeCode: number): (text: string) => unknown;
}

/** The format of data that are copied as they are. */
export interface CopyFormat {
  readonly format: "text" | "csv" | "binary";
  /** The first line has the names of the columns. Not for `binary`. Default false. */
  readonly header?: boolean;
  /** What stands between values: a character. Default: a tab, for `csv` a comma. */
  readonly delimiter?: string;
  /** What stands for NULL. Default: `\N`, for `csv` nothing at all. */
  readonly null?: string;
}

/** A row to copy: values alone, no SQL expressions. */
export type CopyRow<S> = {
  [P in keyof S as S[P] extends Column<unknown, "always" | "relationship"> ? P : never]: ValueOf<S[P]>;
} & { [P in keyof S as S[P] extends Column<unknown, "generated"> ? P : never]?: ValueOf<S[P]> };

type Source<T> = Iterable<T> | AsyncIterable<T>;

/** How much is collected before it is sent, in characters. */
const pieceLength = 65_536;

/**
 * Writes rows into a table with COPY, the fastest way there is: rows of the table's type, or with `format` data as they come
 * out of a file. They may come as slowly as they like; no more are kept than the server takes. What the columns have of
 * defaults is filled in. Resolves to the number of rows.
 *
 * ```ts
 * await engine.begin((connection) => copyFrom(connection, items, [{ name: "one" }, { name: "two" }]));
 * ```
 *
 * @throws ArgumentError when rows do not have the same columns, IntegrityError and others as an INSERT.
 */
export function copyFrom<S, O extends string>(
  connection: Connection,
  target: Table<S, O>,
  rows: Source<CopyRow<S>>,
): Promise<number>;
export function copyFrom<S, O extends string>(
  connection: Connection,
  target: Table<S, O>,
  data: Source<Uint8Array | string>,
  options: CopyFormat & { readonly columns?: readonly (keyof S & string)[] },
): Promise<number>;
export function copyFrom(
  connection: Connection,
  target: Table<unknown, string>,
  source: Source<unknown>,
  options?: CopyFormat & { readonly columns?: readonly string[] },
): Promise<number> {
  // Which of the two it is, the overloads say.
  return options === undefined
    ? copyRows(connection, target, source as Source<Values>)
    : copyData(connection, target, source as Source<Uint8Array | string>, options);
}

async function copyRows(
  connection: Connection,
  target: Table<unknown, string>,
  source: Source<Values>,
): Promise<number> {
  const rows = Symbol.iterator in source ? source[Symbol.iterator]() : source[Symbol.asyncIterator]();
  const first = await rows.next();
  if (first.done === true) return 0;
  const writer = new RowWriter(target, first.value);
  const statement = statementOf(target, writer.columns, "FORMAT text");
  await connection.$run((core) => send(core, statement, writer.pieces(first.value, rows)));
  return writer.count;
}

function copyData(
  connection: Connection,
  target: Table<unknown, string>,
  source: Source<Uint8Array | string>,
  options: CopyFormat & { readonly columns?: readonly string[] },
): Promise<number> {
  const columns = options.columns?.map((key) => columnOf(target, key)) ?? target.columns.filter(isWritable);
  const statement = statementOf(target, columns, formatOptions(options));
  return connection.$run((core) => send(core, statement, bytes(source)));
}

function send(core: ConnectionCore, statement: CopyStatement, data: AsyncIterable<Uint8Array>): Task<number> {
  return core.lookUp((connection) => settled(copying(core, connection).copyIn(statement, data)), textOf(statement));
}

/**
 * Reads a SELECT with COPY: its rows as they come, or with `format` data as they would stand in a file. The connection is
 * taken until the last has been read; what is left early is read to its end and thrown away.
 */
export function copyTo<T, N, P>(connection: Connection, query: Executable<T, N, P>): AsyncIterable<Row<T, N>>;
export function copyTo<T, N, P>(
  connection: Connection,
  query: Executable<T, N, P>,
  options: CopyFormat,
): AsyncIterable<Uint8Array>;
export function copyTo(connection: Connection, query: unknown, options?: CopyFormat): AsyncIterable<unknown> {
  const { engine } = connection.$core;
  const { sql } = compileStatement(prepare(query).node, prepare(query).key, {
    dialect: engine.dialect,
    literalBinds: true,
  });
  return options === undefined
    ? eachOf(readRows(connection, query, sql))
    : readData(connection, { head: `COPY (${sql}) TO`, tail: `WITH (${formatOptions(options)})` });
}

async function* readRows(connection: Connection, query: unknown, sql: string): AsyncGenerator<readonly unknown[]> {
  const { engine } = connection.$core;
  const compiled = compiledFor(engine, prepare(query), null);
  // COPY tells nothing of its columns, so that an empty result is asked first.
  const { columns, typeCodes = [] } = await connection.$run((core) =>
    core.driverExecute(`SELECT * FROM (${sql}) AS copied LIMIT 0`, [], askRows),
  );
  const { readerOf } = await connection.$run((core) => core.lookUp((raw) => now(copying(core, raw))));
  const readers = typeCodes.map(readerOf);
  const shape = rowShape(compiled.knowsColumns ? compiled.keys : columns);
  const lines = new LineReader();
  for await (const piece of readData(connection, { head: `COPY (${sql}) TO`, tail: "WITH (FORMAT text)" })) {
    const rows = lines.read(piece).map((line) => copyFields(line, readers));
    decodeRows(engine.dialect, compiled, { columns, typeCodes }, rows);
    yield dressRows(rows, shape);
  }
}

async function* readData(connection: Connection, statement: CopyStatement): AsyncGenerator<Uint8Array> {
  const read = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<AsyncIterable<Uint8Array>>();
  // Nothing else can be executed before the last has been read.
  const turn = connection.$run(function* (core) {
    opened.resolve(yield* core.lookUp((raw) => now(copying(core, raw).copyOut(statement)), textOf(statement)));
    yield read.promise;
  });
  turn.catch(opened.reject);
  try {
    yield* await opened.promise;
  } catch (error) {
    throw connection.$core.failed(error, textOf(statement));
  } finally {
    read.resolve();
    await turn;
  }
}

// ── statements ───────────────────────────────────────────────────────────────
function statementOf(target: Table<unknown, string>, columns: readonly TableColumn[], options: string): CopyStatement {
  const schema = target.schema === null ? "" : `${quoteIdentifier(target.schema)}.`;
  const names = columns.map(({ name }) => quoteIdentifier(name)).join(", ");
  return { head: `COPY ${schema}${quoteIdentifier(target.name)} (${names}) FROM`, tail: `WITH (${options})` };
}
function textOf({ head, tail }: CopyStatement): string {
  return `${head} ${head.endsWith("FROM") ? "STDIN" : "STDOUT"} ${tail}`;
}

function formatOptions({ format, header = false, delimiter, null: nullText }: CopyFormat): string {
  if (!["text", "csv", "binary"].includes(format)) {
    throw new ArgumentError(`COPY has the formats text, csv and binary, not ${JSON.stringify(format)}.`);
  }
  if (format === "binary" && (header || delimiter !== undefined || nullText !== undefined)) {
    throw new ArgumentError("The binary format of COPY has no header, no delimiter and no text for NULL.");
  }
  const given = [
    header ? "HEADER true" : "",
    delimiter === undefined ? "" : `DELIMITER ${quoteText(delimiter)}`,
    nullText === undefined ? "" : `NULL ${quoteText(nullText)}`,
  ];
  return [`FORMAT ${format}`, ...given.filter((each) => each !== "")].join(", ");
}
function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function copying(core: ConnectionCore, connection: DriverConnection): CopyConnection {
  if ("copyIn" in connection && "copyOut" in connection) return connection as CopyConnection;
  throw new NotSupportedError(`${core.engine.dialect.name} has no COPY. Use insert() and select().`);
}

// ── rows ─────────────────────────────────────────────────────────────────────
/** Turns rows into lines, in pieces that are worth sending. */
class RowWriter {
  readonly columns: readonly TableColumn[];
  count = 0;
  readonly #keys: readonly string[];
  readonly #fields: readonly ((row: Values) => string)[];

  constructor(target: Table<unknown, string>, first: Values) {
    const keys = Object.keys(first);
    const given = keys.map((key) => columnOf(target, key));
    const filled = target.columns.filter((column) => !given.includes(column) && makerOf(column) !== null);
    this.#keys = keys;
    this.columns = [...given, ...filled];
    this.#fields = this.columns.map((column) => {
      const process = column.type.bindProcessor(postgresqlTraits);
      const make = given.includes(column) ? null : makerOf(column);
      return (row) => {
        const value = (make === null ? row[column.key] : make()) ?? null;
        return copyField(value === null || process === null ? value : process(value));
      };
    });
  }

  async *pieces(first: Values, rest: Iterator<Values> | AsyncIterator<Values>): AsyncGenerator<Uint8Array> {
    const encoder = new TextEncoder();
    let text = "";
    for (let step: IteratorResult<Values> = { value: first }; step.done !== true; ) {
      text += this.#line(step.value);
      if (text.length >= pieceLength) {
        yield encoder.encode(text);
        text = "";
      }
      // Rows that are there at once are not waited for one by one.
      const next = rest.next();
      step = isPromiseLike(next) ? await next : next;
    }
    if (text !== "") yield encoder.encode(text);
  }
  #line(row: Values): string {
    this.count += 1;
    if (!this.#fits(row)) {
      throw new ArgumentError(
        `All rows of copyFrom() have the columns of the first (${this.#keys.join()}). Row ${this.count} has: ${Object.keys(row).join()}.`,
      );
    }
    const fields = this.#fields;
    let line = fields[0]?.(row) ?? "";
    for (let i = 1; i < fields.length; i += 1) line += `\t${fields[i]?.(row)}`;
    return `${line}\n`;
  }
  #fits(row: Values): boolean {
    let count = 0;
    for (const _ in row) count += 1;
    if (count !== this.#keys.length) return false;
    for (const key of this.#keys) if (!(key in row)) return false;
    return true;
  }
}

type Values = Readonly<Record<string, unknown>>;

function columnOf(target: Table<unknown, string>, key: string): TableColumn {
  const column = target.columns.find((each) => each.key === key);
  if (column !== undefined) return column;
  const known = target.columns.map((each) => each.key).join(", ");
  throw new ArgumentError(`${target.name} has no column ${JSON.stringify(key)}. It has: ${known}.`);
}
function isWritable({ computed, system }: TableColumn): boolean {
  return computed === null && !system;
}
/** What makes a column's default here; the database's own defaults are its own matter. */
function makerOf({ default: value, key, table }: TableColumn): (() => unknown) | null {
  if (value === null) return null;
  if (value.kind === "value") return () => value.value;
  if (value.kind === "function") return value.create;
  throw new ArgumentError(
    `The default of ${table.name}.${key} is SQL, which COPY cannot execute. Give the rows a value, or use insert().`,
  );
}

async function* bytes(source: Source<Uint8Array | string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const piece of source) yield typeof piece === "string" ? encoder.encode(piece) : piece;
}
function* now<T>(value: T): Task<T> {
  return value;
}
