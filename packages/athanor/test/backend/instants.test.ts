// Instants, days and times in every form that a program may want them in.
import {
  createEngine,
  date,
  type Engine,
  insert,
  integer,
  MetaData,
  select,
  table,
  time,
  timestamp,
  update,
} from "athanor";
import { declarativeBase, map, Session } from "athanor/orm";
import { Temporal } from "temporal-polyfill";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forEachDatabase } from "../support/databases.ts";

const metadata = new MetaData();
const texts = table("texts", metadata, {
  id: integer().primaryKey(),
  plain: timestamp({ mode: "string" }),
  zoned: timestamp({ mode: "string", timezone: true }).nullable(),
});
const temporals = table("temporals", metadata, {
  id: integer().primaryKey(),
  instant: timestamp({ mode: "temporal", timezone: true }),
  day: date({ mode: "temporal" }),
  clock: time({ mode: "temporal" }),
});
const Base = declarativeBase();
class Meeting extends Base.model("meetings", {
  id: integer().primaryKey(),
  at: timestamp({ mode: "string", timezone: true }),
}) {
  static {
    map(this);
  }
}

// The library looks Temporal up where a program would put it.
const { Temporal: own } = globalThis as { Temporal?: unknown };
const putTemporal = (value: unknown) => Object.assign(globalThis, { Temporal: value });

forEachDatabase((database) => {
  let engine: Engine;
  beforeEach(async () => {
    putTemporal(Temporal);
    engine = createEngine(database.url);
    await metadata.createAll(engine);
    await Base.metadata.createAll(engine);
  });
  afterEach(async () => {
    putTemporal(own);
    await engine.dispose();
  });
  // MySQL's DATETIME has no fraction unless it is asked for.
  const fraction = database.dialect === "mysql" ? "" : ".123456";

  describe("instants as text", () => {
    test("keep all digits, whatever offset they are given with", async () => {
      await using connection = await engine.connect();
      const plain = `2024-02-29T23:30:00${fraction}Z`;
      const given = [
        plain,
        `2024-03-01T01:30:00${fraction}+02:00`,
        `2024-02-29 23:30:00${fraction}`,
        "1969-12-31T23:59:59Z",
      ];
      await connection.execute(
        insert(texts),
        given.map((text, index) => ({ id: index + 1, plain: text, zoned: text })),
      );
      const rows = await connection.execute(select(texts.c.plain, texts.c.zoned).orderBy(texts.c.id)).all();
      expect(rows.slice(0, 3).map((row) => [...row])).toEqual([
        [plain, plain],
        [plain, plain],
        [plain, plain],
      ]);
      expect(rows[3]?.plain).toBe("1969-12-31T23:59:59Z");
      const later = select(texts.c.id).where(texts.c.zoned.ge("2024-03-01T00:29:00+01:00")).orderBy(texts.c.id);
      expect(await connection.scalars(later).all()).toEqual([1, 2, 3]);
    });

    test.each([
      "2024-02-30T00:00:00Z",
      "yesterday",
      "2024-02-29",
      "2024-02-29T24:61:00Z",
      "2024-02-29T00:00:00.1234567Z",
    ])("refuse %j", async (text) => {
      await using connection = await engine.connect();
      await expect(connection.execute(insert(texts).values({ id: 1, plain: text }))).rejects.toThrow(
        /an instant as text|microseconds/,
      );
    });

    test("are the same in a session when they mean the same", async () => {
      await using session = new Session(engine);
      const meeting = new Meeting({ at: "2024-02-29T12:00:00Z" });
      session.add(meeting);
      await session.commit();
      meeting.at = "2024-02-29T13:00:00+01:00";
      expect(session.dirty.has(meeting)).toBe(false);
      meeting.at = "2024-02-29T13:00:01+01:00";
      await session.commit();
      await session.refresh(meeting);
      expect(meeting.at).toBe("2024-02-29T12:00:01Z");
    });
  });

  describe("Temporal", () => {
    test("instants, days and times come back as they were", async () => {
      await using connection = await engine.connect();
      const instant = Temporal.Instant.from(`2024-02-29T23:30:00${fraction}Z`);
      const day = Temporal.PlainDate.from("2024-02-29");
      const clock = Temporal.PlainTime.from("23:30:05");
      await connection.execute(insert(temporals).values({ instant, day, clock }));
      const row = await connection.execute(select(temporals.c.instant, temporals.c.day, temporals.c.clock)).one();
      expect(row.map(String)).toEqual([instant, day, clock].map(String));
      expect(row.instant).toBeInstanceOf(Temporal.Instant);
      const zoned = instant.toZonedDateTimeISO("Europe/Prague") as unknown as typeof instant;
      await connection.execute(update(temporals).values({ instant: zoned }));
      expect(await connection.scalar(select(temporals.c.id).where(temporals.c.instant.eq(instant)))).toBe(1);
    });

    test("refuses other values, and says what to do where there is no Temporal", async () => {
      await using connection = await engine.connect();
      const day = Temporal.PlainDate.from("2024-02-29");
      const wrong = insert(temporals).values({
        instant: new Date() as never,
        day,
        clock: Temporal.PlainTime.from("10:00"),
      });
      await expect(connection.execute(wrong)).rejects.toThrow("takes a Temporal.Instant, not Date");
      const instant = Temporal.Instant.from("2024-02-29T23:30:00Z");
      await connection.execute(insert(temporals).values({ instant, day, clock: Temporal.PlainTime.from("10:00") }));
      putTemporal(undefined);
      await expect(connection.execute(select(temporals.c.day)).all()).rejects.toThrow(/polyfill.*mode: "string"/);
    });
  });
});
