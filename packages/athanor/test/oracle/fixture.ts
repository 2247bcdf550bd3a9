import { readFileSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { type Connection, createEngine, type MetaData, type SyncConnection } from "../../src/index.ts";
import type { Table } from "../../src/schema/table.ts";
import type { TableColumn } from "../../src/schema/table-column.ts";
import { insert } from "../../src/sql/statement/insert.ts";
import { EnumType } from "../../src/sqltypes/enum.ts";
import { probeDatabases } from "../support/database-matrix.ts";
import { databaseWith, ddlOf } from "../support/sqlite-ddl.ts";
import { execute } from "../support/sqlite-statements.ts";
import {
  billingMetadata,
  blogMetadata,
  coreMetadata,
  orgMetadata,
  pgDocs,
  pgDocsRows,
  pgMetadata,
  shopMetadata,
} from "./models.ts";

const metadatas: readonly MetaData[] = [shopMetadata, blogMetadata, billingMetadata, orgMetadata, coreMetadata];

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

/** An in-memory database of node:sqlite with every table of the oracle and its rows. */
export function fixtureDatabase(): DatabaseSync {
  const database = databaseWith(metadatas.flatMap((metadata) => ddlOf(metadata)));
  for (const statement of fixtureInserts(metadatas)) execute(database, statement);
  return database;
}

/** A database with every table of the oracle and its rows, and one connection to it. */
export interface FixtureDatabase {
  readonly connection: Connection;
  /** Keys go on behind the largest again: counters take no part in a rollback. */
  restoreKeys(table: Table): Promise<void>;
  remove(): Promise<void>;
}

/**
 * Makes one on an entry of the database matrix. Null where that is missing, which is said; with CI set, it is an error.
 */
export async function fixtureDatabaseOn(name: string): Promise<FixtureDatabase | null> {
  const entry = (await probeDatabases()).find((each) => each.name === name);
  const missing = entry === undefined ? "there is no such entry" : entry.missing;
  if (entry === undefined || missing !== null) {
    if (process.env["CI"]) throw new Error(`${name} is missing: ${missing}`);
    console.warn(`Nothing is executed on ${name}: ${missing}`);
    return null;
  }
  const fresh = await entry.create();
  const engine = createEngine(fresh.url);
  const connection = await engine.connect();
  for (const metadata of metadatas) await metadata.createAll(connection);
  for (const statement of fixtureInserts(metadatas)) await connection.execute(statement);
  if (entry.dialect === "postgresql") {
    await pgMetadata.createAll(connection);
    for (const row of pgDocsRows) await connection.execute(insert(pgDocs).values(row));
  }
  const restoring = restoringKeys[entry.dialect];
  const restoreKeys = async ({ name: table, autoincrementColumn: key }: Table) => {
    if (key === null || restoring === undefined) return;
    await connection.execDriverSql(restoring(table, key.name));
    await connection.commit();
  };
  for (const { sortedTables } of metadatas) for (const table of sortedTables) await restoreKeys(table);
  await connection.commit();
  return {
    connection,
    restoreKeys,
    async remove() {
      await connection.close();
      await engine.dispose();
      await fresh.remove();
    },
  };
}

/** How keys go on behind the largest, by dialect; SQLite does that by itself. */
const restoringKeys: Readonly<Record<string, (table: string, key: string) => string>> = {
  postgresql: (table, key) => `SELECT setval(pg_get_serial_sequence('${table}', '${key}'), max(${key})) FROM ${table}`,
  mysql: (table) => `ALTER TABLE ${table} AUTO_INCREMENT = 1`,
};

/** The same on a connection of a synchronous engine. */
export function loadFixture(connection: SyncConnection): void {
  for (const metadata of metadatas) metadata.createAll(connection);
  for (const statement of fixtureInserts(metadatas)) connection.execute(statement);
  const restoring = restoringKeys[connection.$core.engine.dialect.name];
  for (const { name, autoincrementColumn: key } of metadatas.flatMap(({ sortedTables }) => sortedTables)) {
    if (key !== null && restoring !== undefined) connection.execDriverSql(restoring(name, key.name));
  }
  connection.commit();
}

/** An INSERT a table, in an order in which foreign keys hold. */
function* fixtureInserts(schemas: readonly MetaData[]) {
  for (const [name, { columns, rows }] of Object.entries(tables)) {
    const table = schemas.map((metadata) => metadata.tables.get(name)).find((each) => each !== undefined);
    if (table === undefined) continue;
    const keys = columns.map((column) => {
      const found = table.columnNamed(column);
      if (found === undefined) throw new RangeError(`No column ${name}.${column}`);
      return found;
    });
    const values = rows.map((row) =>
      Object.fromEntries(keys.map((column, i) => [column.key, columnValue(column, row[i])])),
    );
    yield insert(table as never).values(values as never);
  }
}
