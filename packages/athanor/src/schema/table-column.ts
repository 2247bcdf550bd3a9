import type { SqlType } from "../sqltypes/sql-type.ts";
import { snakeCase } from "../util/snake-case.ts";
import type { Column } from "./column.ts";
import type {
  ColumnDefault,
  ColumnDefinition,
  Computed,
  Given,
  IdentityOptions,
  ServerDefault,
} from "./column-definition.ts";
import type { ForeignKey } from "./foreign-key.ts";
import type { Table } from "./table.ts";

/** A column of a table: a declaration that has found its table and its name. */
export class TableColumn {
  readonly table: Table;
  /** The property under which it is known in programs. */
  readonly key: string;
  /** Its name in SQL. */
  readonly name: string;
  #definition: ColumnDefinition;
  #type: SqlType;
  readonly #foreignKeys: ForeignKey[] = [];

  constructor(table: Table, key: string, column: Column<unknown, Given>) {
    const { definition } = column;
    this.table = table;
    this.key = key;
    this.name = definition.name ?? snakeCase(key);
    this.#definition = definition;
    this.#type = typeIn(table, definition);
  }

  get type(): SqlType {
    return this.#type;
  }
  /** The declaration it was made of. */
  get definition(): ColumnDefinition {
    return this.#definition;
  }

  /** Whether it belongs to the table's primary key. */
  get primaryKey(): boolean {
    return this.table.primaryKey.columns.includes(this);
  }
  /** Whether it may be NULL; columns of the primary key never are. */
  get nullable(): boolean {
    return this.definition.nullable && !this.primaryKey;
  }
  /** Client-side default of INSERT. */
  get default(): ColumnDefault | null {
    return this.definition.default;
  }
  /** Client-side default of UPDATE. */
  get onUpdate(): ColumnDefault | null {
    return this.definition.onUpdate;
  }
  get serverDefault(): ServerDefault | null {
    return this.definition.serverDefault;
  }
  /** The database changes the value at UPDATE by means of its own. */
  get serverOnUpdate(): boolean {
    return this.definition.serverOnUpdate;
  }
  get computed(): Computed | null {
    return this.definition.computed;
  }
  /** The table has it by itself. */
  get system(): boolean {
    return this.definition.system;
  }
  get identity(): IdentityOptions | null {
    return this.definition.identity;
  }
  get comment(): string | null {
    return this.definition.comment;
  }
  get info(): Readonly<Record<string, unknown>> {
    return this.definition.info;
  }
  /** The foreign keys that this column takes part in. */
  get foreignKeys(): readonly ForeignKey[] {
    return this.#foreignKeys;
  }
  /** Whether the database counts it up where an INSERT gives no value. */
  get autoincrement(): boolean {
    return this.table.autoincrementColumn === this;
  }

  /** @internal */
  redefine(definition: ColumnDefinition): void {
    this.#definition = definition;
    this.#type = typeIn(this.table, definition);
  }

  /** @internal */
  addForeignKey(foreignKey: ForeignKey): void {
    this.#foreignKeys.push(foreignKey);
  }

  /** `table.column`, for messages. */
  toString(): string {
    return `${this.table.key}.${this.name}`;
  }
}

/** Types that are objects of a schema are in that of the MetaData, unless they name one themselves. */
function typeIn({ metadata: { schema } }: Table, { type }: ColumnDefinition): SqlType {
  return schema === null ? type : type.inSchema(schema);
}
