import { afterEach, describe, expect, test } from "vitest";
import { MaterializedPath, slugged, slugify, uniqueSlug } from "../../../src/ext.ts";
import { createEngine, type Engine, integer, select, varchar } from "../../../src/index.ts";
import { declarativeBase, map, oneOrNone, Session } from "../../../src/orm/index.ts";
import { forEachDatabase } from "../../support/databases.ts";

describe("slugify", () => {
  test.each([
    ["Crème brûlée, twice!", "creme-brulee-twice"],
    ["  --  ", ""],
    ["Straße № 5", "straße-no-5"],
    ["日本語 テスト", "日本語-テスト"],
  ])("%j is %j", (text, slug) => expect(slugify(text)).toBe(slug));

  test("keeps words whole where they fit", () => {
    expect(slugify("one two three", { maxLength: 9 })).toBe("one-two");
    expect(slugify("incomprehensible", { maxLength: 5 })).toBe("incom");
    expect(slugify("a b", { separator: "_" })).toBe("a_b");
  });
});

function models() {
  const Base = declarativeBase();
  class Category extends Base.model("categories", {
    id: integer().primaryKey(),
    name: varchar(50),
    slug: varchar(80).nullable().unique(),
    path: varchar(200).nullable().index(),
    get parentId() {
      return integer()
        .nullable()
        .references(() => Category.id);
    },
    get parent() {
      return oneOrNone(() => Category, { remoteSide: () => Category.id });
    },
  }) {
    static {
      map(this);
    }
  }
  return { Base, Category };
}

describe("trees and slugs", () => {
  forEachDatabase((database) => {
    let engine: Engine | undefined;
    afterEach(async () => {
      await engine?.dispose();
      engine = undefined;
    });

    test("a tree with materialised paths: below, above, depth, moving", async () => {
      const { Base, Category } = models();
      const tree = new MaterializedPath(Category, { path: "path", parent: "parent" });
      engine = createEngine(database.url);
      await Base.metadata.createAll(engine);
      await using session = new Session(engine);
      const root = new Category({ name: "root" });
      const books = new Category({ name: "books", parent: root });
      const novels = new Category({ name: "novels", parent: books });
      const crime = new Category({ name: "crime", parent: novels });
      const music = new Category({ name: "music", parent: root });
      session.addAll([crime, music]);
      await session.commit();
      expect(crime.path).toBe(`/${root.id}/${books.id}/${novels.id}/${crime.id}/`);
      const names = async (statement: ReturnType<typeof tree.descendants>) =>
        (await session.scalars(statement).all()).map(({ name }) => name);
      expect(await names(tree.descendants(books))).toEqual(["novels", "crime"]);
      expect(await names(tree.ancestors(crime))).toEqual(["root", "books", "novels"]);
      expect(await names(tree.ancestors(root))).toEqual([]);
      expect(tree.depth(crime)).toBe(3);

      await tree.move(session, novels, music);
      expect(novels.path).toBe(`/${root.id}/${music.id}/${novels.id}/`);
      expect(await names(tree.descendants(music))).toEqual(["novels", "crime"]);
      expect(await names(tree.descendants(books))).toEqual([]);
      await expect(tree.move(session, music, crime)).rejects.toThrow(/cannot be moved below itself/);
      await tree.move(session, novels, null);
      await session.commit();
      session.expungeAll();
      const again = await session.scalars(select(Category).where(Category.name.eq("crime"))).one();
      expect(again.path).toBe(`/${novels.id}/${crime.id}/`);
      expect(() => tree.pathOf(new Category({ name: "new" }))).toThrow(/add it to a session and commit/);
    });

    test("slugs are made of titles, and counted where they are taken", async () => {
      const { Base, Category } = models();
      slugged(Category, { from: "name", to: "slug" });
      engine = createEngine(database.url);
      await Base.metadata.createAll(engine);
      await using session = new Session(engine);
      const first = new Category({ name: "Old Books" });
      const own = new Category({ name: "Anything", slug: "kept" });
      session.addAll([first, own]);
      await session.flush();
      expect([first.slug, own.slug]).toEqual(["old-books", "kept"]);
      expect(await uniqueSlug(session, Category.slug, "New")).toBe("new");
      expect(await uniqueSlug(session, Category.slug, "Old books")).toBe("old-books-2");
      session.add(new Category({ name: "x", slug: "old-books-2" }));
      expect(await uniqueSlug(session, Category.slug, "Old books")).toBe("old-books-3");
      await expect(uniqueSlug(session, Category.slug, "!?")).rejects.toThrow(/can stand in an address/);
    });
  });
});
