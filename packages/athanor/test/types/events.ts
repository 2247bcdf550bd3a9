// Facts about the types of events, validators and inspection. Nothing here is ever run.
import { createEngine, integer, listen, type Result, select, varchar } from "athanor";
import {
  type AttributeState,
  attributeOf,
  declarativeBase,
  flagModified,
  getHistory,
  type InstanceInfo,
  inspect,
  keyedBy,
  many,
  map,
  type MapperInfo,
  oneOrNone,
  type RelationshipInfo,
  Session,
  sessionmaker,
  setCommittedValue,
  SyncSession,
  syncSessionmaker,
  validates,
} from "athanor/orm";

type Eq<X, Y> = (<T>() => T extends X ? 1 : 2) extends (<T>() => T extends Y ? 1 : 2) ? true : false;
declare function same<X, Y>(answer: Eq<X, Y>): void;

const Base = declarativeBase();
class User extends Base.model("users", {
  id: integer().primaryKey(),
  email: varchar(80),
  nick: varchar(80).nullable(),
  get orders() { return many(() => Order, { backPopulates: "user" }); },
  get tags() { return many(() => Order, { collection: "set" }); },
  get byId() { return many(() => Order, { collection: keyedBy("id") }); },
}) {
  static {
    map(this);
    validates(this, ["email", "nick"], (user, value, { key, isRemove }) => {
      same<typeof value, string | null>(true);
      same<typeof key, string>(true);
      same<typeof isRemove, boolean>(true);
      return value ?? user.email;
    });
    validates(this, "orders", (user, order) => {
      same<typeof order, Order>(true);
      user.orders.push(order);
      return order;
    });
  }
}
class Order extends Base.model("orders", {
  id: integer().primaryKey(),
  userId: integer().references(() => User.id),
  get user() { return oneOrNone(() => User, { backPopulates: "orders" }); },
}) { static { map(this); } }

// ── validators ───────────────────────────────────────────────────────────────
// @ts-expect-error no such attribute
validates(User, "mail", (_user, value) => value);
// @ts-expect-error a validator returns the value
validates(User, "email", () => {});
// @ts-expect-error of its type
validates(User, "email", () => 5);

// ── attributes ───────────────────────────────────────────────────────────────
listen(attributeOf(User, "email"), "set", (user, value, before, initiator) => {
  same<typeof user, User>(true);
  same<typeof value, string>(true);
  same<typeof before, string | undefined>(true);
  same<typeof initiator.operation, "set" | "append" | "remove" | "bulkReplace">(true);
});
listen(attributeOf(User, "nick"), "set", (_user, value) => value?.trim() ?? null);
listen(attributeOf(Order, "user"), "set", (_order, user) => { same<typeof user, User | null>(true); });
listen(attributeOf(User, "orders"), "append", (_user, order) => { same<typeof order, Order>(true); });
listen(attributeOf(User, "tags"), "append", (_user, order) => { same<typeof order, Order>(true); });
listen(attributeOf(User, "byId"), "remove", (_user, order) => { same<typeof order, Order>(true); });
listen(attributeOf(User, "byId"), "initCollection", (_user, orders) => { same<typeof orders, Map<number, Order>>(true); });
// @ts-expect-error a column has no members
listen(attributeOf(User, "email"), "append", () => {});
// @ts-expect-error a collection is replaced, not set
listen(attributeOf(User, "orders"), "set", () => {});
// @ts-expect-error another type of value
listen(attributeOf(User, "email"), "set", () => 5);
// @ts-expect-error no such attribute
attributeOf(User, "mail");

// ── classes ──────────────────────────────────────────────────────────────────
listen(User, "beforeInsert", (user, _session, { connection }) => {
  user.email = "x";
  return connection.execute(select(User));
});
listen(User, "load", (user) => { same<typeof user.email, string>(true); });
listen(User, "expire", (_user, names) => { same<typeof names, readonly string[] | null>(true); });
listen(Base, "init", (object, values) => { same<typeof object, object>(true); values["id"] = 1; });
listen(Base, "afterConfigured", () => {});
// @ts-expect-error an event of bases
listen(User, "afterConfigured", () => {});
// @ts-expect-error no such event
listen(User, "beforeLunch", () => {});

// ── sessions ─────────────────────────────────────────────────────────────────
const engine = createEngine("sqlite:///:memory:");
declare const sync: ConstructorParameters<typeof SyncSession>[0];
listen(Session, "beforeFlush", async (session) => { await session.flush(); });
listen(SyncSession, "beforeFlush", (session) => { same<ReturnType<typeof session.flush>, void>(true); });
const sessions = sessionmaker(engine);
const syncSessions = syncSessionmaker(sync);
listen(sessions, "doOrmExecute", async (state) => {
  const result = await state.invokeStatement();
  same<typeof result, Result<unknown, unknown>>(true);
  same<typeof state.session, Session>(true);
  return result;
});
listen(syncSessions, "doOrmExecute", (state) => {
  const result = state.invokeStatement();
  same<typeof result, Result<unknown, unknown>>(true);
  return result;
});
// @ts-expect-error a result, or nothing
listen(sessions, "doOrmExecute", () => 5);

// ── inspection ───────────────────────────────────────────────────────────────
declare const user: User;
same<ReturnType<typeof inspectUser>, InstanceInfo<User>>(true);
function inspectUser() { return inspect(user); }
const { attrs, session } = inspect(user);
same<typeof attrs.email, AttributeState<string>>(true);
same<typeof attrs.orders.loadedValue, Order[] | undefined>(true);
same<typeof session, Session | SyncSession | null>(true);
const mapper: MapperInfo = inspect(User);
const relationship: RelationshipInfo = inspect(User.orders);
same<typeof relationship.direction, "manyToOne" | "oneToMany" | "manyToMany">(true);
export const itself = inspect(User.email) === User.email && mapper.className === "User";
getHistory(user, "email");
flagModified(user, "nick");
setCommittedValue(user, "nick", null);
// @ts-expect-error no such attribute
getHistory(user, "mail");
// @ts-expect-error another type of value
setCommittedValue(user, "email", 5);
