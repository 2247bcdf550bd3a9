import { Column } from "./column.ts";
import type { SqlElement } from "./column-definition.ts";
import { CheckConstraint, type Constraint, PrimaryKeyConstraint, UniqueConstraint } from "./constraint.ts";
import { ExcludeConstraint } from "./exclude-constraint.ts";
import { ForeignKeyConstraint } from "./foreign-key.ts";
import type { Table } from "./table.ts";
import { TableColumn } from "./table-column.ts";
import { Index } from "./table-index.ts";

/**
 * Gives a new table, which has no columns yet, the columns, constraints and indexes of another. Foreign keys to tables
 * of the other's schema point into the new table's schema, others stay.
 */
export function copyTable<T extends Table>(table: Table, copy: T): T {
  for (const { key, definition, name } of table.columns) {
    // Constraints are copied as constraints, so that those of arguments and those of columns keep their order.
    copy.appendColumn(key, new Column({ ...definition, name, ...withoutImplied }));
  }
  // What follows from a column's type has come with the column.
  const constraints = table.constraints.filter((constraint) => !constraint.typeBound);
  for (const constraint of constraints) copy.addConstraint(copyConstraint(constraint, copy));
  for (const index of table.indexes) {
    const expressions = index.expressions.map((each) => sameElement(each, copy));
    const { unique, where, dialectOptions, ddlIf, info } = index;
    copy.addIndex(
      new Index(copy, expressions, {
        name: index.givenName,
        unique,
        dialectOptions,
        info,
        ...(where === null ? {} : { where }),
        ...(ddlIf === null ? {} : { ddlIf }),
      }),
    );
  }
  return copy;
}

const withoutImplied = { primaryKey: false, unique: false, index: null, references: [], checks: [] } as const;

function copyConstraint(constraint: Constraint, copy: Table): Constraint {
  const columns = constraint.columns.map((column) => sameColumn(column, copy));
  const { givenName: name, info, dialectOptions, deferrable, initially, ddlIf, comment } = constraint;
  const options = {
    name,
    info,
    dialectOptions,
    ...(deferrable === null ? {} : { deferrable }),
    ...(initially === null ? {} : { initially }),
    ...(ddlIf === null ? {} : { ddlIf }),
    ...(comment === null ? {} : { comment }),
  };
  if (constraint instanceof PrimaryKeyConstraint) return new PrimaryKeyConstraint(copy, columns, options);
  if (constraint instanceof UniqueConstraint) return new UniqueConstraint(copy, columns, options);
  if (constraint instanceof CheckConstraint) {
    const { column, condition } = constraint;
    return new CheckConstraint(copy, condition, {
      ...options,
      ...(column === null ? {} : { column: sameColumn(column, copy) }),
    });
  }
  if (constraint instanceof ExcludeConstraint) {
    const { using, where, ops } = constraint;
    const elements = constraint.elements.map(({ expression, operator }) => ({
      expression: sameElement(expression, copy),
      operator,
    }));
    return new ExcludeConstraint(copy, elements, { ...options, using, ops, ...(where === null ? {} : { where }) });
  }
  if (!(constraint instanceof ForeignKeyConstraint)) return constraint;
  const { onDelete, onUpdate, match, useAlter } = constraint;
  const targets = constraint.elements.map(({ column }) => {
    const { table, name: columnName } = column;
    if (table === constraint.table) return sameColumn(column, copy);
    const targetSchema = table.schema === constraint.table.schema ? copy.schema : table.schema;
    return `${targetSchema === null ? "" : `${targetSchema}.`}${table.name}.${columnName}`;
  });
  return new ForeignKeyConstraint(copy, columns, targets, {
    ...options,
    useAlter,
    ...(onDelete === null ? {} : { onDelete }),
    ...(onUpdate === null ? {} : { onUpdate }),
    ...(match === null ? {} : { match }),
  });
}

function sameElement(element: TableColumn | SqlElement, copy: Table): TableColumn | SqlElement {
  return element instanceof TableColumn ? sameColumn(element, copy) : element;
}

function sameColumn(column: TableColumn, copy: Table): TableColumn {
  const found = copy.getColumn(column.key);
  if (found === undefined) throw new RangeError(`the copy of "${column}" is missing`);
  return found;
}
