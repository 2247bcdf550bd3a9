import { createEngine, deleteFrom, type Engine, select, update } from "athanor";
import { inspect, Session } from "athanor/orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forEachDatabase } from "../support/databases.ts";
import { Author, LibraryBase } from "./support/library.ts";

/** Texts that a collation may take for equal, and others. */
const names = ["Ada", "ada", "ÁDA", "ada ", "bob"];

forEachDatabase((database) => {
  describe("objects that a statement meets by text are those that the database means", () => {
    let engine: Engine;
    let session: Session;
    let authors: readonly Author[];
    beforeEach(async () => {
      engine = createEngine(database.url);
      await LibraryBase.metadata.createAll(engine);
      session = new Session(engine);
      session.addAll(names.map((name) => new Author({ name })));
      await session.commit();
      authors = await session.scalars(select(Author).orderBy(Author.id)).all();
    });
    afterEach(async () => {
      await session.close();
      await engine.dispose();
    });

    const ofDatabase = async () => {
      await using connection = await engine.connect();
      return await connection.execute(select(Author.id, Author.name).orderBy(Author.id)).all();
    };

    test("by UPDATE", async () => {
      await session.execute(update(Author).where(Author.name.eq("ada")).values({ name: "changed" }));
      await session.commit();
      expect(authors.map(({ id, name }) => [id, name])).toEqual(await ofDatabase());
    });

    test("by DELETE", async () => {
      await session.execute(deleteFrom(Author).where(Author.name.in(["ada", "nobody"])));
      await session.commit();
      const left = authors.filter((author) => inspect(author).status === "persistent");
      expect(left.map(({ id, name }) => [id, name])).toEqual(await ofDatabase());
    });
  });
});
