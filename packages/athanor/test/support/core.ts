/** The expression language and the schema, as tests of single rooms need them: without an engine. */

export * from "../../src/schema/column-types.ts";
export { MetaData } from "../../src/schema/metadata.ts";
export { conv } from "../../src/schema/naming.ts";
export { Sequence } from "../../src/schema/sequence.ts";
export { check, foreignKey, index, primaryKey, unique } from "../../src/schema/table-arguments.ts";
export { func } from "../../src/sql/expression/functions.ts";
export { table } from "../../src/sql/expression/table.ts";
export { column, sqlText } from "../../src/sql/statement/text.ts";
