/** The expression language and the schema, as tests of single rooms need them: without an engine. */

export * from "../../src/schema/column-types.ts";
export { MetaData } from "../../src/schema/metadata.ts";
export { conv } from "../../src/schema/naming.ts";
export { Sequence } from "../../src/schema/sequence.ts";
export { check, foreignKey, index, primaryKey, unique } from "../../src/schema/table-arguments.ts";
export { caseWhen } from "../../src/sql/expression/case.ts";
export { and, falseValue, not, nullValue, or, trueValue } from "../../src/sql/expression/conditions.ts";
export { literal } from "../../src/sql/expression/expression.ts";
export { func } from "../../src/sql/expression/functions.ts";
export { table } from "../../src/sql/expression/table.ts";
export { except, intersect, union, unionAll } from "../../src/sql/statement/compound.ts";
export { deleteFrom } from "../../src/sql/statement/delete.ts";
export { exists } from "../../src/sql/statement/exists.ts";
export { insert } from "../../src/sql/statement/insert.ts";
export { select } from "../../src/sql/statement/select.ts";
export { bindparam, column, sql, sqlText } from "../../src/sql/statement/text.ts";
export { update } from "../../src/sql/statement/update.ts";
