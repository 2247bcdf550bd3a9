// MySQL has no RETURNING. MariaDB, told to do without it, shows what sessions do then.
import { createEngine, type Engine, func, integer, listen, MetaData, select, varchar } from "athanor";
import type { Capabilities } from "athanor/compiler";
import { MysqlDialect } from "athanor/mysql";
import { declarativeBase, map, Session } from "athanor/orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forEachDatabase } from "../support/databases.ts";

class WithoutReturning extends MysqlDialect {
  override get capabilities(): Capabilities {
    return { ...super.capabilities, insertReturning: false, deleteReturning: false };
  }
}

const Base = declarativeBase({ metadata: new MetaData() });

class Item extends Base.model("items", {
  id: integer().primaryKey(),
  name: varchar(40),
  state: varchar(10).serverDefault("new"),
  length: integer().computed("char_length(name)", { stored: true }),
}) {
  static {
    map(this);
  }
}

forEachDatabase(
  (database) => {
    describe("without RETURNING", () => {
      let engine: Engine;
      let session: Session;
      let sent: string[];
      beforeEach(async () => {
        engine = createEngine(database.url, { dialect: new WithoutReturning() });
        await Base.metadata.createAll(engine);
        session = new Session(engine);
        sent = [];
        listen(engine, "beforeCursorExecute", ({ statement }) => {
          sent.push(statement.split(" ", 1).join());
        });
      });
      afterEach(async () => {
        await session.close();
        await engine.dispose();
      });

      test("new objects have their keys and what the database has made of them, by one INSERT and one SELECT", async () => {
        const items = Array.from({ length: 120 }, (_, i) => new Item({ name: `n${i}` }));
        session.addAll(items);
        await session.flush();
        expect(items.map(({ id, state, length }) => [id, state, length])).toEqual(
          items.map(({ name }, i) => [i + 1, "new", name.length]),
        );
        expect(new Set(sent)).toEqual(new Set(["INSERT", "SELECT"]));
        expect(sent.filter((each) => each === "SELECT")).toHaveLength(1);
        await session.commit();
        expect(await session.scalar(select(func.count()).selectFrom(Item))).toBe(120);
      });

      test("changed objects have what the database has made of them", async () => {
        const item = new Item({ name: "a" });
        session.add(item);
        await session.commit();
        item.name = "longer";
        await session.flush();
        expect(item.length).toBe(6);
      });
    });
  },
  { dialect: "mysql" },
);
