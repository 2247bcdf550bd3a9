// A real database: Chinook, a store of digital music, mapped as it is.
import { copyFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { createEngine, type Engine, makeUrl, type Url } from "athanor";
import { sessionmaker } from "athanor/orm";
import { afterEach, expect, test } from "vitest";
import { describeWithData } from "../support/data.ts";
import { forEachDatabase } from "../support/databases.ts";
import { copyDatabase } from "./chinook/copy.ts";
import { Base } from "./chinook/models.ts";
import { reports } from "./chinook/reports.ts";

const engines: Engine[] = [];
function engineFor(url: Url): Engine {
  const engine = createEngine(url);
  engines.push(engine);
  return engine;
}
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.dispose();
});

describeWithData("chinook/chinook.sqlite", (original) => {
  forEachDatabase(
    (database) => {
      /** The data in a file of the test's own, and a second file beside it that does not exist yet. */
      const files = (): { readonly source: Url; readonly target: Url } => {
        const source = makeUrl(database.sharedUrl);
        copyFileSync(original, path(source));
        return { source, target: source.set({ database: `${path(source)}.copy` }) };
      };

      test.each(reports)("answers: $question", async ({ ask, sql }) => {
        const { source } = files();
        await using session = sessionmaker(engineFor(source))();
        const answer = await ask(session);
        expect(answer.length).toBeGreaterThan(0);
        expect(answer.map((row) => row.map(comparable))).toEqual(rowsOf(source, sql).map((row) => row.map(comparable)));
      });

      test("all eleven tables are mapped with the columns, keys and indexes that they have", async () => {
        const { source, target } = files();
        await Base.metadata.createAll(engineFor(target));
        expect(Base.metadata.tables.size).toBe(11);
        expect(schemaOf(target)).toEqual(schemaOf(source));
      });

      test("is copied through sessions, object graph by object graph", async () => {
        const { source, target } = files();
        const copy = engineFor(target);
        await Base.metadata.createAll(copy);
        {
          await using from = sessionmaker(engineFor(source))();
          await using to = sessionmaker(copy)();
          await copyDatabase(from, to);
        }
        await copy.dispose();

        expect(rowsOf(target, "PRAGMA foreign_key_check")).toEqual([]);
        for (const { name, primaryKey } of Base.metadata.tables.values()) {
          const ordered = `SELECT * FROM "${name}" ORDER BY ${primaryKey.columns.map((column) => column.name).join(", ")}`;
          const rows = rowsOf(target, ordered).map((row) => row.map(comparable));
          expect(rows, name).toEqual(rowsOf(source, ordered).map((row) => row.map(comparable)));
        }
        for (const sum of [
          "SELECT count(*), sum(Total) FROM Invoice",
          "SELECT count(*), sum(UnitPrice * Quantity) FROM InvoiceLine",
          "SELECT count(*), sum(Milliseconds), sum(Bytes), sum(UnitPrice) FROM Track",
          "SELECT count(*), sum(PlaylistId * TrackId) FROM PlaylistTrack",
        ]) {
          expect(rowsOf(target, sum).flat().map(comparable)).toEqual(rowsOf(source, sum).flat().map(comparable));
        }
      });
    },
    { dialect: "sqlite" },
  );
});

function path(url: Url): string {
  return url.database ?? expect.unreachable("The URL names no file");
}

/** Rows as the driver gives them, without the library. */
function rowsOf(url: Url, sql: string): unknown[][] {
  const driver = new DatabaseSync(path(url), { readOnly: true });
  try {
    const statement = driver.prepare(sql);
    statement.setReturnArrays(true);
    return statement.all() as unknown as unknown[][];
  } finally {
    driver.close();
  }
}

/** Decimals and timestamps look different where they are equal: `13.9` and "13.90", with a fraction of 0 and without. */
function comparable(value: unknown): unknown {
  if (typeof value === "number") return Number(value.toFixed(6));
  if (typeof value !== "string") return value;
  if (/^-?\d+\.\d+$/.test(value)) return Number(value);
  return value.replace(/^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\.0+$/, "$1");
}

/** What SQLite says of the tables: columns, primary keys, foreign keys, indexes. */
function schemaOf(url: Url): unknown {
  return {
    columns: rowsOf(
      url,
      `SELECT m.name, c.name, c."notnull", c.pk FROM sqlite_schema m, pragma_table_info(m.name) c
       WHERE m.type = 'table' ORDER BY m.name, c.name`,
    ),
    foreignKeys: rowsOf(
      url,
      `SELECT m.name, k."from", k."table", k."to" FROM sqlite_schema m, pragma_foreign_key_list(m.name) k
       WHERE m.type = 'table' ORDER BY m.name, k."from"`,
    ),
    indexes: rowsOf(
      url,
      `SELECT i.tbl_name, i.name, x.name FROM sqlite_schema i, pragma_index_info(i.name) x
       WHERE i.type = 'index' AND i.sql IS NOT NULL ORDER BY 1, 2`,
    ),
  };
}
