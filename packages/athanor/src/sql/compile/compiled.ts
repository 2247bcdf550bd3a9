import { ArgumentError, CompileError, StatementError } from "../../errors/errors.ts";
import type { TableColumn } from "../../schema/table-column.ts";
import { resultProcessorOf } from "../../sqltypes/processors.ts";
import type { SqlType } from "../../sqltypes/sql-type.ts";
import type { SelectItemNode } from "../nodes/statements.ts";
import type { SqlDialect } from "./sql-dialect.ts";

/** Where a parameter's value comes from. */
export type SlotSource =
  /** The n-th value of the statement, in the order of its cache key; `name` lets the execution replace it. */
  | { readonly kind: "value"; readonly index: number; readonly name: string | null; readonly required: boolean }
  /** The execution's parameters. */
  | { readonly kind: "parameter"; readonly key: string }
  /** A value that the compiler itself put there; it is part of the structure. */
  | { readonly kind: "constant"; readonly value: unknown }
  /** A column's default or on-update value, made anew for every row. */
  | { readonly kind: "default"; readonly column: TableColumn; readonly make: () => unknown };

export interface Slot {
  readonly source: SlotSource;
  readonly type: SqlType;
  readonly process: ((value: unknown) => unknown) | null;
  /** How a list is written out; null for a single value. */
  readonly expand: Expansion | null;
  /** Writes the value into the text, at each execution; absent where it is bound. */
  readonly literal?: ((value: unknown) => string) | undefined;
}

export interface Expansion {
  /** A list of tuples: the types of their positions. */
  readonly tuple: readonly SqlType[] | null;
  /** What stands in place of an empty list. */
  readonly empty: string;
  /** Tuples need VALUES in front, as in SQLite. */
  readonly rowKeyword: string;
  /** What stands before and behind each member: the function of a type. */
  readonly around?: readonly [before: string, after: string];
}

export interface ResultColumn {
  readonly key: string;
  readonly name: string;
  readonly type: SqlType;
}

/** Consecutive result columns that belong to one selected thing: an expression, or an entity's columns. */
export interface ResultGroup {
  readonly item: SelectItemNode;
  readonly start: number;
  readonly length: number;
}

/** What an INSERT tells about the keys it generates. */
export interface InsertInfo {
  /** The integer key that the database generates, when the statement gives it no value. */
  readonly generatedKey: TableColumn | null;
  /** Keys that the statement returns although nobody asked for rows: nothing else tells them. */
  readonly returnedKeys: readonly TableColumn[];
}

/** An INSERT of one row in three parts, so that the row can stand in it several times. */
export interface InsertedRow {
  readonly before: string;
  /** One more than the row has parameters. */
  readonly texts: readonly string[];
  readonly after: string;
  /** The generated key that is returned behind all other columns, by which rows can be put in the order of the parameters. */
  readonly sentinel: TableColumn | null;
  /** The number of the row stands behind its last text, and closes it. */
  readonly counted?: boolean;
}

export type StatementKind = "select" | "insert" | "update" | "delete" | "text";

export interface CompiledOptions {
  readonly kind: StatementKind;
  /** One more than slots. */
  readonly texts: readonly string[];
  readonly slots: readonly Slot[];
  readonly columns: readonly ResultColumn[];
  readonly groups: readonly ResultGroup[];
  /** Columns are found by position; false for text, whose columns the database names. */
  readonly knowsColumns: boolean;
  readonly insert: InsertInfo | null;
  readonly insertedRow: InsertedRow | null;
  readonly dialect: SqlDialect;
  /** What is allowed and hardly meant, for whoever executes the statement to say. */
  readonly warnings?: readonly string[];
}

export interface BoundStatement {
  readonly sql: string;
  readonly parameters: unknown[];
}

/** Beyond this, statements become longer, and not quicker, where no network is in between. */
const mostRowsAtOnce = 100;

/** A statement's text for one dialect, with what is needed to fill it and to read its rows. Kept in the engine's cache. */
export class CompiledStatement {
  readonly kind: StatementKind;
  readonly texts: readonly string[];
  /** The parameters, in the order in which they are first met; where they have numbers, one may stand in several places. */
  readonly slots: readonly Slot[];
  readonly columns: readonly ResultColumn[];
  readonly groups: readonly ResultGroup[];
  readonly knowsColumns: boolean;
  readonly insert: InsertInfo | null;
  /** The names of the columns in a row. */
  readonly keys: readonly string[];
  readonly returnsRows: boolean;
  /** What it returns are keys of the inserted row, which nobody has asked for as rows. */
  readonly returnsKeys: boolean;
  /** What is allowed and hardly meant: a FROM whose elements nothing brings together. */
  readonly warnings: readonly string[];
  /** Some column needs integers beyond 2^53. */
  readonly bigints: boolean;
  /** Converts the values of a row in place; null where the driver's values are already what they should be. */
  readonly decode: ((rows: unknown[][]) => void) | null;
  /** Positions of the columns whose types the statement does not know. */
  readonly untyped: readonly number[];
  /** The text, where it does not depend on the length of a list. */
  readonly sql: string | null;
  readonly #dialect: SqlDialect;
  readonly #insertedRow: InsertedRow | null;
  /** What stands between the texts. */
  readonly #places: readonly Slot[];
  readonly #expanded = new Map<string, string>();

  constructor(options: CompiledOptions) {
    this.kind = options.kind;
    this.texts = options.texts;
    this.slots = [...new Set(options.slots)];
    this.#places = options.slots;
    this.columns = options.columns;
    this.groups = options.groups;
    this.keys = options.columns.map((column) => column.key);
    this.knowsColumns = options.knowsColumns;
    this.insert = options.insert;
    this.warnings = options.warnings ?? [];
    this.returnsKeys = (options.insert?.returnedKeys.length ?? 0) > 0;
    this.returnsRows = options.columns.length > 0 || options.kind === "select" || options.kind === "text";
    this.bigints = options.columns.some((column) => column.type.needsBigInt);
    this.#dialect = options.dialect;
    this.#insertedRow = options.insertedRow;
    this.untyped = options.columns.flatMap(({ type }, index) => (type.stored.kind === "null" ? [index] : []));
    this.decode = rowDecoder(options.columns, this.bigints, options.dialect);
    this.sql = options.slots.some((slot) => slot.expand !== null || slot.literal !== undefined) ? null : this.#text([]);
  }

  /** The text and the driver's parameters for one set of values. */
  bind(values: readonly unknown[], parameters: Readonly<Record<string, unknown>> | null): BoundStatement {
    const { slots } = this;
    const bound: unknown[] = [];
    if (this.sql !== null) {
      for (let i = 0; i < slots.length; i += 1) {
        const slot = slots[i] as Slot;
        const value = valueOf(slot, values, parameters);
        bound.push(converted(slot, value));
      }
      return { sql: this.sql, parameters: bound };
    }
    const lists: (readonly unknown[])[] = [];
    const literals: string[] = [];
    for (const slot of slots) {
      const value = valueOf(slot, values, parameters);
      if (slot.literal !== undefined) literals.push(slot.literal(value));
      else if (slot.expand === null) bound.push(converted(slot, value));
      else lists.push(expand(slot, slot.expand, value, bound, this.#dialect));
    }
    const lengths = lists.map((list) => list.length);
    const sql = literals.length > 0 ? this.#text(lengths, literals) : this.#expandedText(lengths);
    return { sql, parameters: bound };
  }

  #expandedText(lengths: readonly number[]): string {
    const key = lengths.join();
    let text = this.#expanded.get(key);
    if (text === undefined) {
      text = this.#text(lengths);
      if (this.#expanded.size >= 100) this.#expanded.clear();
      this.#expanded.set(key, text);
    }
    return text;
  }

  /**
   * How many rows one execution of an INSERT may insert; 1 where they cannot stand in one statement, or where what it
   * returns would come in another order.
   */
  get rowsAtOnce(): number {
    const { sentinel } = this.#insertedRow ?? { sentinel: null };
    if (this.returnsRows && sentinel === null && !this.#dialect.capabilities.orderedReturning) return 1;
    return this.rowsOfPage(mostRowsAtOnce);
  }

  /** The same where no order is asked for, and for pages of another size. */
  rowsOfPage(size: number): number {
    if (this.#insertedRow === null) return 1;
    return Math.max(1, Math.min(size, Math.floor(this.#dialect.maxParameters / this.slots.length)));
  }

  /** The text of an INSERT with so many rows; its parameters are those of the rows, one after the other. */
  textForRows(count: number): string {
    const parts = this.#insertedRow;
    if (parts === null) throw new CompileError("This statement does not insert rows that come with its execution.");
    let position = 0;
    const rows = Array.from({ length: count }, (_, index) => {
      const row = parts.texts.reduce((text, next) => {
        position += 1;
        return text + this.#dialect.placeholder(position) + next;
      });
      return parts.counted === true ? `${row}${index})` : row;
    });
    return parts.before + rows.join(", ") + parts.after;
  }

  /** Puts the rows of such INSERTs in the order of their parameters, and takes away what they were sorted by. */
  sortInserted(rows: unknown[][]): void {
    const sentinel = this.#insertedRow?.sentinel ?? null;
    if (sentinel === null) return;
    const process = resultProcessorOf(sentinel.type, this.#dialect.types, this.bigints);
    const keyed = rows.map((row) => {
      const key = row.pop();
      return { row, key: (process === null ? key : process(key)) as number | bigint };
    });
    keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
    for (const [index, { row }] of keyed.entries()) rows[index] = row;
  }

  /** Joins texts and markers; `lengths` says how many members each list has, `literals` what is written out. */
  #text(lengths: readonly number[], literals: readonly string[] = []): string {
    let text = this.texts[0] ?? "";
    let position = 0;
    let list = 0;
    let literal = 0;
    const positions = new Map<Slot, number>();
    for (const [index, slot] of this.#places.entries()) {
      if (slot.literal !== undefined) {
        text += literals[literal] ?? "";
        literal += 1;
      } else if (slot.expand === null) {
        const known = positions.get(slot);
        if (known === undefined) {
          position += 1;
          positions.set(slot, position);
        }
        text += this.#dialect.placeholder(known ?? position);
      } else {
        const length = lengths[list] ?? 0;
        list += 1;
        const members = Array.from({ length }, () => {
          const width = slot.expand?.tuple?.length ?? 1;
          const markers = Array.from({ length: width }, () => {
            position += 1;
            return this.#dialect.placeholder(position);
          });
          const [before, after] = slot.expand?.around ?? ["", ""];
          return slot.expand?.tuple == null ? before + markers[0] + after : `(${markers.join(", ")})`;
        });
        text += length === 0 ? slot.expand.empty : `${slot.expand.rowKeyword}${members.join(", ")}`;
      }
      text += this.texts[index + 1] ?? "";
    }
    return text;
  }
}

function valueOf(
  { source }: Slot,
  values: readonly unknown[],
  parameters: Readonly<Record<string, unknown>> | null,
): unknown {
  switch (source.kind) {
    case "value": {
      const { name } = source;
      if (name !== null && parameters !== null && Object.hasOwn(parameters, name)) return known(parameters[name], name);
      if (source.required) {
        throw new StatementError(`The statement needs a value for the parameter ${JSON.stringify(name)}.`);
      }
      return called(values[source.index]);
    }
    case "parameter": {
      const value = parameters?.[source.key];
      if (value === undefined) {
        throw new ArgumentError(
          `A value for ${JSON.stringify(source.key)} is required in every set of parameters; ` +
            "pass null for NULL. (The first set decides which columns are given.)",
        );
      }
      return value;
    }
    case "constant":
      return called(source.value);
    case "default":
      return source.make();
  }
}

/** A value that was given as a function is asked for at each execution. */
export function called(value: unknown): unknown {
  return typeof value === "function" ? value() : value;
}

function known(value: unknown, name: string): unknown {
  if (value === undefined) throw new ArgumentError(`The parameter ${JSON.stringify(name)} was given undefined.`);
  return value;
}

/** The value as the driver takes it. NULL is the same for all types but those that have a form of their own for it. */
export function converted(slot: Slot, value: unknown): unknown {
  if (slot.process === null || (value === null && !slot.type.bindsNull)) return value;
  try {
    return slot.process(value);
  } catch (cause) {
    const what = describeSource(slot.source);
    throw new StatementError(`${what}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

function describeSource(source: SlotSource): string {
  switch (source.kind) {
    case "value":
      return source.name === null ? "A value of the statement" : `The parameter ${JSON.stringify(source.name)}`;
    case "constant":
      return "A value of the library's own";
    case "parameter":
      return `The value for ${JSON.stringify(source.key)}`;
    case "default":
      return `The default of ${JSON.stringify(`${source.column.table.name}.${source.column.name}`)}`;
  }
}

function expand(
  slot: Slot,
  { tuple }: Expansion,
  value: unknown,
  bound: unknown[],
  dialect: SqlDialect,
): readonly unknown[] {
  if (!Array.isArray(value)) throw new ArgumentError("The parameter of an IN list takes an array.");
  const list: readonly unknown[] = value;
  for (const member of list) {
    if (member === undefined) throw new ArgumentError("An IN list was given undefined.");
    if (tuple === null) {
      bound.push(converted(slot, member));
      continue;
    }
    if (!Array.isArray(member) || member.length !== tuple.length) {
      throw new ArgumentError(`An IN list of tuples takes arrays of ${tuple.length} values.`);
    }
    for (const [index, part] of (member as readonly unknown[]).entries()) {
      const process = tuple[index]?.bindProcessor(dialect.types) ?? null;
      bound.push(part === null || process === null ? part : process(part));
    }
  }
  return list;
}

/** Decides once which columns need work; the loop over rows then has no decisions to make. */
function rowDecoder(
  columns: readonly ResultColumn[],
  bigints: boolean,
  dialect: SqlDialect,
): ((rows: unknown[][]) => void) | null {
  const steps = columns.flatMap(({ type }, index) => {
    const process = resultProcessorOf(type, dialect.types, bigints);
    return process === null ? [] : [{ index, process }];
  });
  if (steps.length === 0) return null;
  return (rows) => {
    for (const { index, process } of steps) {
      for (const row of rows) {
        const value = row[index];
        if (value !== null) row[index] = process(value);
      }
    }
  };
}
