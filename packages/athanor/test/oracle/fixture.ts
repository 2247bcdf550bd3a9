import { readFileSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { createSyncEngine, type SyncConnection } from "../../src/index.ts";
import type { TableColumn } from "../../src/schema/table-column.ts";
import { insert } from "../../src/sql/statement/insert.ts";
import { EnumType } from "../../src/sqltypes/enum.ts";
import { databaseWith, ddlOf } from "../support/sqlite-ddl.ts";
import { execute } from "../support/sqlite-statements.ts";
import { billingMetadata, blogMetadata, coreMetadata, orgMetadata, shopMetadata } from "./models.ts";

const metadatas = [shopMetadata, blogMetadata, billingMetadata, orgMetadata, coreMetadata];

interface FixtureTable {
  readonly schema: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}
const file = new URL("./fixtures/fixtures.json", import.meta.url);
const { tables }: { readonly tables: Readonly<Record<string, FixtureTable>> } = JSON.parse(readFileSync(file, "utf8"));

/** A value as the oracle writes it, as Athanor has it. */
export function valueOf(written: unknown): unknown {
  if (typeof written !== "object" || written === null || Array.isArray(written)) return written;
  const [entry, another] = Object.entries(written);
  if (entry === undefined || another !== undefined || !entry[0].startsWith("$")) return written;
  const [tag, content] = entry;
  switch (tag) {
    case "$datetime":
      return new Date(/(Z|[+-]\d{2}:\d{2})$/.test(String(content)) ? String(content) : `${content}Z`);
    case "$interval":
      return Number(content) * 1000;
    case "$bytes":
      return Uint8Array.from(Buffer.from(String(content), "hex"));
    case "$bigint":
      return BigInt(String(content));
    default:
      return content;
  }
}

function columnValue(column: TableColumn, written: unknown): unknown {
  const value = valueOf(written);
  // Digits of big integers, and enumerations that store their values, are told by the column alone.
  if (column.type.kind === "bigInteger" && typeof value === "number") return BigInt(value);
  const { stored } = column.type;
  if (stored instanceof EnumType && typeof value === "string") {
    return stored.values.find((each) => each.toLowerCase() === value.toLowerCase()) ?? value;
  }
  return value;
}

/** An in-memory database with every table of the oracle and its rows. */
export function fixtureDatabase(): DatabaseSync {
  const database = databaseWith(metadatas.flatMap((metadata) => ddlOf(metadata)));
  for (const statement of fixtureInserts()) execute(database, statement);
  return database;
}

/** The same behind an engine, with one connection open. */
export function fixtureConnection(): SyncConnection {
  const connection = createSyncEngine("sqlite:///:memory:").connect();
  for (const metadata of metadatas) metadata.createAll(connection);
  for (const statement of fixtureInserts()) connection.execute(statement);
  connection.commit();
  return connection;
}

function* fixtureInserts() {
  for (const [name, { columns, rows }] of Object.entries(tables)) {
    const table = metadatas.map((metadata) => metadata.tables.get(name)).find((each) => each !== undefined);
    if (table === undefined) continue;
    for (const row of rows) {
      const values = Object.fromEntries(
        columns.map((column, i) => {
          const found = table.columnNamed(column);
          if (found === undefined) throw new RangeError(`No column ${name}.${column}`);
          return [found.key, columnValue(found, row[i])];
        }),
      );
      yield insert(table as never).values(values as never);
    }
  }
}
