import { type Column, columnOf } from "../../schema/column.ts";
import type { Given } from "../../schema/column-definition.ts";
import { type DomainOptions, DomainType } from "../../sqltypes/domain.ts";
import type { SqlType } from "../../sqltypes/sql-type.ts";

/**
 * A domain: a type of the database's own that restricts another. `createAll` creates it before the tables that use it,
 * `dropAll` drops it after them.
 *
 * @example
 * const email = domain("email", text(), { check: sqlText("VALUE LIKE '%@%'"), notNull: true });
 */
export function domain<T>(name: string, base: Column<T, Given>, options: DomainOptions = {}): Column<T> {
  return columnOf(new DomainType<T>(name, base.definition.type as SqlType<T>, options));
}
