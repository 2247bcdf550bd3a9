/** The expression language and the schema, as tests of single rooms need them: without an engine. */

export { insert as mysqlInsert, limit as mysqlLimit } from "../../src/dialects/mysql/constructs.ts";
export { insert as postgresqlInsert } from "../../src/dialects/postgresql/constructs.ts";
export { insert as sqliteInsert } from "../../src/dialects/sqlite/constructs.ts";
export * from "../../src/schema/column-types.ts";
export { MetaData } from "../../src/schema/metadata.ts";
export { conv } from "../../src/schema/naming.ts";
export { Sequence } from "../../src/schema/sequence.ts";
export { check, foreignKey, index, primaryKey, unique } from "../../src/schema/table-arguments.ts";
export { array } from "../../src/sql/expression/array.ts";
export { bindparam } from "../../src/sql/expression/bind-parameter.ts";
export { caseOf, caseWhen } from "../../src/sql/expression/case.ts";
export { and, not, or } from "../../src/sql/expression/conditions.ts";
export { falseValue, literal, literalColumn, nullValue, trueValue } from "../../src/sql/expression/constants.ts";
export { cast, extract, tryCast, typeCoerce } from "../../src/sql/expression/conversion.ts";
export { func } from "../../src/sql/expression/functions.ts";
export { join, outerJoin } from "../../src/sql/expression/join.ts";
export { asc, desc, nullsFirst, nullsLast } from "../../src/sql/expression/ordering.ts";
export { table } from "../../src/sql/expression/table.ts";
export { columnValued, tableValued } from "../../src/sql/expression/table-valued.ts";
export { tablesample } from "../../src/sql/expression/tablesample.ts";
export { all, any, tuple } from "../../src/sql/expression/tuple.ts";
export { preceding } from "../../src/sql/expression/window.ts";
export {
  except,
  exceptAll,
  intersect,
  intersectAll,
  union,
  unionAll,
} from "../../src/sql/statement/compound.ts";
export { deleteFrom } from "../../src/sql/statement/delete.ts";
export { exists } from "../../src/sql/statement/exists.ts";
export { insert } from "../../src/sql/statement/insert.ts";
export { select } from "../../src/sql/statement/select.ts";
export { column, sql, sqlText } from "../../src/sql/statement/text.ts";
export { update } from "../../src/sql/statement/update.ts";
export { values } from "../../src/sql/statement/values.ts";
