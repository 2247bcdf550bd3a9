import { readFileSync } from "node:fs";
import { createSyncEngine, insert, listen, type SyncEngine } from "athanor";
import type { DeclarativeBase } from "athanor/orm";
import { valueOf } from "../../oracle/fixture.ts";

interface FixtureTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}
const file = new URL("../../oracle/fixtures/fixtures.json", import.meta.url);
const { tables }: { readonly tables: Readonly<Record<string, FixtureTable>> } = JSON.parse(readFileSync(file, "utf8"));

/** A statement that was sent, with its parameters. */
export interface SentStatement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** A database in memory with the oracle's rows, that keeps what is sent to it. */
export interface OracleDatabase {
  readonly engine: SyncEngine;
  /** What has been sent since the last look. */
  sent(): readonly SentStatement[];
}

/** Creates the tables of a base's models and fills them. */
export function oracleDatabase(base: DeclarativeBase): OracleDatabase {
  const engine = createSyncEngine("sqlite:///:memory:");
  base.metadata.createAll(engine);
  engine.begin((connection) => {
    for (const table of base.metadata.sortedTables) {
      const fixture = tables[table.name];
      if (fixture === undefined) continue;
      const keys = fixture.columns.map((name) => table.columnNamed(name)?.key);
      for (const row of fixture.rows) {
        const values = Object.fromEntries(
          keys.flatMap((key, i) => (key === undefined ? [] : [[key, valueOf(row[i])]])),
        );
        connection.execute(insert(table as never).values(values as never));
      }
    }
  });
  let statements: SentStatement[] = [];
  listen(engine, "beforeCursorExecute", ({ statement, parameters }) => {
    statements.push({ sql: statement, parameters: parameters.map(plain) });
  });
  return {
    engine,
    sent() {
      const sent = statements;
      statements = [];
      return sent;
    },
  };
}

/** SQLite's drivers are given whole numbers as bigints. */
function plain(value: unknown): unknown {
  return typeof value === "bigint" ? Number(value) : value;
}
