// Many objects, deep and wide: what is done takes as many statements as it should, and comes to an end. How long it takes
// for one, two and four times as many is printed by `ATHANOR_SCALE=1 vitest run packages/athanor/test/orm/scale.test.ts`;
// other numbers than 1 are the part of the whole that is done.
import { createEngine, type Engine, insert, integer, select, table, varchar } from "athanor";
import { declarativeBase, inspect, many, map, oneOrNone, Session } from "athanor/orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forEachDatabase } from "../support/databases.ts";
import { sent } from "./support/library.ts";

const Base = declarativeBase();

class Thing extends Base.model("things", {
  id: integer().primaryKey(),
  name: varchar(20),
  count: integer().default(0),
  version: integer().default(1),
}) {
  static {
    map(this, [], { versionId: "version" });
  }
}
class Node extends Base.model("nodes", {
  id: integer().primaryKey(),
  name: varchar(20),
  get parentId() {
    return integer()
      .nullable()
      .index()
      .references(() => Node.id);
  },
  get parent() {
    return oneOrNone(() => Node, { remoteSide: () => Node.id, backPopulates: "children" });
  },
  get children() {
    return many(() => Node, { backPopulates: "parent", cascade: "all, delete-orphan" });
  },
}) {
  static {
    map(this);
  }
}
const links = table("links", Base.metadata, {
  a: integer().primaryKey().references("peers.id").autoincrement(false),
  b: integer().primaryKey().references("peers.id").autoincrement(false).index(),
});
/** Leads to another one, in a ring, and to many. */
class Peer extends Base.model("peers", {
  id: integer().primaryKey(),
  get nextId() {
    return integer()
      .nullable()
      .index()
      .references(() => Peer.id);
  },
  get next() {
    return oneOrNone(() => Peer, { remoteSide: () => Peer.id, postUpdate: true });
  },
  get peers() {
    return many(() => Peer, {
      secondary: links,
      primaryJoin: () => Peer.id.eq(links.c.a),
      secondaryJoin: () => Peer.id.eq(links.c.b),
    });
  },
}) {
  static {
    map(this);
  }
}

const measured = process.env["ATHANOR_SCALE"] !== undefined;
const share = Number(process.env["ATHANOR_SCALE"] ?? 1);

forEachDatabase((database) => {
  // Statements of servers are round trips; the work around them is the same everywhere.
  const isQuick = database.name === "sqlite/node:sqlite";
  const all = (isQuick ? 100_000 : 2000) * share;
  const deep = (isQuick ? 10_000 : 200) * share;
  const sizes = (most: number): readonly number[] => (measured ? [most / 4, most / 2, most] : [most]);

  let engine: Engine;
  let log: () => string[];
  beforeEach(async () => {
    engine = createEngine(database.sharedUrl);
    await Base.metadata.createAll(engine);
    log = sent(engine);
  });
  afterEach(() => engine.dispose());

  const statements = () => log().filter((each) => !each.startsWith("["));
  /** A step of the work, and how long it takes. */
  const step = async <T>(name: string, size: number, work: () => Promise<T> | T): Promise<T> => {
    const start = performance.now();
    const result = await work();
    if (measured) console.log(`${database.name}  ${name} × ${size}: ${Math.round(performance.now() - start)} ms`);
    return result;
  };
  const chain = (length: number): readonly Node[] => {
    const nodes = Array.from({ length }, (_, i) => new Node({ name: `n${i}` }));
    for (let i = 1; i < length; i += 1) (nodes[i] as Node).parent = nodes[i - 1] as Node;
    return nodes;
  };
  const clear = async () => {
    await engine.begin(async (connection) => {
      await connection.execDriverSql("UPDATE nodes SET parent_id = NULL");
      for (const { name } of Base.metadata.sortedTables.toReversed())
        await connection.execDriverSql(`DELETE FROM ${name}`);
    });
    log();
  };

  describe("many objects", { timeout: 600_000 }, () => {
    test(`${all} objects are loaded, changed, rolled back, expired and deleted`, async () => {
      for (const size of sizes(all)) {
        await using session = new Session(engine);
        const things = Array.from({ length: size }, (_, i) => new Thing({ name: `t${i}` }));
        await step("insert", size, async () => {
          session.addAll(things);
          await session.commit();
        });
        session.expungeAll();
        log();
        const loaded = await step("load", size, () => session.scalars(select(Thing)).all());
        expect([loaded.length, statements().length]).toEqual([size, 1]);
        await step("flush without changes", size, () => session.flush());
        await step("flush of changes", size, async () => {
          for (const thing of loaded) thing.count += 1;
          await session.flush();
        });
        expect(statements()).toEqual([
          `UPDATE things SET count = ?, version = ? WHERE things.id = ? AND things.version = ? ×${size}`,
        ]);
        await step("rollback", size, () => session.rollback());
        expect([loaded[0]?.count, loaded.at(-1)?.version]).toEqual([0, 1]);
        await step("expire and query", size, async () => {
          session.expireAll();
          await session.scalars(select(Thing)).all();
        });
        expect(loaded.at(-1)?.name).toBe(`t${size - 1}`);
        log();
        await step("delete", size, async () => {
          await session.deleteAll(loaded);
          await session.commit();
        });
        expect(statements()).toEqual([`DELETE FROM things WHERE things.id = ? AND things.version = ? ×${size}`]);
      }
    });

    test("as lists of rows", async () => {
      const rows = Array.from({ length: all * 2 }, (_, i) => ({ id: i + 1, name: `t${i}` }));
      await using session = new Session(engine);
      expect((await session.execute(insert(Thing), rows)).rowCount).toBe(rows.length);
      const upserted = await session.upsert(Thing, rows.slice(0, all));
      expect([upserted.length, upserted.at(-1)?.version]).toEqual([all, 2]);
    });
  });

  describe("trees", { timeout: 600_000 }, () => {
    test(`${deep} deep are inserted root first, merged, expired, expunged, printed and deleted`, async () => {
      for (const size of sizes(deep)) {
        await using session = new Session(engine);
        const nodes = chain(size);
        await step("insert chain", size, async () => {
          session.add(nodes.at(-1) as Node);
          await session.commit();
        });
        expect(statements()).toHaveLength(size);
        expect(JSON.stringify(nodes).length).toBeGreaterThan(size);
        expect(structuredClone(inspect(nodes[0] as Node).identity)).toEqual([(nodes[0] as Node).id]);
        await using other = new Session(engine);
        const merged = await step("merge chain", size, () => other.merge(nodes[0] as Node));
        expect(merged.name).toBe("n0");
        let last = merged;
        for (let depth = 1; depth < size; depth += 1) last = last.children[0] as Node;
        expect(last.name).toBe(`n${size - 1}`);
        log();
        await other.flush();
        expect(statements()).toEqual([]);
        await step("expire and expunge chain", size, () => {
          other.expire(merged);
          other.expungeAll();
        });
        await other.close();
        session.expungeAll();
        const root = (await session.scalars(select(Node).where(Node.parentId.is(null))).one()) as Node;
        log();
        await step("delete chain", size, async () => {
          await session.delete(root);
          await session.commit();
        });
        // One SELECT for the children of each, and one DELETE for each level.
        expect(statements().length).toBeLessThanOrEqual(2 * size);
        expect(await session.scalars(select(Node)).all()).toEqual([]);
      }
    });

    const wide = all / 5;
    test(`${wide} wide are built from either side, moved and taken apart`, async () => {
      for (const size of sizes(wide)) {
        await using session = new Session(engine);
        const root = new Node({ name: "root" });
        const other = new Node({ name: "other" });
        session.addAll([root, other]);
        await step("build from the many", size, () => {
          for (let i = 0; i < size; i += 1) new Node({ name: `a${i}`, parent: root });
        });
        await step("build from the one", size, () => {
          root.children.push(...Array.from({ length: 100 }, (_, i) => new Node({ name: `b${i}` })));
        });
        await step("insert wide", size, () => {
          session.addAll(root.children);
          return session.commit();
        });
        expect(root.children.length).toBe(size + 100);
        await step("move all", size, async () => {
          other.children = [...root.children];
          await session.flush();
        });
        expect([root.children.length, other.children.length]).toEqual([0, size + 100]);
        await step("rollback wide", size, () => session.rollback());
        expect([root.children.length, other.children.length]).toEqual([size + 100, 0]);
        await step("orphan all", size, async () => {
          root.children = [];
          await session.commit();
        });
        await session.close();
        await clear();
      }
    });
  });

  test(`a ring of ${deep}, and links in all directions`, { timeout: 600_000 }, async () => {
    for (const size of sizes(deep)) {
      await using session = new Session(engine);
      const peers = Array.from({ length: size }, () => new Peer({}));
      for (let i = 0; i < size; i += 1) {
        const peer = peers[i] as Peer;
        peer.next = peers[(i + 1) % size] as Peer;
        peer.peers.push(peers[(i * 7 + 1) % size] as Peer, peers[(i * 3 + 2) % size] as Peer);
      }
      await step("insert ring", size, async () => {
        session.add(peers[0] as Peer);
        await session.commit();
      });
      await using other = new Session(engine);
      const merged = await step("merge ring", size, () => other.merge(peers[0] as Peer));
      expect(other.identityMap.size).toBe(size);
      expect(merged.next).toBe(await other.get(Peer, (peers[1] as Peer).id));
      await other.close();
      await step("delete ring", size, async () => {
        await session.deleteAll(peers);
        await session.commit();
      });
      expect(await session.scalars(select(Peer.id)).all()).toEqual([]);
    }
  });
});
