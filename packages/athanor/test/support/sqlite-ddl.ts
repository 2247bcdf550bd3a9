import { DatabaseSync } from "node:sqlite";
import { SqliteDdlCompiler } from "../../src/dialects/sqlite/ddl.ts";
import { SqliteDialect } from "../../src/dialects/sqlite/dialect.ts";
import type { CreateOptions, MetaData } from "../../src/schema/metadata.ts";
import type { SchemaItem, SchemaItemOptions } from "../../src/schema/schema-item.ts";

export const sqlite: SqliteDialect = new SqliteDialect();

export function ddl(item: SchemaItem, options?: SchemaItemOptions): readonly string[] {
  return new SqliteDdlCompiler(sqlite).compile(item, options);
}

/** The statements that create or drop everything of a MetaData. */
export function ddlOf(
  metadata: MetaData,
  action: "create" | "drop" = "create",
  options?: CreateOptions,
): readonly string[] {
  return action === "create" ? metadata.createAllSql(sqlite, options) : metadata.dropAllSql(sqlite, options);
}

/** An empty database with foreign keys enforced, in which the statements were executed. */
export function databaseWith(statements: readonly string[]): DatabaseSync {
  const database = new DatabaseSync(":memory:");
  for (const statement of statements) database.exec(statement);
  return database;
}
