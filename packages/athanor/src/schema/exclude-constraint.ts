import { ArgumentError } from "../errors/errors.ts";
import { NODE } from "../util/symbols.ts";
import type { SqlCondition, SqlElement } from "./column-definition.ts";
import { Constraint, type ConstraintOptions } from "./constraint.ts";
import { columnsIn } from "./schema-element.ts";
import type { Table } from "./table.ts";
import type { TableColumn } from "./table-column.ts";

export interface ExcludeOptions extends ConstraintOptions {
  /** The access method of its index: `gist` by default. */
  readonly using?: string;
  /** Only rows that satisfy this are compared. */
  readonly where?: SqlCondition;
  /** Operator classes by column or by an expression's label. */
  readonly ops?: Readonly<Record<string, string>>;
}

/** What is compared, and the operator that must not hold between two rows: `[bookings.c.during, "&&"]`. */
export interface ExcludedElement {
  readonly expression: TableColumn | SqlElement;
  readonly operator: string;
}

const operatorForm = /^(?:[-+*/<>=~!@#%^&|`?]+|OPERATOR\([\w.]*[-+*/<>=~!@#%^&|`?]+\))$/;

/** No two rows may be such that all the operators hold between them: EXCLUDE, in PostgreSQL alone. */
export class ExcludeConstraint extends Constraint {
  readonly kind = "exclude";
  readonly elements: readonly ExcludedElement[];
  readonly using: string;
  readonly where: SqlCondition | null;
  readonly ops: Readonly<Record<string, string>>;

  constructor(table: Table, elements: readonly ExcludedElement[], options: ExcludeOptions = {}) {
    super(table, "exclude", options);
    if (elements.length === 0)
      throw new ArgumentError(`An exclusion constraint of table "${table.key}" compares nothing.`);
    for (const { operator } of elements) {
      if (operatorForm.test(operator)) continue;
      throw new ArgumentError(
        `${JSON.stringify(operator)} is no operator for an exclusion constraint of table "${table.key}". Write one as "&&" or "=".`,
      );
    }
    this.elements = elements;
    this.using = options.using ?? "gist";
    this.where = options.where ?? null;
    this.ops = options.ops ?? {};
  }

  get columns(): readonly TableColumn[] {
    return this.elements.flatMap(({ expression }) => (NODE in expression ? columnsIn(expression[NODE]) : [expression]));
  }
}
