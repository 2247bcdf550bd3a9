// Relationships whose join is the user's own: marks of columns, constants, operators and functions, composite keys.
import { and, createEngine, type Engine, foreignKey, func, integer, select, varchar } from "athanor";
import {
  declarativeBase,
  foreign,
  joinedload,
  many,
  map,
  oneOrNone,
  remote,
  Session,
  selectinload,
  subqueryload,
} from "athanor/orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { forEachDatabase } from "../support/databases.ts";

const Base = declarativeBase();

class Host extends Base.model("hosts", {
  id: integer().primaryKey(),
  name: varchar(50).unique(),
  network: varchar(50),
  /** No foreign key tells: the condition does. */
  get visits() {
    return many(() => Visit, {
      primaryJoin: () => foreign(Visit.hostName).eq(Host.name),
      backPopulates: "host",
      orderBy: () => Visit.id,
    });
  },
  /** With a constant, which is not written. */
  get failures() {
    return many(() => Visit, {
      primaryJoin: () => and(foreign(Visit.hostName).eq(Host.name), Visit.status.ge(500)),
      viewOnly: true,
      orderBy: () => [Visit.status.desc(), Visit.id],
    });
  },
  /** By a function on both sides: nothing could be written. */
  get alike() {
    return many(() => Visit, {
      primaryJoin: () => func.length(Visit.hostName).eq(func.length(Host.name)),
      viewOnly: true,
      orderBy: () => Visit.id,
    });
  },
  /** Of the same class, by an operator. */
  get neighbours() {
    return many(() => Host, {
      primaryJoin: () => and(remote(Host.network).eq(Host.network), remote(Host.id).ne(Host.id)),
      viewOnly: true,
      orderBy: () => Host.id,
    });
  },
}) {
  static {
    map(this);
  }
}

class Visit extends Base.model("visits", {
  id: integer().primaryKey(),
  hostName: varchar(50).nullable(),
  status: integer(),
  get host() {
    return oneOrNone(() => Host, {
      primaryJoin: () => foreign(Visit.hostName).eq(Host.name),
      backPopulates: "visits",
    });
  },
}) {
  static {
    map(this);
  }
}

/** Known by two columns, of which one, the tenant's, is on both sides of every relationship. */
class Folder extends Base.model("folders", {
  tenantId: integer().primaryKey(),
  id: integer().primaryKey(),
  parentId: integer().nullable(),
  name: varchar(50),
  get parent() {
    return oneOrNone(() => Folder, { remoteSide: () => [Folder.tenantId, Folder.id], backPopulates: "children" });
  },
  get children() {
    return many(() => Folder, {
      backPopulates: "parent",
      remoteSide: ["tenantId", "parentId"],
      orderBy: () => Folder.id,
    });
  },
}) {
  static {
    map(this, [foreignKey().on(this.tenantId, this.parentId).references(["folders.tenant_id", "folders.id"])]);
  }
}

forEachDatabase((database) => {
  let engine: Engine;
  let session: Session;
  beforeEach(async () => {
    engine = createEngine(database.url);
    await Base.metadata.createAll(engine);
    session = new Session(engine);
    session.addAll([
      new Host({
        id: 1,
        name: "alpha",
        network: "n",
        visits: [new Visit({ status: 200 }), new Visit({ status: 503 }), new Visit({ status: 500 })],
      }),
      new Host({ id: 2, name: "beta", network: "n", visits: [new Visit({ status: 500 })] }),
      new Host({ id: 3, name: "gamma", network: "m" }),
      new Visit({ hostName: "omega", status: 1 }),
    ]);
    await session.commit();
    session.expungeAll();
  });
  afterEach(async () => {
    await session.close();
    await engine.dispose();
  });

  const loaders = { selectinload, joinedload, subqueryload };
  describe.each(Object.keys(loaders) as (keyof typeof loaders)[])("%s", (name) => {
    const load = loaders[name];
    test("follows conditions of all kinds", async () => {
      const query = select(Host).orderBy(Host.id);
      const shown = async (key: "visits" | "failures" | "alike") => {
        session.expungeAll();
        const found = await session
          .scalars(query.options(load(Host[key])))
          .unique()
          .all();
        return found.map((each) => each[key].map(({ status }) => status));
      };
      expect(await shown("visits")).toEqual([[200, 503, 500], [500], []]);
      expect(await shown("failures")).toEqual([[503, 500], [500], []]);
      const alike = await shown("alike");
      expect(alike.map((each) => each.toSorted((a, b) => a - b))).toEqual([
        [1, 200, 500, 503],
        [500],
        [1, 200, 500, 503],
      ]);
      session.expungeAll();
      const found = await session
        .scalars(query.options(load(Host.neighbours)))
        .unique()
        .all();
      expect(found.map((each) => each.neighbours.map(({ name }) => name))).toEqual([["beta"], ["alpha"], []]);
    });
  });
  test("what the marks say is written: columns that are no keys", async () => {
    const alpha = await session.getOne(Host, 1, { options: [selectinload(Host.visits)] });
    const visit = new Visit({ status: 7 });
    alpha.visits.push(visit);
    const beta = await session.getOne(Host, 2);
    alpha.visits[0]!.host = beta;
    await session.commit();
    expect(visit.hostName).toBe("alpha");
    const names = await session
      .scalars(
        select(Visit.hostName)
          .where(Visit.status.in([7, 200]))
          .orderBy(Visit.status),
      )
      .all();
    expect(names).toEqual(["alpha", "beta"]);
  });
  test("classes ask along them", async () => {
    const names = async (condition: ReturnType<typeof Host.visits.any>) =>
      (await session.scalars(select(Host.name).where(condition).orderBy(Host.id)).all()).join();
    expect(await names(Host.failures.any())).toBe("alpha,beta");
    expect(await names(Host.failures.any(Visit.status.eq(503)))).toBe("alpha");
    expect(await names(Host.neighbours.any(Host.name.eq("beta")))).toBe("alpha");
    expect(await names(Host.visits.eq(null))).toBe("gamma");
    expect(await names(Host.visits.ne(null))).toBe("alpha,beta");
    expect(await names(Host.failures.is(null))).toBe("gamma");
    const [fine] = await session.scalars(select(Visit).where(Visit.status.eq(200))).all();
    const [failed] = await session.scalars(select(Visit).where(Visit.status.eq(503))).all();
    expect([await names(Host.failures.contains(failed!)), await names(Host.failures.contains(fine!))]).toEqual([
      "alpha",
      "",
    ]);
    expect(await names(Host.visits.notContains(fine!))).toBe("beta,gamma");
    expect(() => Host.visits.eq(fine!)).toThrow("use contains()");
    const joined = await session.scalars(select(Visit.status).join(Visit.host).where(Host.name.eq("beta"))).all();
    expect(joined).toEqual([500]);
  });
  test("a composite key may share a column with what it refers to", async () => {
    const root = new Folder({ tenantId: 5, id: 1, name: "root" });
    root.children.push(
      new Folder({ tenantId: 5, id: 2, name: "a", children: [new Folder({ tenantId: 5, id: 3, name: "b" })] }),
    );
    session.add(root);
    session.add(new Folder({ tenantId: 6, id: 1, name: "other" }));
    session.add(new Folder({ tenantId: 6, id: 2, parentId: 1, name: "c" }));
    await session.commit();
    session.expungeAll();
    for (const load of Object.values(loaders)) {
      session.expungeAll();
      const folders = await session
        .scalars(select(Folder).orderBy(Folder.tenantId, Folder.id).options(load(Folder.children)))
        .unique()
        .all();
      expect(folders.map(({ name, children }) => `${name}:${children.map((each) => each.name).join()}`)).toEqual([
        "root:a",
        "a:b",
        "b:",
        "other:c",
        "c:",
      ]);
    }
    const c = await session
      .scalars(select(Folder).where(Folder.name.eq("c")).options(selectinload(Folder.parent)))
      .one();
    expect(c.parent?.name).toBe("other");
    expect(await session.scalars(select(Folder.name).where(Folder.children.any(Folder.name.eq("b")))).all()).toEqual([
      "a",
    ]);
    expect(await session.scalars(select(Folder.name).where(Folder.parent.eq(c.parent))).all()).toEqual(["c"]);
  });
});

test("a condition without a foreign column says what to do", () => {
  const Wrong = declarativeBase();
  class A extends Wrong.model("as", {
    id: integer().primaryKey(),
    get others() {
      return many(() => B, { primaryJoin: () => A.id.eq(B.number) });
    },
  }) {
    static {
      map(this);
    }
  }
  class B extends Wrong.model("bs", { id: integer().primaryKey(), number: integer() }) {
    static {
      map(this);
    }
  }
  expect(() => new A({ others: [new B({ number: 1 })] })).toThrow("foreign(Class.column)");
});
