import { createEngine, createSyncEngine, type Engine, type Expression, func, insert, select, update } from "athanor";
import { aliased, bundle, defer, inspect, joinedload, Session, SyncSession } from "athanor/orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forEachDatabase } from "../support/databases.ts";
import { sent } from "./support/library.ts";
import { Edge, Mark, Period, Point, VertexBase } from "./support/vertices.ts";

const always = new Period({ from: null, until: null });

forEachDatabase((database) => {
  let engine: Engine;
  let session: Session;
  beforeEach(async () => {
    engine = createEngine(database.url);
    await VertexBase.metadata.createAll(engine);
    session = new Session(engine);
    session.addAll([
      new Edge({ label: "a", start: new Point(1, 2), end: new Point(3, 4), valid: always }),
      new Edge({
        label: "b",
        start: new Point(1, 5),
        valid: always,
        marks: [new Mark({ at: new Point(7, 8) }), new Mark({})],
      }),
      new Edge({ label: "c", start: new Point(0, 9), end: new Point(1, 2), valid: always }),
    ]);
    await session.commit();
    session.expungeAll();
  });
  afterEach(async () => {
    await session.close();
    await engine.dispose();
  });
  const labels = (condition: Expression<boolean | null, string, string>) =>
    session.scalars(select(Edge.label).where(condition).orderBy(Edge.label)).all();

  describe("a composite", () => {
    test("is a value object of the class on objects, and null where all of its columns are", async () => {
      const [a, b] = await session.scalars(select(Edge).orderBy(Edge.id)).all();
      expect(a?.start).toBeInstanceOf(Point);
      expect([a?.start.length, a?.start, a?.end]).toEqual([Math.hypot(1, 2), new Point(1, 2), new Point(3, 4)]);
      expect(b?.end).toBeNull();
      expect(a?.start).toBe(a?.start);
      expect(b?.valid).toEqual(always);
      const fresh = new Edge({ label: "f", start: new Point(5, 6), valid: always });
      expect([fresh.start.x, fresh.end]).toEqual([5, undefined]);
    });

    test("is written when it is replaced, and when it is changed in place", async () => {
      const a = await session.scalars(select(Edge).where(Edge.label.eq("a"))).one();
      a.start.x = 10;
      expect([session.dirty.has(a), inspect(a).modified]).toEqual([true, true]);
      await session.commit();
      expect(session.dirty.size).toBe(0);
      a.end = new Point(8, 9);
      await session.flush();
      if (a.end !== null) a.end.y = 11;
      await session.commit();
      a.end = null;
      await session.flush();
      expect(await session.execute(select(Edge.start, Edge.x2, Edge.y2).where(Edge.id.eq(a.id))).one()).toEqual([
        new Point(10, 2),
        null,
        null,
      ]);
      const fresh = new Edge({ label: "f", start: new Point(5, 6), valid: always });
      fresh.start.y = 7;
      session.add(fresh);
      await session.commit();
      await session.refresh(fresh);
      expect(fresh.start).toEqual(new Point(5, 7));
    });

    test("follows columns that are assigned, and a rollback", async () => {
      const a = await session.scalars(select(Edge).where(Edge.label.eq("a"))).one();
      expect(a.end?.x).toBe(3);
      a.x2 = 30;
      expect(a.end).toEqual(new Point(30, 4));
      a.start.x = 99;
      await session.flush();
      await session.rollback();
      expect([a.start, a.end]).toEqual([new Point(1, 2), new Point(3, 4)]);
    });

    test("is compared as a whole, and by its columns", async () => {
      expect(await labels(Edge.start.eq(new Point(1, 2)))).toEqual(["a"]);
      expect(await labels(Edge.start.ne(new Point(1, 2)))).toEqual(["b", "c"]);
      expect(await labels(Edge.end.eq(null))).toEqual(["b"]);
      expect(await labels(Edge.end.ne(null))).toEqual(["a", "c"]);
      expect(await labels(Edge.start.in([new Point(1, 5), new Point(0, 9)]))).toEqual(["b", "c"]);
      expect(await labels(Edge.start.notIn([new Point(1, 5)]))).toEqual(["a", "c"]);
      expect(await labels(Edge.start.in([]))).toEqual([]);
      expect(await labels(Edge.start.gt(new Point(1, 2)))).toEqual(["b"]);
      expect(await labels(Edge.start.le(new Point(1, 2)))).toEqual(["a", "c"]);
      expect(await labels(Edge.start.c.x.add(Edge.start.c.y).gt(3))).toEqual(["b", "c"]);
      const found = await session.scalars(select(Edge).filterBy({ start: new Point(0, 9) })).one();
      expect(found.label).toBe("c");
      expect(() => Edge.start.eq({ x: 1, y: 2 } as Point)).toThrow(/Edge\.start takes an object of Point, or null/);
    });

    test("is selected as a value object, of aliases and where a row is missing, too", async () => {
      const other = aliased(Edge, "other");
      const rows = await session
        .execute(
          select(Edge.label, Edge.start, other.end)
            .outerJoin(other, other.start.c.x.eq(Edge.start.c.y))
            .orderBy(Edge.label, other.label),
        )
        .all();
      expect(rows.map((row) => [row.label, row.start, row.end])).toEqual([
        ["a", new Point(1, 2), null],
        ["b", new Point(1, 5), null],
        ["c", new Point(0, 9), null],
      ]);
      expect(await session.scalars(select(Edge.end).where(Edge.end.ne(null)).orderBy(Edge.label)).all()).toEqual([
        new Point(3, 4),
        new Point(1, 2),
      ]);
    });

    test("is taken by values() of INSERT and UPDATE, and objects follow", async () => {
      const a = await session.scalars(select(Edge).where(Edge.label.eq("a"))).one();
      await session.execute(
        update(Edge)
          .where(Edge.start.eq(new Point(1, 2)))
          .values({ start: new Point(6, 6) }),
      );
      expect(a.start).toEqual(new Point(6, 6));
      await session.execute(insert(Edge).values({ label: "n", start: new Point(2, 2), valid: always }));
      await session.execute(insert(Edge), [
        { label: "m", start: new Point(3, 3), valid: always },
        { label: "o", start: new Point(4, 4), valid: always },
      ]);
      expect(await labels(Edge.start.in([new Point(2, 2), new Point(3, 3), new Point(4, 4)]))).toEqual(["m", "n", "o"]);
      await session.execute(update(Edge), [{ id: a.id, start: new Point(0, 0) }]);
      expect(a.start).toEqual(new Point(0, 0));
    });

    test("is loaded with its columns, and has a history", async () => {
      const a = await session.scalars(select(Edge).options(defer(Edge.start)).where(Edge.label.eq("a"))).one();
      expect(() => a.start).toThrow(/Edge\.start is not loaded for Edge\(1\).*awaitable\(object\)\.start/);
      await session.refresh(a, ["start"]);
      a.start = new Point(4, 4);
      expect(inspect(a).history("start")).toEqual({
        added: [new Point(4, 4)],
        unchanged: [],
        deleted: [new Point(1, 2)],
      });
      expect(() => Object.assign(a, { start: { x: 1, y: 2 } })).toThrow(/Edge\.start takes an object of Point/);
    });
  });

  describe("a bundle", () => {
    test("is a row in a row, of columns, expressions, objects and value objects", async () => {
      const rows = await session
        .execute(
          select(
            bundle("edge", Edge.label, Edge.start, func.upper(Edge.label).label("loud")),
            bundle("whole", Edge, bundle("inner", Edge.id, Edge.end)),
            Mark.id,
          )
            .join(Edge.marks)
            .where(Mark.at.ne(null)),
        )
        .all();
      const [row] = rows;
      expect(rows).toHaveLength(1);
      expect([row?.edge.label, row?.edge.start, row?.edge.loud, row?.edge[0]]).toEqual([
        "b",
        new Point(1, 5),
        "B",
        "b",
      ]);
      expect(row?.whole[0]).toBeInstanceOf(Edge);
      expect([row?.whole.inner.id, row?.whole.inner.end]).toEqual([2, null]);
      expect(row?.id).toBe(1);
    });

    test("has its parts under c, and loads with options", async () => {
      const marks = bundle("mark", Mark, Mark.id);
      const found = await session.execute(select(marks).options(joinedload(Mark.edge)).where(marks.c.id.eq(1))).one();
      expect(found.mark[0].edge.label).toBe("b");
    });
  });
});

test("the columns of a value object are loaded together when it is read", () => {
  const engine = createSyncEngine("sqlite:///:memory:");
  VertexBase.metadata.createAll(engine);
  using session = new SyncSession(engine);
  session.add(new Edge({ label: "a", start: new Point(1, 2), valid: always }));
  session.commit();
  const edge = session.scalars(select(Edge).options(defer(Edge.start))).one();
  const log = sent(engine);
  expect([edge.start, log().length]).toEqual([new Point(1, 2), 1]);
});
