import { IntegrityError } from "../../../errors/statement-errors.ts";
import type { ColumnProperty } from "../../mapping/column-property.ts";
import type { Mapper } from "../../mapping/mapper.ts";

/** What a database says of a required column without a value, in terms of the class; other errors as they are. */
export function explainMissingValue(error: unknown, mapper: Mapper, batch: boolean): unknown {
  if (!(error instanceof IntegrityError) || error.violation !== "notNull") return error;
  const { statement, parameters, connectionInvalidated, retryable, violation, constraint, table, columns } = error;
  const written = mapper.tables.filter(({ tableName }) => table === null || table === tableName);
  const property = written.flatMap((each) => each.columns).find(({ column }) => columns.includes(column.name));
  if (property === undefined) return error;
  return new IntegrityError(messageFor(mapper, property), {
    cause: error.cause,
    statement,
    parameters,
    batch,
    hideParameters: parameters === null,
    connectionInvalidated,
    retryable,
    violation,
    constraint,
    table,
    columns,
  });
}

function messageFor(mapper: Mapper, property: ColumnProperty): string {
  const name = `${mapper.className}.${property.key}`;
  const parent = mapper.relationships.find(
    ({ direction, sync }) =>
      direction === "manyToOne" && sync.some(({ destination }) => destination.index === property.index),
  );
  return (
    `${name} has no value, and the column ${property.column} is NOT NULL. ` +
    `Give it a value${parent === undefined ? "" : `, or set ${parent}`}; or declare it with default() or nullable().`
  );
}
