import { ArgumentError } from "../errors/errors.ts";
import type { SqlElement } from "./column-definition.ts";
import type { DdlCondition } from "./ddl-condition.ts";
import { type ConstraintDialectOptions, checkDialectOptions } from "./dialect-options.ts";
import { type ConstraintName, type ResolvedName, resolveName, textOfName } from "./naming.ts";
import type { Table } from "./table.ts";
import type { TableColumn } from "./table-column.ts";

export type ConstraintKind = "primaryKey" | "unique" | "check" | "foreignKey" | "exclude";

export interface DeferrableOptions {
  readonly deferrable?: boolean;
  readonly initially?: "deferred" | "immediate";
}

export interface ConstraintOptions extends DeferrableOptions {
  readonly name?: ConstraintName | null | undefined;
  readonly comment?: string;
  readonly info?: Readonly<Record<string, unknown>>;
  /** When it is written: `{ dialect: "postgresql" }`. Always, where nothing is said. */
  readonly ddlIf?: DdlCondition;
  /** Options of single dialects, by the dialect's name: `{ postgresql: { notValid: true } }`. */
  readonly dialectOptions?: ConstraintDialectOptions;
}

/** What a table's rows must satisfy. */
export abstract class Constraint {
  abstract readonly kind: ConstraintKind;
  readonly table: Table;
  /** The name as it was given; a naming convention may make another of it, see `name`. */
  readonly givenName: ConstraintName | null;
  readonly deferrable: boolean | null;
  readonly initially: "deferred" | "immediate" | null;
  readonly comment: string | null;
  readonly info: Readonly<Record<string, unknown>>;
  readonly ddlIf: DdlCondition | null;
  readonly dialectOptions: ConstraintDialectOptions;
  abstract readonly columns: readonly TableColumn[];

  constructor(table: Table, kind: ConstraintKind, options: ConstraintOptions = {}) {
    checkDialectOptions(kind, options.dialectOptions ?? {}, `A ${kind} constraint`);
    this.table = table;
    this.givenName = options.name ?? null;
    this.deferrable = options.deferrable ?? null;
    this.initially = options.initially ?? null;
    this.comment = options.comment ?? null;
    this.info = options.info ?? {};
    this.ddlIf = options.ddlIf ?? null;
    this.dialectOptions = options.dialectOptions ?? {};
  }

  /** The name in SQL, by the naming convention where nobody gave one; null: the database makes one up. */
  get name(): string | null {
    return this.resolvedName?.text ?? null;
  }

  /** The name and whether it may be shortened, which holds for generated names only. */
  get resolvedName(): ResolvedName | null {
    return resolveName(this);
  }

  /** It follows from a column's type, so that nobody can be asked to name it. */
  get typeBound(): boolean {
    return false;
  }

  /** For messages: `UNIQUE constraint "uq_user_email" of table "users"`. */
  toString(): string {
    const name = this.givenName === null ? "" : ` "${textOfName(this.givenName)}"`;
    return `${this.kind} constraint${name} of table "${this.table.key}"`;
  }
}

export class PrimaryKeyConstraint extends Constraint {
  readonly kind = "primaryKey";
  readonly columns: readonly TableColumn[];

  constructor(table: Table, columns: readonly TableColumn[], options: ConstraintOptions = {}) {
    super(table, "primaryKey", options);
    this.columns = columns;
  }
}

export class UniqueConstraint extends Constraint {
  readonly kind = "unique";
  readonly columns: readonly TableColumn[];

  constructor(table: Table, columns: readonly TableColumn[], options: ConstraintOptions = {}) {
    super(table, "unique", options);
    if (columns.length === 0) throw new ArgumentError(`A unique constraint of table "${table.key}" names no column.`);
    this.columns = columns;
  }
}

/** A condition that every row must satisfy. */
export class CheckConstraint extends Constraint {
  readonly kind = "check";
  /** Null: the values of `column`'s type (an enumeration, a boolean), where the database has no such type. */
  readonly condition: SqlElement | null;
  /** The column beside which it is written; null: a constraint of the table. */
  readonly column: TableColumn | null;
  readonly columns: readonly TableColumn[];

  constructor(
    table: Table,
    condition: SqlElement | null,
    options: ConstraintOptions & { readonly column?: TableColumn } = {},
  ) {
    super(table, "check", options);
    this.condition = condition;
    this.column = options.column ?? null;
    this.columns = this.column === null ? [] : [this.column];
  }

  override get typeBound(): boolean {
    return this.condition === null;
  }
}
