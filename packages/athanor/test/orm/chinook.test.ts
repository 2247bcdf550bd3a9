// A real database: Chinook, a store of digital music, mapped as it is on SQLite, and copied to every other database.
import { copyFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { createEngine, type Engine, makeUrl, select, Table } from "athanor";
import { type Session, sessionmaker } from "athanor/orm";
import { afterEach, expect, test } from "vitest";
import { describeWithData } from "../support/data.ts";
import { forEachDatabase } from "../support/databases.ts";
import { copyDatabase } from "./chinook/copy.ts";
import { Base } from "./chinook/models.ts";
import { type Report, reports } from "./chinook/reports.ts";

const engines: Engine[] = [];
function engineFor(url: string): Engine {
  const engine = createEngine(url);
  engines.push(engine);
  return engine;
}
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.dispose();
});

describeWithData("chinook/chinook.sqlite", (original) => {
  forEachDatabase((database) => {
    // A server takes its time for all rows where the machine is busy.
    test("is copied through sessions, and the copy answers the same", { timeout: 60_000 }, async () => {
      const target = engineFor(database.sharedUrl);
      await Base.metadata.createAll(target);
      {
        await using from = sessionmaker(engineFor(`sqlite:///${original}`))();
        await using to = sessionmaker(target)();
        await copyDatabase(from, to);
      }
      await using session = sessionmaker(target)();
      for (const table of Base.metadata.tables.values()) {
        if (table instanceof Table) await checkRows(session, table, original);
      }
      for (const report of reports) await checkReport(session, report, original);
    });
  });

  forEachDatabase(
    (database) => {
      test.each(reports)("answers: $question", async (report) => {
        copyFileSync(original, pathOf(database.sharedUrl));
        await using session = sessionmaker(engineFor(database.sharedUrl))();
        await checkReport(session, report, original);
      });

      test("all eleven tables are mapped with the columns, keys and indexes that they have", async () => {
        await Base.metadata.createAll(engineFor(database.sharedUrl));
        expect(Base.metadata.tables.size).toBe(11);
        expect(schemaOf(pathOf(database.sharedUrl))).toEqual(schemaOf(original));
      });
    },
    { dialect: "sqlite" },
  );
});

/** Every row has the values that it has in the original file. */
async function checkRows(session: Session, table: Table<unknown, string>, original: string): Promise<void> {
  const { name, primaryKey } = table;
  const keys = primaryKey.columns.map((column) => column.name);
  const rows = await session.execute(select(table).orderBy(...keys)).all();
  expectRows(name, rows, rowsOf(original, `SELECT * FROM "${name}" ORDER BY ${keys.join(", ")}`));
}

/** The answer through the library is that of the SQL written by hand on the original file. */
async function checkReport(session: Session, { question, ask, sql }: Report, original: string): Promise<void> {
  expectRows(question, await ask(session), rowsOf(original, sql));
}

function expectRows(subject: string, rows: readonly (readonly unknown[])[], original: readonly unknown[][]): void {
  expect(original.length, subject).toBeGreaterThan(0);
  expect(
    rows.map((row) => row.map(comparable)),
    subject,
  ).toEqual(original.map((row) => row.map(expected)));
}

function pathOf(url: string): string {
  return makeUrl(url).database ?? expect.unreachable("The URL names no file");
}

/** Rows as the driver gives them, without the library. */
function rowsOf(path: string, sql: string): unknown[][] {
  const driver = new DatabaseSync(path, { readOnly: true });
  try {
    const statement = driver.prepare(sql);
    statement.setReturnArrays(true);
    return statement.all() as unknown as unknown[][];
  } finally {
    driver.close();
  }
}

/** Values in one form, whoever gives them: decimals are numbers, timestamps text. */
function comparable(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString().replace("T", " ").replace(".000Z", "");
  return typeof value === "string" && /^-?\d+\.\d+$/.test(value) ? Number(value) : value;
}

/** What a value has to be. Databases divide with different precision: MariaDB gives four digits behind the point. */
function expected(value: unknown): unknown {
  const known = comparable(value);
  return typeof known === "number" ? expect.closeTo(known, 3) : known;
}

/** What SQLite says of the tables: columns, primary keys, foreign keys, indexes. */
function schemaOf(path: string): unknown {
  return {
    columns: rowsOf(
      path,
      `SELECT m.name, c.name, c."notnull", c.pk FROM sqlite_schema m, pragma_table_info(m.name) c
       WHERE m.type = 'table' ORDER BY m.name, c.name`,
    ),
    foreignKeys: rowsOf(
      path,
      `SELECT m.name, k."from", k."table", k."to" FROM sqlite_schema m, pragma_foreign_key_list(m.name) k
       WHERE m.type = 'table' ORDER BY m.name, k."from"`,
    ),
    indexes: rowsOf(
      path,
      `SELECT i.tbl_name, i.name, x.name FROM sqlite_schema i, pragma_index_info(i.name) x
       WHERE i.type = 'index' AND i.sql IS NOT NULL ORDER BY 1, 2`,
    ),
  };
}
