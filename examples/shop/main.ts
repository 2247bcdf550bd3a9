// A small shop on SQLite in memory: models, sessions, loading, reports, bulk work, an upsert and an audit log.
// `npm start` runs it. It tells what it does, shows the SQL of the more interesting steps, and throws if something
// is not as it should be.
import assert from "node:assert/strict";
import { createEngine, func, IntegrityError, select } from "athanor";
import { sessionmaker } from "athanor/orm";
import { attachAuditLog } from "./audit-log.ts";
import { Base, Order, OrderItem, Product, User, UserProfile } from "./models.ts";
import { chapter, say, showSql } from "./narrate.ts";
import {
  bulkInsertUsers,
  createUser,
  deleteUser,
  getUserByEmail,
  getUsersWithOrders,
  inventorySummary,
  salesByUser,
  updateUserStatus,
  upsertProducts,
} from "./operations.ts";

// One engine for each database of a program; it connects when it is first used.
const engine = createEngine("sqlite:///:memory:");
const sessions = sessionmaker(engine);
const audit: string[] = [];
attachAuditLog(sessions, audit);

chapter("Create the tables");
await Base.metadata.createAll(engine);
say(`${Base.metadata.sortedTables.map((table) => table.name).join(", ")}: each before those that refer to it`);

chapter("Save a graph of objects");
{
  await using session = sessions(); // closed at the end of the block; what is not committed is rolled back
  const alice = await createUser(session, "alice@example.com", "Alice", "admin");
  await createUser(session, "bob@example.com", "Bob");
  session.addAll([
    new Product({ sku: "P001", name: "Widget A", price: 29.99, stock: 100 }),
    new Product({ sku: "P002", name: "Widget B", price: 49.99, stock: 50 }),
  ]);
  await session.flush();

  const widget = await session.scalars(select(Product).where(Product.sku.eq("P001"))).one();
  alice.orders.push(
    new Order({
      total: 59.98,
      status: "completed",
      items: [new OrderItem({ product: widget, quantity: 2, unitPrice: 29.99 })],
    }),
  );
  alice.profile = new UserProfile({ bio: "first customer" });
  say("Nobody called add() for the order, its item and the profile: they are reached from Alice. Parents come first:");
  await showSql(engine, () => session.commit());

  assert.equal(alice.orders[0]?.userId, alice.id);
  assert.equal(alice.orders[0]?.user, alice); // both sides of the relationship agree, before any query
  assert.equal(await session.get(User, alice.id), alice); // one row, one object
  say(`Alice has the key ${alice.id}, and her order knows it: userId ${alice.orders[0]?.userId}`);
}

chapter("Load what is needed, in a known number of statements");
{
  await using session = sessions();
  say("joinedload brings the profile along in the same statement:");
  const alice = await showSql(engine, () => getUserByEmail(session, "alice@example.com"));
  assert.ok(alice !== null);
  assert.equal(alice.profile?.bio, "first customer");
  assert.equal(alice.domain, "example.com");

  say("selectinload takes one more statement for each relationship, however many rows there are:");
  const active = await showSql(engine, () => getUsersWithOrders(session));
  assert.deepEqual(active.map((user) => user.name).sort(), ["Alice", "Bob"]);
  const first = active.find((user) => user.name === "Alice")?.orders[0]?.items[0];
  assert.equal(first?.quantity, 2);
}

chapter("Report");
{
  await using session = sessions();
  const [top] = await showSql(engine, () => salesByUser(session, 5));
  assert.ok(top !== undefined);
  assert.equal(top.orderCount, 1);
  assert.equal(top.totalRevenue, 59.98);
  const [, email] = top; // a row is a tuple, too
  assert.equal(email, "alice@example.com");
  say(`${top.email}: ${top.orderCount} order, ${top.totalRevenue} in all`);
}

chapter("Change many rows at once");
{
  await using session = sessions();
  const records = Array.from({ length: 10 }, (_, i) => ({ email: `user${i}@example.com`, name: `User ${i}` }));
  assert.equal(await bulkInsertUsers(session, records), 10);
  await session.commit();
  assert.equal(await session.scalar(select(func.count(User.id))), 12);
  say("10 users are inserted as rows, not as objects. Products are inserted or, where the SKU exists, updated:");

  await showSql(engine, () =>
    upsertProducts(session, [
      { sku: "P001", name: "Widget A", price: 24.99, stock: 80 },
      { sku: "P003", name: "Widget C", price: 9.99, stock: 10 },
    ]),
  );
  await session.commit();
  const inventory = await inventorySummary(session);
  assert.deepEqual(inventory[0], { sku: "P001", name: "Widget A", stock: 80, totalSold: 2 });
  assert.equal(inventory.length, 3);
  for (const { sku, stock, totalSold } of inventory) say(`${sku}: ${stock} in stock, ${totalSold} sold`);

  const alice = await session.scalars(select(User).where(User.email.eq("alice@example.com"))).one();
  assert.equal(await updateUserStatus(session, alice.id, false), 1);
  assert.equal(alice.active, false); // the object in the session follows
  await session.commit();
}

chapter("Meet an error");
{
  await using session = sessions();
  await assert.rejects(createUser(session, "alice@example.com", "Mallory"), (error) => {
    assert.ok(error instanceof IntegrityError);
    say(`A second alice@example.com is refused: ${error.name}`);
    return true;
  });
  await session.rollback(); // the session can be used again
}

chapter("Change an object, then delete it");
{
  await using session = sessions();
  const alice = await getUserByEmail(session, "alice@example.com");
  assert.ok(alice !== null);
  alice.name = "Alice L.";
  assert.ok(session.dirty.has(alice));
  say("One attribute has changed, so one column is written:");
  await showSql(engine, () => session.commit());

  say("Deleting Alice deletes her orders, their items and her profile, children first:");
  assert.equal(await deleteUser(session, alice.id), true);
  await showSql(engine, () => session.commit());
  assert.equal(await session.scalar(select(func.count()).selectFrom(OrderItem)), 0);
  assert.equal(await session.scalar(select(func.count()).selectFrom(UserProfile)), 0);
}

chapter("Look at an object");
{
  await using session = sessions();
  const bob = await session.scalars(select(User).where(User.email.eq("bob@example.com"))).one();
  // Loaded columns are plain data; what is not loaded is not there.
  assert.deepEqual(Object.keys({ ...bob }).sort(), ["active", "createdAt", "email", "id", "name", "role"]);
  assert.equal(JSON.parse(JSON.stringify(bob)).email, "bob@example.com");
  say(JSON.stringify(bob));
  // Never a silent query, never a silent undefined: an error that says how to load it.
  assert.throws(
    () => bob.orders,
    (error) => {
      assert.ok(error instanceof Error);
      assert.match(error.message, /orders.*not loaded/i);
      say(`bob.orders: ${error.message}`);
      return true;
    },
  );
}

chapter("Read the audit log");
assert.ok(audit.includes("UPDATE User"));
say(audit.join(", "));
await engine.dispose();
