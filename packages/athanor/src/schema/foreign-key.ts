import { ArgumentError, NoReferencedColumnError, NoReferencedTableError } from "../errors/errors.ts";
import type { ForeignKeyOptions, ForeignKeyTarget, ReferentialAction } from "./column-definition.ts";
import { Constraint, type ConstraintOptions } from "./constraint.ts";
import { columnOfElement } from "./schema-element.ts";
import type { Table } from "./table.ts";
import { TableColumn } from "./table-column.ts";

/** One column of a foreign key and the column it points to, which is looked up when it is first asked for. */
export class ForeignKey {
  readonly constraint: ForeignKeyConstraint;
  readonly parent: TableColumn;
  readonly target: ForeignKeyTarget | TableColumn;
  #column: TableColumn | null = null;

  constructor(constraint: ForeignKeyConstraint, parent: TableColumn, target: ForeignKeyTarget | TableColumn) {
    this.constraint = constraint;
    this.parent = parent;
    this.target = target;
  }

  /** The column it points to. Throws NoReferencedTableError or NoReferencedColumnError where there is none. */
  get column(): TableColumn {
    this.#column ??= this.#resolve();
    return this.#column;
  }

  /** Whether its target can be found now. */
  get resolved(): boolean {
    if (this.#column !== null) return true;
    try {
      this.#column = this.#resolve();
      return true;
    } catch (error) {
      if (error instanceof NoReferencedTableError || error instanceof NoReferencedColumnError) return false;
      throw error;
    }
  }

  #resolve(): TableColumn {
    const { target } = this;
    if (target instanceof TableColumn) return target;
    if (typeof target === "string") return this.#find(target);
    const element: unknown = target();
    const column = columnOfElement(element);
    if (column === null) {
      throw new ArgumentError(
        `The foreign key of column "${this.parent}" must be given a column: references(() => User.id).`,
      );
    }
    return column;
  }

  #find(target: string): TableColumn {
    const dot = this.#dotBeforeColumn(target);
    if (dot < 1 || dot === target.length - 1) {
      throw new ArgumentError(
        `The foreign key of column "${this.parent}" points to "${target}". Write "table.column" or "schema.table.column".`,
      );
    }
    const tableKey = target.slice(0, dot);
    const columnName = target.slice(dot + 1);
    const { metadata, schema } = this.parent.table;
    const table = this.#tableNamed(tableKey);
    if (table === undefined) {
      const similar = schema === null ? undefined : metadata.getTable(`${schema}.${tableKey}`);
      throw new NoReferencedTableError(
        `The foreign key of column "${this.parent}" points to "${target}", but its MetaData has no table "${tableKey}"` +
          (similar === undefined
            ? ". Import the module that declares it, or correct the name."
            : `. There is one in schema "${schema}": write "${similar.key}.${columnName}".`),
      );
    }
    const column = table.columnNamed(columnName) ?? table.getColumn(columnName);
    if (column === undefined) {
      throw new NoReferencedColumnError(
        `The foreign key of column "${this.parent}" points to "${target}", but table "${tableKey}" has no column ` +
          `"${columnName}". It has ${table.columns.map((each) => `"${each.name}"`).join(", ")}.`,
      );
    }
    return column;
  }

  /** Names may have dots themselves: the last dot that stands between a table and a column of it, or else the last. */
  #dotBeforeColumn(target: string): number {
    for (let dot = target.lastIndexOf("."); dot > 0; dot = target.lastIndexOf(".", dot - 1)) {
      if (this.#tableNamed(target.slice(0, dot))?.columnNamed(target.slice(dot + 1)) !== undefined) return dot;
    }
    return target.lastIndexOf(".");
  }

  /** Without a schema in front, the default schema of the MetaData is meant, as for tables. */
  #tableNamed(key: string): Table | undefined {
    const { metadata } = this.parent.table;
    return (
      metadata.getTable(key) ?? (metadata.schema === null ? undefined : metadata.getTable(`${metadata.schema}.${key}`))
    );
  }
}

export interface ForeignKeyConstraintOptions extends ConstraintOptions, Omit<ForeignKeyOptions, "name"> {}

/** One or several columns that point to columns of another table, or of the same. */
export class ForeignKeyConstraint extends Constraint {
  readonly kind = "foreignKey";
  readonly elements: readonly ForeignKey[];
  readonly onDelete: ReferentialAction | null;
  readonly onUpdate: ReferentialAction | null;
  readonly match: "full" | "partial" | "simple" | null;
  readonly useAlter: boolean;

  constructor(
    table: Table,
    columns: readonly TableColumn[],
    targets: readonly (ForeignKeyTarget | TableColumn)[],
    options: ForeignKeyConstraintOptions = {},
  ) {
    super(table, "foreignKey", options);
    if (columns.length === 0 || columns.length !== targets.length) {
      throw new ArgumentError(
        `A foreign key of table "${table.key}" has ${columns.length} columns and ${targets.length} targets. ` +
          "Both must be the same number, and one at least.",
      );
    }
    this.elements = columns.map((column, i) => new ForeignKey(this, column, targets[i] ?? ""));
    this.onDelete = options.onDelete ?? null;
    this.onUpdate = options.onUpdate ?? null;
    this.match = options.match ?? null;
    this.useAlter = options.useAlter ?? false;
  }

  get columns(): readonly TableColumn[] {
    return this.elements.map((element) => element.parent);
  }

  /** The columns it points to, in the order of its own. */
  get referredColumns(): readonly TableColumn[] {
    return this.elements.map((element) => element.column);
  }

  /** The table it points to. */
  get referredTable(): Table {
    const tables = new Set(this.elements.map((element) => element.column.table));
    const [table, another] = tables;
    if (table === undefined || another !== undefined) {
      throw new ArgumentError(`A foreign key of table "${this.table.key}" points to columns of several tables.`);
    }
    return table;
  }
}
