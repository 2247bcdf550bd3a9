import { DatabaseSync } from "node:sqlite";
import { SqliteCompiler } from "../../src/dialects/sqlite/compiler.ts";
import { SqliteDdlCompiler } from "../../src/dialects/sqlite/ddl.ts";
import { sqliteLiteral, sqliteTraits, sqliteTypeName } from "../../src/dialects/sqlite/types.ts";
import { planDdl } from "../../src/schema/ddl-plan.ts";
import type { CreateOptions, MetaData } from "../../src/schema/metadata.ts";
import type { SchemaItem, SchemaItemOptions } from "../../src/schema/schema-item.ts";
import type { CompilingDialect } from "../../src/sql/compile/fragment.ts";
import type { Capabilities } from "../../src/sql/compile/sql-dialect.ts";

const reserved = new Set(
  "add all alter and as check create default from group index order primary references select set table to unique values where".split(
    " ",
  ),
);

/** SQLite as far as DDL needs to know it. */
export const sqlite: CompilingDialect = {
  name: "sqlite",
  types: sqliteTraits,
  capabilities: {
    alterConstraints: false,
    sequences: false,
    comments: false,
    identityColumns: false,
    computedColumns: true,
  } as Capabilities,
  maxIdentifierLength: 9999,
  maxParameters: 999,
  quote: (name) => (/^[a-z_][a-z0-9_]*$/.test(name) && !reserved.has(name) ? name : `"${name.replaceAll('"', '""')}"`),
  placeholder: () => "?",
  typeName: sqliteTypeName,
  literal: sqliteLiteral,
  statementCompiler: SqliteCompiler,
};

export function ddl(item: SchemaItem, options?: SchemaItemOptions): readonly string[] {
  return new SqliteDdlCompiler(sqlite).compile(item, options);
}

/** The statements that create or drop everything of a MetaData. */
export function ddlOf(
  metadata: MetaData,
  action: "create" | "drop" = "create",
  options?: CreateOptions,
): readonly string[] {
  return planDdl(metadata, action, null, sqlite.capabilities, options).flatMap((item) => ddl(item));
}

/** An empty database with foreign keys enforced, in which the statements were executed. */
export function databaseWith(statements: readonly string[]): DatabaseSync {
  const database = new DatabaseSync(":memory:");
  for (const statement of statements) database.exec(statement);
  return database;
}
