import { ArgumentError } from "../errors/errors.ts";
import { NODE } from "../util/symbols.ts";
import type { SqlCondition, SqlElement } from "./column-definition.ts";
import type { DdlCondition } from "./ddl-condition.ts";
import { checkDialectOptions, type IndexDialectOptions } from "./dialect-options.ts";
import { type ConstraintName, type ResolvedName, resolveName } from "./naming.ts";
import { columnsIn } from "./schema-element.ts";
import type { Table } from "./table.ts";
import type { TableColumn } from "./table-column.ts";

export interface IndexOptions {
  readonly name?: ConstraintName | null | undefined;
  readonly unique?: boolean;
  /** Only rows that satisfy this are in the index. */
  readonly where?: SqlCondition;
  /** Options of single dialects, by the dialect's name: `{ postgresql: { using: "gin" } }`. */
  readonly dialectOptions?: IndexDialectOptions;
  /** When it is written: `{ dialect: "postgresql" }`. Always, where nothing is said. */
  readonly ddlIf?: DdlCondition;
  readonly info?: Readonly<Record<string, unknown>>;
}

/** An index on columns or expressions of a table. */
export class Index {
  readonly kind = "index";
  readonly table: Table;
  /** Columns of the table, or expressions: `lower(email)`, `created_at DESC`. */
  readonly expressions: readonly (TableColumn | SqlElement)[];
  readonly givenName: ConstraintName | null;
  readonly unique: boolean;
  readonly where: SqlCondition | null;
  readonly dialectOptions: IndexDialectOptions;
  readonly ddlIf: DdlCondition | null;
  readonly info: Readonly<Record<string, unknown>>;

  constructor(table: Table, expressions: readonly (TableColumn | SqlElement)[], options: IndexOptions = {}) {
    if (expressions.length === 0) throw new ArgumentError(`An index of table "${table.key}" names no column.`);
    checkDialectOptions("index", options.dialectOptions ?? {}, "An index");
    this.table = table;
    this.expressions = expressions;
    this.givenName = options.name ?? null;
    this.unique = options.unique ?? false;
    this.where = options.where ?? null;
    this.dialectOptions = options.dialectOptions ?? {};
    this.ddlIf = options.ddlIf ?? null;
    this.info = options.info ?? {};
  }

  /** The columns it is on, those inside expressions included. */
  get columns(): readonly TableColumn[] {
    return this.expressions.flatMap((each) => (NODE in each ? columnsIn(each[NODE]) : [each]));
  }

  /** The name in SQL, by the naming convention where nobody gave one. */
  get name(): string {
    return this.resolvedName.text;
  }

  /** The name and whether it may be shortened, which holds for generated names only. */
  get resolvedName(): ResolvedName {
    const name = resolveName(this);
    if (name === null) throw new ArgumentError(`An index of table "${this.table.key}" needs a name.`);
    return name.generated ? this.#distinct(name) : name;
  }

  /**
   * Conventions that name an index by its first column, as `ix_%(column_0_label)s` does, give two indexes that begin
   * alike the same name: the later one gets the names of its other columns, too.
   */
  #distinct(name: ResolvedName): ResolvedName {
    const { indexes } = this.table;
    const position = indexes.indexOf(this);
    const earlier = new Set(indexes.slice(0, Math.max(0, position)).map((index) => index.name));
    if (!earlier.has(name.text)) return name;
    const longer = [name.text, ...this.columns.slice(1).map((column) => column.name)].join("_");
    return { ...name, text: earlier.has(longer) ? `${longer}_${position}` : longer };
  }
}
