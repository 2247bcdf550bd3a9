// The same library without a promise. SQLite in the process answers at once, so `SyncSession` has no `await`, and what
// is not loaded loads itself when it is read: for desktop and command-line programs, scripts, fast tests.
import assert from "node:assert/strict";
import { createSyncEngine, select } from "athanor";
import { SyncSession, syncSessionmaker } from "athanor/orm";
import { Base, Order, User } from "../shop/models.ts";

const engine = createSyncEngine("sqlite:///:memory:");
Base.metadata.createAll(engine);
const sessions = syncSessionmaker(engine);

// begin() commits when the function returns, and rolls back when it throws.
sessions.begin((session) => {
  const orders = [new Order({ total: 10 }), new Order({ total: 20 })];
  session.add(new User({ email: "ada@example.com", name: "Ada", orders }));
});
{
  using session = sessions();
  const ada = session.scalars(select(User).where(User.email.eq("ada@example.com"))).one();
  const totals = ada.orders.map((order) => order.total); // loaded here, by being read
  assert.deepEqual(totals, [10, 20]);
  assert.equal(ada.orders[0]?.user, ada);
  console.log(`${ada.name} has orders of ${totals.join(" and ")}`);

  ada.orders.pop(); // an order without its user is an orphan: the flush deletes it
  session.commit();
  assert.equal(session.scalars(select(Order)).all().length, 1);
}
{
  using session = new SyncSession(engine);
  const row = session.execute(select(User.name, Order.total).join(User.orders)).one();
  assert.deepEqual([row.name, row.total], ["Ada", 10]);
  console.log(`Left is ${row.name}'s order of ${row.total}`);
}
// A driver that only answers later says so, and says what to use instead.
assert.throws(() => createSyncEngine("postgresql://localhost/test"), /createEngine/);
engine.dispose();
