import { afterEach, beforeEach, expect, test } from "vitest";
import { createEngine, type Engine, insert, integer, MetaData, select, sqlText, table, text } from "../../src/index.ts";
import { match } from "../../src/mysql.ts";
import { forEachDatabase } from "../support/databases.ts";

const metadata = new MetaData();
const posts = table("ex_posts", metadata, { id: integer().primaryKey(), title: text(), body: text() });
const { c } = posts;

forEachDatabase(
  (database) => {
    let engine: Engine;
    beforeEach(async () => {
      engine = createEngine(database.url);
      await metadata.createAll(engine);
    });
    afterEach(async () => {
      await metadata.dropAll(engine);
      await engine.dispose();
    });

    test("finds words in the columns of an index, in each mode", async () => {
      await engine.begin(async (connection) => {
        await connection.execute(sqlText("CREATE FULLTEXT INDEX ft_posts ON ex_posts (title, body)"));
        await connection.execute(
          insert(posts).values([
            { id: 1, title: "Databases", body: "Full text search of documents" },
            { id: 2, title: "Cooking", body: "Search for the right spice" },
            { id: 3, title: "It's", body: "Nothing to see" },
          ]),
        );
      });
      // What a transaction has written is not found before it ends.
      const found = await engine.begin(async (connection) => {
        const index = match(c.title, c.body);
        const conditions = [
          index.against("documents"),
          index.against("+search -spice", "boolean"),
          index.against("it's", "query expansion"),
          index.relevance("documents").gt(0),
        ];
        const results = [];
        for (const condition of conditions) {
          results.push((await connection.execute(select(c.id).where(condition).orderBy(c.id))).scalars().all());
        }
        return results;
      });
      expect(found).toEqual([[1], [1], [], [1]]);
    });
  },
  { dialect: "mysql" },
);
