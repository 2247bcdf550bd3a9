import { CompileError, UnsupportedCompilationError } from "../../errors/errors.ts";
import type { ColumnDefault } from "../../schema/column-definition.ts";
import type { Sequence } from "../../schema/sequence.ts";
import type { TableColumn } from "../../schema/table-column.ts";
import type { SqlType } from "../../sqltypes/sql-type.ts";
import { NODE } from "../../util/symbols.ts";
import type { ExpressionNode } from "../nodes/expressions.ts";
import type { AssignmentNode, ConflictNode, InsertNode, QueryNode, SelectItemNode } from "../nodes/statements.ts";
import type { InsertedRow, InsertInfo, Slot } from "./compiled.ts";
import { columnIn } from "./from-clause.ts";
import { QueryCompiler } from "./query-compiler.ts";
import { isMeant } from "./sql-dialect.ts";

/** A column and the SQL of what is written into it. */
interface Value {
  readonly column: TableColumn;
  readonly text: string;
}

/** RETURNING of the statement tells how rows are read; inside WITH it names columns. */
export type ReturningNaming = "statement" | "table";

/** Names of what puts many rows in an order. */
const sentinelTable = "imp_sen";
const sentinelCounter = "sen_counter";
const sentinelName = "sen_key";

/** Turns INSERT into SQL, and what the statements that change data have in common. */
export abstract class InsertCompiler extends QueryCompiler {
  protected insertInfo: InsertInfo | null = null;
  /** The row of an INSERT whose values come with the execution, for many of them in one statement. */
  protected insertedRow: InsertedRow | null = null;

  // ── INSERT ─────────────────────────────────────────────────────────────────
  insert(node: InsertNode, parameterKeys: readonly string[] | null, naming: ReturningNaming): string {
    const into = `INSERT ${this.hintText(node.hints, "prefix")}INTO ${this.tableName(node.table)}`;
    const tail = () =>
      this.hintText(node.hints, "afterValues") +
      this.conflictClauses(node) +
      this.returning(this.#returned(node, naming), naming) +
      this.hintText(node.hints, "suffix");
    if (node.select !== null) return into + this.insertSelect(node) + tail();
    const rows = this.insertRows(node, parameterKeys);
    const [first] = rows;
    if (first === undefined) throw new CompileError("An INSERT was given no rows.");
    if (first.length === 0) {
      if (rows.length > 1) throw new CompileError("Several rows of nothing but defaults take an INSERT each.");
      return `${into}${this.can.defaultValues ? " DEFAULT VALUES" : " () VALUES ()"}${tail()}`;
    }
    const columns = first.map(({ column }) => this.quote(column.name)).join(", ");
    const values = rows.map((row) => `(${row.map(({ text }) => text).join(", ")})`).join(", ");
    const end = tail();
    if (node.rows === null) this.insertedRow = this.#repeatable(node, `${into} (${columns})`, first, end);
    return `${into} (${columns}) VALUES ${values}${end}`;
  }

  /** Keys that the database makes and tells of in no other way, where they were asked for. */
  #keysToReturn(node: InsertNode, given: ReadonlySet<string>): readonly TableColumn[] {
    const isSingle = node.rows === null || node.rows.length === 1;
    if (!this.returnsKeys || !isSingle || node.returning.length > 0) return [];
    if (!this.can.insertReturning) return [];
    return node.table.table.primaryKey.columns.filter(
      (column) => !given.has(column.key) && isMadeByDatabase(column) && !this.#isReported(column),
    );
  }
  /** A counted key is known without RETURNING where the database tells the last one. */
  #isReported({ autoincrement, default: value }: TableColumn): boolean {
    return this.can.lastInsertId && autoincrement && (value === null || !this.can.sequences);
  }

  #returned(node: InsertNode, naming: ReturningNaming): readonly SelectItemNode[] {
    const keys = naming === "statement" ? (this.insertInfo?.returnedKeys ?? []) : [];
    return keys.length === 0 ? node.returning : keys.map((column) => columnIn(node.table, column));
  }

  // ── many rows at once ──────────────────────────────────────────────────────
  /** The parts of an INSERT whose row may stand in it several times; null where its parameters are not all in the row. */
  #repeatable(node: InsertNode, into: string, row: readonly Value[], end: string): InsertedRow | null {
    const start = this.withClause() + into;
    const values = row.map(({ text }) => this.finish(text));
    const slots = values.flatMap((each) => each.slots);
    const isWhole = this.finish(start).slots.length === 0 && this.finish(end).slots.length === 0;
    if (!isWhole || slots.length === 0 || new Set(slots).size < slots.length) return null;
    const key = this.insertInfo?.generatedKey ?? null;
    const isSorted = node.sortByParameterOrder && node.returning.length > 0 && key !== null;
    const sentinel = isSorted && this.can.sentinelInsert !== undefined ? key : null;
    const after = sentinel === null ? end : this.#withSentinel(node, end, sentinel);
    if (sentinel !== null && this.can.sentinelInsert === "select") return this.#sorted(start, values, after, sentinel);
    const { texts } = this.finish(`(${row.map(({ text }) => text).join(", ")})`);
    return { before: `${start} VALUES `, texts, after, sentinel };
  }

  /** RETURNING with the generated key behind what was asked for. */
  #withSentinel({ table, hints }: InsertNode, end: string, key: TableColumn): string {
    const suffix = this.hintText(hints, "suffix");
    const column = this.expression(columnIn(table, key));
    return `${end.slice(0, end.length - suffix.length)}, ${column} AS ${this.quote(sentinelName)}${suffix}`;
  }

  /**
   * Rows that are numbered and inserted in that order: PostgreSQL promises an order of INSERT from SELECT with ORDER BY, in
   * which keys are generated, and none of INSERT with VALUES. https://www.postgresql.org/docs/current/sql-insert.html
   */
  #sorted(
    start: string,
    values: readonly { readonly texts: readonly string[]; readonly slots: readonly Slot[] }[],
    after: string,
    sentinel: TableColumn,
  ): InsertedRow | null {
    const names: string[] = [];
    const casts: string[] = [];
    const selected = values.map(({ texts, slots }) =>
      texts.reduce((text, next, i) => {
        const name = `p${names.length}`;
        names.push(name);
        casts.push(this.parameterCast((slots[i - 1] as Slot).type));
        return text + name + next;
      }),
    );
    if (selected.includes("DEFAULT")) return null;
    return {
      before: `${start} SELECT ${selected.join(", ")} FROM (VALUES `,
      texts: ["(", ...casts.map((cast) => `${cast}, `)],
      after: `) AS ${sentinelTable}(${[...names, sentinelCounter].join(", ")}) ORDER BY ${sentinelCounter}${after}`,
      sentinel,
      counted: true,
    };
  }
  /** What stands behind a parameter where nothing else tells its type. */
  protected parameterCast(_type: SqlType): string {
    return "";
  }

  protected insertSelect(node: InsertNode): string {
    const { select, selectColumns } = node;
    if (select === null) return "";
    const defaults = node.selectDefaults ? this.#missingDefaults(node) : [];
    const columns = [...selectColumns, ...defaults.map(({ column }) => column)].map(({ name }) => this.quote(name));
    return ` (${columns.join(", ")}) ${this.insertedQuery(this.#withDefaults(select, defaults))}`;
  }
  protected insertedQuery(query: QueryNode): string {
    return this.query(query, "value");
  }

  /** Columns that a SELECT does not give although they have a default of the program's. */
  #missingDefaults({ table, selectColumns }: InsertNode): readonly { column: TableColumn; value: ExpressionNode }[] {
    return table.table.columns.flatMap((column) => {
      const isGiven = selectColumns.some((each) => each.name === column.name);
      const value = isGiven || column.default === null ? null : this.defaultNode(column, column.default);
      return value === null ? [] : [{ column, value }];
    });
  }

  #withDefaults(select: QueryNode, defaults: readonly { column: TableColumn; value: ExpressionNode }[]): QueryNode {
    if (defaults.length === 0) return select;
    if (select.kind === "select")
      return { ...select, columns: [...select.columns, ...defaults.map(({ value }) => value)] };
    throw new CompileError(
      `INSERT from a set operation cannot add the defaults of ${defaults.map(({ column }) => column.key).join(", ")}. ` +
        "Select from its subquery(), or give fromSelect() the option includeDefaults: false.",
    );
  }

  /** A default as an expression; what a function makes is made once for all rows. */
  protected defaultNode(column: TableColumn, value: ColumnDefault): ExpressionNode | null {
    switch (value.kind) {
      case "value":
      case "function":
        return { kind: "columnDefault", column, type: column.type };
      case "sql":
        return value.expression[NODE] as ExpressionNode;
      case "sequence":
        return this.can.sequences ? { kind: "sequenceValue", sequence: value.sequence, type: column.type } : null;
    }
  }

  /** The values of each row, in the order of the table's columns; what is not given has its default. */
  private insertRows(node: InsertNode, parameterKeys: readonly string[] | null): readonly (readonly Value[])[] {
    const { table } = node.table;
    const given = new Set<string>(
      node.rows === null
        ? (parameterKeys ?? [])
        : node.rows.flatMap(({ items }) => items.map(({ column }) => column.key)),
    );
    const rows = (node.rows ?? [null]).map((row) => {
      const values: Value[] = [];
      for (const column of table.columns) {
        const assigned = row?.items.find((item) => item.column.column === column);
        const text = this.insertValue(column, assigned, given.has(column.key), row === null);
        if (text !== null) values.push({ column, text });
      }
      return values;
    });
    const generated = table.autoincrementColumn;
    const generatedKey = generated !== null && !given.has(generated.key) ? generated : null;
    this.insertInfo = { generatedKey, returnedKeys: this.#keysToReturn(node, given) };
    return rows;
  }

  /** Null: the column is left to the database. */
  private insertValue(
    column: TableColumn,
    assigned: AssignmentNode | undefined,
    isGiven: boolean,
    fromParameters: boolean,
  ): string | null {
    if (assigned !== undefined) return this.assignedValue(assigned.value);
    if (isGiven && fromParameters) return this.parameter({ kind: "parameter", key: column.key }, column.type);
    const fallback = column.default;
    if (fallback !== null) return this.defaultValue(column, fallback);
    if (!isGiven) return null;
    // Another row of the same INSERT has a value.
    if (column.serverDefault === null && column.nullable) return "NULL";
    if (this.can.defaultKeyword) return "DEFAULT";
    throw new CompileError(
      `All rows of one INSERT give the same columns, and ${this.dialect.name} cannot say DEFAULT in one of them: ` +
        `${JSON.stringify(column.key)} is given in some rows only.`,
    );
  }

  /** A column's client-side default, or what it gets at every UPDATE. */
  protected defaultValue(column: TableColumn, value: ColumnDefault): string | null {
    switch (value.kind) {
      case "value":
        return this.parameter({ kind: "default", column, make: () => value.value }, column.type);
      case "function":
        return this.parameter({ kind: "default", column, make: value.create }, column.type);
      case "sql":
        return this.expression(value.expression[NODE] as ExpressionNode);
      case "sequence":
        return this.nextValue(value.sequence);
    }
  }
  /** The next value of a sequence; null where there are none, and the key counts by itself. */
  protected nextValue(sequence: Sequence): string | null {
    return this.can.sequences ? `nextval(${this.sequenceName(sequence)})` : null;
  }

  /** A subquery in them sees the row that is in the way. */
  protected conflictClauses({ table, conflicts }: InsertNode): string {
    if (conflicts.length === 0) return "";
    const clauses = () => conflicts.map((conflict) => ` ${this.conflict(conflict)}`).join("");
    return this.inScope([table], new Map(), clauses);
  }

  /** Other databases whose ON CONFLICT means the same here. */
  protected get conflictDialects(): readonly string[] {
    return [];
  }
  protected conflict(node: ConflictNode): string {
    const { dialect } = node;
    if (!isMeant(this.dialect, dialect) && !this.conflictDialects.includes(dialect ?? "")) {
      throw new UnsupportedCompilationError(
        `This upsert is ${node.dialect}'s, and the statement is for ${this.dialect.name}: ` +
          `import insert from "athanor/${this.dialect.name}".`,
      );
    }
    const target = this.withoutTables(() => this.conflictTarget(node));
    if (node.action === "nothing") return `ON CONFLICT${target} DO NOTHING`;
    const where = node.where === null ? "" : ` WHERE ${this.condition(node.where)}`;
    return `ON CONFLICT${target} DO UPDATE SET ${this.assignments(node.set)}${where}`;
  }

  private conflictTarget(node: ConflictNode): string {
    if (node.constraint !== null) return ` ON CONSTRAINT ${this.quote(node.constraint)}`;
    if (node.target.length === 0) return "";
    const where = node.targetWhere === null ? "" : ` WHERE ${this.condition(node.targetWhere)}`;
    return ` (${this.list(node.target)})${where}`;
  }

  // ── SET ────────────────────────────────────────────────────────────────────
  protected assignments(nodes: readonly AssignmentNode[]): string {
    return nodes.map((node) => `${this.assignedPlace(node)} = ${this.assignedValue(node.value)}`).join(", ");
  }
  protected assignedPlace({ column, place }: AssignmentNode): string {
    return place === undefined ? this.assignedName(column.name) : this.withoutTables(() => this.expression(place));
  }
  /** A column that is written into, in SET. */
  protected assignedName(name: string): string {
    return this.quote(name);
  }
  /** What is written is a value, not a condition, whatever it looks like. */
  protected assignedValue(node: ExpressionNode): string {
    return node.kind === "booleanList" ? `(${this.expression(node)})` : this.expression(node);
  }

  // ── RETURNING ──────────────────────────────────────────────────────────────
  protected returning(items: readonly SelectItemNode[], naming: ReturningNaming): string {
    if (items.length === 0) return "";
    const isNamed = (node: ExpressionNode, name: string) => node.kind === "column" && node.name === name;
    return ` RETURNING ${naming === "table" ? this.exportedColumns(items, isNamed) : this.selectColumns(items, naming)}`;
  }

  protected withoutTables<T>(work: () => T): T {
    const around = this.unqualified;
    this.unqualified = true;
    try {
      return work();
    } finally {
      this.unqualified = around;
    }
  }
}

/** The database gives it a value when the statement gives it none. */
function isMadeByDatabase({ autoincrement, default: value, serverDefault }: TableColumn): boolean {
  return autoincrement || serverDefault !== null || value?.kind === "sql" || value?.kind === "sequence";
}
