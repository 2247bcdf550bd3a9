import { createEngine, deleteFrom, type Engine, func, integer, select, union, update, varchar } from "athanor";
import {
  aliased,
  awaitable,
  declarativeBase,
  immediateload,
  joinedload,
  many,
  map,
  mixin,
  oneOrNone,
  raiseload,
  Session,
  selectinload,
  sessionmaker,
  subqueryload,
  withLoaderCriteria,
  withoutLoaderCriteria,
} from "athanor/orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forEachDatabase } from "../support/databases.ts";
import { sent } from "./support/library.ts";

const SoftDelete = mixin({ deletedIn: integer().nullable() });
const Owned = mixin({ tenant: varchar(10).default("a") });

const Base = declarativeBase();
class Folder extends Base.model("folders", SoftDelete, Owned, {
  id: integer().primaryKey(),
  name: varchar(20),
  get parentId() {
    return integer()
      .nullable()
      .references(() => Folder.id);
  },
  get parent() {
    return oneOrNone(() => Folder, { backPopulates: "children", remoteSide: () => Folder.id });
  },
  get children() {
    return many(() => Folder, { backPopulates: "parent", orderBy: () => Folder.id });
  },
  get notes() {
    return many(() => Note, { backPopulates: "folder", orderBy: () => Note.id });
  },
}) {
  static {
    map(this);
  }
}
class Note extends Base.model("notes", SoftDelete, {
  id: integer().primaryKey(),
  text: varchar(20),
  folderId: integer()
    .nullable()
    .references(() => Folder.id),
  get folder() {
    return oneOrNone(() => Folder, { backPopulates: "notes" });
  },
}) {
  static {
    map(this);
  }
}

const living = withLoaderCriteria(SoftDelete, (entity) => entity.deletedIn.is(null), { name: "softDelete" });
const shortNotes = withLoaderCriteria(Note, Note.text.ne("long"));

forEachDatabase((database) => {
  let engine: Engine;
  let session: Session;
  let log: () => string[];
  beforeEach(async () => {
    engine = createEngine(database.url);
    await Base.metadata.createAll(engine);
    await sessionmaker(engine).begin((setup) => {
      const note = (id: number, text: string, deletedIn: number | null = null) => new Note({ id, text, deletedIn });
      const leaf = new Folder({ id: 3, name: "leaf", tenant: "b", notes: [note(4, "x")] });
      const gone = new Folder({ id: 4, name: "gone", deletedIn: 7, notes: [note(5, "y")] });
      const branch = new Folder({ id: 2, name: "branch", children: [leaf], notes: [note(3, "z", 8)] });
      const root = new Folder({
        id: 1,
        name: "root",
        children: [branch, gone],
        notes: [note(1, "short"), note(2, "long")],
      });
      setup.add(root);
    });
    log = sent(engine);
    session = new Session(engine);
  });
  afterEach(async () => {
    await session.close();
    await engine.dispose();
  });

  const names = async (query: ReturnType<typeof folders>, by = session) =>
    (await by.scalars(query).unique().all()).map(({ name }) => name);
  const folders = () => select(Folder).orderBy(Folder.id);
  const texts = (folder: Folder | null | undefined) => folder?.notes.map(({ text }) => text);

  describe("as an option of a statement", () => {
    test("counts for what is selected, as objects, columns and numbers", async () => {
      expect(await names(folders().options(living))).toEqual(["root", "branch", "leaf"]);
      expect(await session.scalars(select(Folder.name).orderBy(Folder.id).options(living)).all()).toEqual([
        "root",
        "branch",
        "leaf",
      ]);
      expect(await session.scalar(select(func.count()).selectFrom(Folder).options(living))).toBe(3);
      expect(await session.scalar(select(func.count(Note.id)).options(shortNotes))).toBe(4);
    });

    test("stands in the ON clause of a join, so that an outer join keeps its rows", async () => {
      const query = select(Folder.name, func.count(Note.id).label("notes"))
        .outerJoin(Folder.notes)
        .groupBy(Folder.id, Folder.name)
        .orderBy(Folder.id)
        .options(shortNotes);
      expect((await session.execute(query).all()).map((row) => [...row])).toEqual([
        ["root", 1],
        ["branch", 1],
        ["leaf", 1],
        ["gone", 1],
      ]);
      const byForeignKey = select(Folder.name, Note.text).join(Note).where(Folder.id.eq(1)).options(shortNotes);
      expect((await session.execute(byForeignKey).all()).map((row) => [...row])).toEqual([["root", "short"]]);
    });

    test("reaches EXISTS, subqueries, CTEs and set operations", async () => {
      const withNotes = folders().where(Folder.notes.any(Note.text.in(["long", "x"])));
      expect(await names(withNotes)).toEqual(["root", "leaf"]);
      expect(await names(withNotes.options(shortNotes))).toEqual(["leaf"]);
      expect(await names(folders().where(Folder.parent.has()).options(living))).toEqual(["branch", "leaf"]);
      const inside = select(Note.folderId).where(Note.text.eq("long"));
      expect(await names(folders().where(Folder.id.in(inside)).options(shortNotes))).toEqual([]);
      const counts = select(Note.folderId, func.count().label("n")).groupBy(Note.folderId).cte("counts");
      const counted = select(Folder.name, counts.c.n)
        .join(counts, counts.c.folderId.eq(Folder.id))
        .where(Folder.id.eq(1));
      expect(await session.scalars(counted.addColumns(counts.c.n.label("again")).options(shortNotes)).all()).toEqual([
        "root",
      ]);
      expect((await session.execute(counted.options(shortNotes)).one()).n).toBe(1);
    });

    test("leaves aliases out, unless it includes them", async () => {
      const other = aliased(Folder, "other");
      const query = select(other).orderBy(other.id);
      const count = async (option: typeof living) => (await session.scalars(query.options(option)).all()).length;
      expect(await count(living)).toBe(4);
      const all = withLoaderCriteria(SoftDelete, (entity) => entity.deletedIn.is(null), { includeAliases: true });
      expect(await count(all)).toBe(3);
      const byClass = withLoaderCriteria(Folder, (folder) => folder.name.ne("leaf"), { includeAliases: true });
      expect(await count(byClass)).toBe(3);
    });

    test("counts for relationships that are loaded along, whichever way, and does not drop their parents", async () => {
      for (const load of [selectinload, joinedload, subqueryload, immediateload]) {
        const query = folders().where(Folder.id.le(2)).options(load(Folder.notes), shortNotes, living);
        const found = await session.scalars(query).unique().all();
        expect(found.map(texts)).toEqual([["short"], []]);
        session.expungeAll();
      }
      const tree = folders().where(Folder.id.eq(1));
      const nested = tree.options(selectinload(Folder.children, { recursionDepth: -1 }), living);
      const root = await session.scalars(nested).one();
      expect(root.children.map(({ name }) => name)).toEqual(["branch"]);
      session.expungeAll();
      const joined = await session
        .scalars(tree.options(joinedload(Folder.children), living))
        .unique()
        .one();
      expect(joined.children.map(({ name }) => name)).toEqual(["branch"]);
    });

    test("limits after it has counted, also where a collection is joined", async () => {
      const query = select(Folder).orderBy(Folder.id.desc()).limit(1).options(joinedload(Folder.notes), living);
      expect(await names(query)).toEqual(["leaf"]);
    });

    test("is remembered by the objects for what they load later", async () => {
      const root = await session.scalars(folders().where(Folder.id.eq(1)).options(living, shortNotes)).one();
      expect((await awaitable(root).notes).map(({ text }) => text)).toEqual(["short"]);
      const [branch] = await awaitable(root).children;
      expect(branch && (await awaitable(branch).notes)).toEqual([]);
    });

    test("does not, where it does not propagate", async () => {
      const here = withLoaderCriteria(Note, Note.text.ne("long"), { propagateToLoaders: false });
      const query = select(Folder).join(Folder.notes).where(Folder.id.eq(1)).options(selectinload(Folder.notes), here);
      const [root, ...more] = await session.scalars(query).all();
      expect(more).toEqual([]);
      expect(texts(root)).toEqual(["short", "long"]);
      const eager = select(Folder).where(Folder.id.eq(1)).options(joinedload(Folder.notes), here);
      session.expungeAll();
      expect(texts(await session.scalars(eager).unique().one())).toEqual(["short", "long"]);
    });

    test("keeps its values apart from what is cached", async () => {
      const except = (name: string) => withLoaderCriteria(Folder, (folder) => folder.name.ne(name));
      const found: string[][] = [];
      for (const name of ["root", "leaf"]) found.push(await names(folders().options(except(name), living)));
      expect(found).toEqual([
        ["branch", "leaf"],
        ["root", "branch"],
      ]);
      const [first, second] = log().filter((each) => each.startsWith("SELECT"));
      expect(first).toBe(second);
      expect(first).toContain("?");
    });

    test("counts for UPDATE and DELETE, of objects that are there, too", async () => {
      await using careful = new Session(engine, { options: [shortNotes, living] });
      const everything = withoutLoaderCriteria("softDelete");
      const notes = await careful.scalars(select(Note).orderBy(Note.id).options(everything)).all();
      await careful.execute(update(Note).values({ text: "changed" }));
      await careful.execute(deleteFrom(Folder).where(Folder.name.eq("gone")));
      expect(notes.map(({ text }) => text)).toEqual(["changed", "z", "changed", "changed"]);
      const all = update(Note).values({ text: "all" }).options(withoutLoaderCriteria("softDelete"));
      expect((await careful.execute(all)).rowCount).toBe(4);
      await careful.execute(all.values({ text: "changed" }).where(Note.id.ne(3)));
      await careful.execute(all.values({ text: "z" }).where(Note.id.eq(3)));
      await careful.commit();
      await careful.close();
      expect(await session.scalars(select(Note.text).orderBy(Note.id)).all()).toEqual([
        "changed",
        "long",
        "z",
        "changed",
        "changed",
      ]);
      expect(await names(folders())).toEqual(["root", "branch", "leaf", "gone"]);
    });
  });

  describe("as an option of a session", () => {
    const hiding = () => new Session(engine, { options: [living] });

    test("counts for everything that is read, aliases among it", async () => {
      await using own = hiding();
      expect(await names(folders(), own)).toEqual(["root", "branch", "leaf"]);
      const other = aliased(Folder, "other");
      expect(await own.scalar(select(func.count()).selectFrom(other))).toBe(3);
      expect(await own.get(Folder, 4)).toBeNull();
      const both = union(select(Folder.name).where(Folder.id.eq(4)), select(Note.text).where(Note.id.le(1)));
      expect(await own.scalars(both).all()).toEqual(["short"]);
      const names2: string[] = [];
      for await (const folder of own.scalars(folders())) names2.push(folder.name);
      expect(names2).toEqual(["root", "branch", "leaf"]);
    });

    test("counts for lazy loads of objects that no query of the session has loaded", async () => {
      await using own = hiding();
      const root = await own.getOne(Folder, 1);
      expect((await awaitable(root).children).map(({ name }) => name)).toEqual(["branch"]);
      const added = new Folder({ id: 9, name: "new" });
      own.add(added);
      await own.flush();
      await own.execute(
        update(Note)
          .where(Note.id.in([1, 3]))
          .values({ folderId: 9 }),
      );
      await own.refresh(added, ["notes"]);
      expect(texts(added)).toEqual(["short"]);
    });

    test("gives objects that are there, and refreshes what it would not find", async () => {
      await using own = hiding();
      const leaf = await own.getOne(Folder, 3);
      leaf.deletedIn = 1;
      await own.flush();
      expect(await own.get(Folder, 3)).toBe(leaf);
      await own.refresh(leaf);
      expect(leaf.deletedIn).toBe(1);
      expect(await own.scalar(select(func.count()).selectFrom(Folder))).toBe(2);
    });

    test("is left out by name, and then by what is loaded later, too", async () => {
      await using own = hiding();
      const all = folders().options(withoutLoaderCriteria("softDelete"));
      expect(await names(all, own)).toEqual(["root", "branch", "leaf", "gone"]);
      const root = await own.getOne(Folder, 1);
      expect((await awaitable(root).children).map(({ name }) => name)).toEqual(["branch", "gone"]);
      own.expungeAll();
      expect(await own.get(Folder, 4, { options: [withoutLoaderCriteria("softDelete")] })).not.toBeNull();
    });

    test("asks for its values each time", async () => {
      let tenant = "a";
      const owned = withLoaderCriteria(Owned, (entity) => entity.tenant.eq(tenant));
      await using own = sessionmaker(engine, { options: [owned] })();
      expect(await names(folders(), own)).toEqual(["root", "branch", "gone"]);
      tenant = "b";
      expect(await names(folders(), own)).toEqual(["leaf"]);
      const texts2 = log().filter((each) => each.startsWith("SELECT"));
      expect(new Set(texts2).size).toBe(1);
    });

    test("takes wildcards, and no paths", async () => {
      await using own = new Session(engine, { options: [raiseload("*")] });
      const root = await own.getOne(Folder, 1);
      await expect(awaitable(root).notes).rejects.toThrow(/raiseload/);
      // @ts-expect-error a path loads something, and the options of a session load nothing
      const wrong = new Session(engine, { options: [selectinload(Folder.notes)] });
      await expect(wrong.scalars(folders()).all()).rejects.toThrow(/count for all its queries/);
      await wrong.close();
    });
  });

  test("a handler of doOrmExecute adds it", async () => {
    const makers = sessionmaker(engine);
    const { listen } = await import("athanor");
    listen(makers, "doOrmExecute", (state) => {
      if (state.isSelect && !state.isColumnLoad && !state.isRelationshipLoad) state.addOptions(living);
    });
    await using own = makers();
    expect(await names(folders(), own)).toEqual(["root", "branch", "leaf"]);
    const root = await own.getOne(Folder, 1);
    expect((await awaitable(root).children).map(({ name }) => name)).toEqual(["branch"]);
  });
});

test("what is no class and no mixin is refused, and so are relationships of a mixin", () => {
  // @ts-expect-error neither a class nor a mixin
  expect(() => withLoaderCriteria({}, () => Note.id.eq(1))).toThrow(/mapped class or a mixin/);
  const Noted = mixin({
    get notes() {
      return many(() => Note);
    },
  });
  const option = withLoaderCriteria(Noted, (entity) => Reflect.get(entity, "notes"));
  expect(() => select(Note).options(option)).toThrow(/is a relationship/);
});
