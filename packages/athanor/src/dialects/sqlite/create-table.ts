import type { SqliteConflictAction } from "../../schema/dialect-options.ts";
import { TokenReader } from "./tokens.ts";

/** What CREATE TABLE says and SQLite's pragmas do not. */
export interface ParsedTable {
  readonly columns: readonly ParsedColumn[];
  readonly constraints: readonly ParsedConstraint[];
  readonly autoincrement: boolean;
}

export interface ParsedColumn {
  readonly name: string;
  readonly collation: string | null;
  /** The expression of a computed column. */
  readonly generated: string | null;
}

export interface ParsedConstraint {
  readonly kind: "primaryKey" | "unique" | "check" | "foreignKey";
  readonly name: string | null;
  readonly columns: readonly string[];
  /** The condition of a CHECK. */
  readonly sqlText: string;
  /** The table that a foreign key points to. */
  readonly referredTable: string;
  /** Of a foreign key; null where nothing is said. */
  readonly deferrable: boolean | null;
  readonly initially: "deferred" | "immediate" | null;
  /** What ON CONFLICT says. */
  readonly onConflict: SqliteConflictAction | null;
}

const nothing = {
  name: null,
  columns: [],
  sqlText: "",
  referredTable: "",
  deferrable: null,
  initially: null,
  onConflict: null,
} as const;
const conflictActions = ["rollback", "abort", "fail", "ignore", "replace"] as const;
const tableConstraints = ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"] as const;
const columnConstraints = [
  ...["CONSTRAINT", "PRIMARY", "NOT", "NULL", "UNIQUE", "CHECK", "DEFAULT", "COLLATE", "REFERENCES"],
  ...["GENERATED", "AS"],
] as const;

/** Reads the text of a CREATE TABLE, as `sqlite_master` keeps it. Of a virtual table nothing can be read. */
export function parseCreateTable(sql: string): ParsedTable {
  const reader = new TokenReader(sql);
  while (!reader.done && !reader.seesSymbol("(")) {
    if (reader.sees("VIRTUAL")) return { columns: [], constraints: [], autoincrement: false };
    reader.next();
  }
  return new TableParser(reader).parse();
}

class TableParser {
  readonly #reader: TokenReader;
  readonly #columns: ParsedColumn[] = [];
  readonly #constraints: ParsedConstraint[] = [];
  #autoincrement = false;

  constructor(reader: TokenReader) {
    this.#reader = reader;
  }

  parse(): ParsedTable {
    const reader = this.#reader;
    reader.takeSymbol("(");
    while (!reader.done && !reader.takeSymbol(")")) {
      if (tableConstraints.some((word) => reader.sees(word))) this.#tableConstraint();
      else this.#column();
      // Constraints of a table need no comma between them.
      reader.takeSymbol(",");
    }
    return { columns: this.#columns, constraints: this.#constraints, autoincrement: this.#autoincrement };
  }

  #column(): void {
    const reader = this.#reader;
    const name = reader.name();
    // The type: any words, and perhaps parameters in parentheses.
    while (!this.#atEnd() && !columnConstraints.some((word) => reader.sees(word))) {
      if (reader.parenthesized() === null) reader.next();
    }
    let collation: string | null = null;
    let generated: string | null = null;
    let constraint: string | null = null;
    while (!this.#atEnd()) {
      if (reader.take("CONSTRAINT")) {
        constraint = reader.name();
        continue;
      }
      if (reader.take("COLLATE")) collation = reader.name();
      else if (reader.take("GENERATED", "ALWAYS", "AS") || reader.take("AS")) generated = reader.parenthesized();
      else this.#columnConstraint(name, constraint);
      constraint = null;
    }
    this.#columns.push({ name, collation, generated });
  }

  #columnConstraint(column: string, name: string | null): void {
    const reader = this.#reader;
    const base = { ...nothing, name, columns: [column] };
    if (reader.take("PRIMARY", "KEY")) {
      if (!reader.take("ASC")) reader.take("DESC");
      this.#constraints.push({ ...base, kind: "primaryKey", onConflict: this.#conflict() });
    } else if (reader.take("UNIQUE")) {
      this.#constraints.push({ ...base, kind: "unique", onConflict: this.#conflict() });
    } else if (reader.take("CHECK")) {
      this.#constraints.push({ ...base, kind: "check", sqlText: reader.parenthesized() ?? "" });
    } else if (reader.take("REFERENCES")) this.#reference(base);
    else if (reader.take("DEFAULT")) {
      if (!reader.takeSymbol("-")) reader.takeSymbol("+");
      if (reader.parenthesized() === null) reader.next();
    } else if (reader.take("AUTOINCREMENT")) this.#autoincrement = true;
    else reader.next();
  }

  #tableConstraint(): void {
    const reader = this.#reader;
    const name = reader.take("CONSTRAINT") ? reader.name() : null;
    const base = { ...nothing, name };
    if (reader.take("PRIMARY", "KEY")) {
      const columns = reader.columnNames();
      this.#constraints.push({ ...base, kind: "primaryKey", columns, onConflict: this.#conflict() });
    } else if (reader.take("UNIQUE")) {
      const columns = reader.columnNames();
      this.#constraints.push({ ...base, kind: "unique", columns, onConflict: this.#conflict() });
    } else if (reader.take("CHECK")) {
      const sqlText = reader.parenthesized() ?? "";
      this.#constraints.push({ ...base, kind: "check", sqlText, onConflict: this.#conflict() });
    } else if (reader.take("FOREIGN", "KEY")) {
      const columns = reader.columnNames();
      reader.take("REFERENCES");
      this.#reference({ ...base, columns });
    } else if (name === null) reader.next();
  }

  /** What follows REFERENCES. What the pragma tells as well is passed over. */
  #reference(base: Omit<ParsedConstraint, "kind">): void {
    const reader = this.#reader;
    const referredTable = reader.name();
    reader.parenthesized();
    let deferrable: boolean | null = null;
    let initially: ParsedConstraint["initially"] = null;
    for (;;) {
      if (reader.take("ON", "DELETE") || reader.take("ON", "UPDATE")) {
        if (!reader.take("NO", "ACTION") && !reader.take("SET", "NULL") && !reader.take("SET", "DEFAULT"))
          reader.next();
      } else if (reader.take("MATCH")) reader.next();
      else if (reader.take("NOT", "DEFERRABLE")) deferrable = false;
      else if (reader.take("DEFERRABLE")) deferrable = true;
      else if (reader.take("INITIALLY", "DEFERRED")) initially = "deferred";
      else if (reader.take("INITIALLY", "IMMEDIATE")) initially = "immediate";
      else break;
    }
    this.#constraints.push({ ...base, kind: "foreignKey", referredTable, deferrable, initially });
  }

  #conflict(): SqliteConflictAction | null {
    if (!this.#reader.take("ON", "CONFLICT")) return null;
    const word = this.#reader.name().toLowerCase();
    return conflictActions.find((action) => action === word) ?? null;
  }

  #atEnd(): boolean {
    return this.#reader.done || this.#reader.seesSymbol(",") || this.#reader.seesSymbol(")");
  }
}

/** What CREATE INDEX says and SQLite's pragmas do not: its elements without direction and collation, and its condition. */
export function parseCreateIndex(sql: string): { readonly elements: readonly string[]; readonly where: string | null } {
  const reader = new TokenReader(sql);
  while (!reader.done && !reader.seesSymbol("(")) reader.next();
  const elements = reader.elements().map(withoutDirection);
  const where = reader.take("WHERE") ? sql.slice(reader.peek()?.start).trim() : null;
  return { elements, where };
}

function withoutDirection(element: string): string {
  return element.replace(/\s+(?:ASC|DESC)$/i, "");
}

/** The query of a CREATE VIEW. */
export function parseCreateView(sql: string): string {
  const reader = new TokenReader(sql);
  while (!reader.done && !reader.take("AS")) if (reader.parenthesized() === null) reader.next();
  return sql.slice(reader.peek()?.start).trim();
}
