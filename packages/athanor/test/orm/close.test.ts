import { createEngine, createSyncEngine, DetachedInstanceError, insert, select } from "athanor";
import { inspect, Session, SyncSession, selectinload } from "athanor/orm";
import { describe, expect, test } from "vitest";
import { Order, ShopBase, User } from "../oracle/orm-models/shop.ts";

const alice = { id: 1, email: "alice@example.com", name: "Alice" };

describe("objects of a session that is closed", () => {
  test("keep what was loaded; a synchronous session", () => {
    const engine = createSyncEngine("sqlite:///:memory:");
    ShopBase.metadata.createAll(engine);
    engine.begin((connection) => connection.execute(insert(User).values(alice)));
    const session = new SyncSession(engine);
    const user = session.scalars(select(User).options(selectinload(User.orders))).one();
    const added = new User({ email: "new@example.com", name: "New" });
    session.add(added);
    session.flush();
    session.close();
    expect(inspect(user).detached).toBe(true);
    expect([user.name, user.orders]).toEqual(["Alice", []]);
    expect(() => user.profile).toThrow(DetachedInstanceError);
    // Its row is gone with the transaction: another session can insert it.
    expect(inspect(added).transient).toBe(true);
    engine.dispose();
  });

  test("keep what was loaded; an asynchronous session", async () => {
    const engine = createEngine("sqlite:///:memory:");
    await ShopBase.metadata.createAll(engine);
    const session = new Session(engine);
    session.add(new User({ ...alice, orders: [new Order({})] }));
    await session.commit();
    const user = await session.getOne(User, 1);
    user.name = "changed";
    await session.close();
    expect(inspect(user).detached).toBe(true);
    expect([user.name, user.orders.length]).toEqual(["changed", 1]);
    await engine.dispose();
  });
});
