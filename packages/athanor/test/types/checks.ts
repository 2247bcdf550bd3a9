// Facts about the declared types, as a program that only has to compile: `same` asserts that two types are identical,
// and a line under @ts-expect-error must not compile. Nothing here is ever run.
import {
  and, bigInteger, boolean, column, createEngine, createSyncEngine, deleteFrom, enumType, func, insert, integer, json, numeric, or, select,
  table, sqlText, text, timestamp, update, uuid, varchar, type Expression, type Row,
} from "athanor";
import {
  aliased, awaitable, containsEager, declarativeBase, joinedload, loadOnly, many, map, mixin, one, oneOrNone, raiseload, selectinload,
  sessionmaker, syncSessionmaker, type Loaded, type ModelClass, type Session,
} from "athanor/orm";
import { insert as sqliteInsert } from "athanor/sqlite";
import { insertSchema, selectSchema } from "athanor/zod";
import * as z from "zod";
import { Order, OrderItem, Product, User, UserProfile } from "../acceptance/01-shop-models.ts";
import { postTags, User as Author, Post, Tag, Category } from "../acceptance/02-blog.ts";
import { Account, Invoice } from "../acceptance/03-invoices-models.ts";
import { getAccountDashboard } from "../acceptance/03-invoices.ts";

/** True only for identical types: `any`, a missing null or another `readonly` makes it false. */
type Eq<X, Y> = (<T>() => T extends X ? 1 : 2) extends (<T>() => T extends Y ? 1 : 2) ? true : false;
type IsAny<X> = 0 extends 1 & X ? true : false;
declare function same<X, Y>(answer: Eq<X, Y>): void;
declare function notAny<X>(answer: IsAny<X> extends true ? false : true): void;

const sessions = sessionmaker(createEngine("sqlite:///:memory:"));
const syncSessions = syncSessionmaker(createSyncEngine("sqlite:///:memory:"));
await using s = sessions();

// ── 1. attributes and instances ──────────────────────────────────────────────
same<typeof User.email, Expression<string, "users", "email">>(true);
same<typeof UserProfile.bio, Expression<string | null, "user_profiles", "bio">>(true);
same<typeof User.name, Expression<string, "users", "name">>(true); // not Function's name
same<User["createdAt"], Date>(true);
same<User["domain"], string>(true);
same<User["orders"], Order[]>(true); // many
same<User["profile"], UserProfile | null>(true); // oneOrNone
same<Order["user"], User>(true); // one
same<Category["parent"], Category | null>(true); // a model that refers to itself
same<Category["parentId"], number | null>(true);
same<Invoice["status"], "draft" | "open" | "paid" | "void">(true);
same<Author["balance"], string>(true); // numeric keeps every digit
same<Post["views"], number>(true); // bigInteger({ mode: "number" })
notAny<User>(true);
notAny<typeof User.orders>(true);

// ── 2. rows: tuples and names ────────────────────────────────────────────────
const users = await s.scalars(select(User)).all();
same<typeof users, User[]>(true);
const row = await s.execute(
  select(User.id, User.email, func.count(Order.id).label("orderCount"), func.sum(Order.total).label("revenue")).join(User.orders).groupBy(User.id),
).one();
const [id, email, orderCount, revenue] = row;
same<typeof id, number>(true);
same<typeof email, string>(true);
same<typeof orderCount, number>(true);
same<typeof revenue, number | null>(true);
same<typeof row.id, number>(true);
same<typeof row.email, string>(true);
same<typeof row.orderCount, number>(true);
same<typeof row.revenue, number | null>(true);
same<(typeof row)["length"], 4>(true);
// @ts-expect-error no such name in the row
row.nope;
const fifth = row[4];

// @ts-expect-error rows are read-only
row[0] = 1;
const mapping = await s.execute(select(User.id, User.name.label("who"))).mappings().one();
same<typeof mapping, { readonly id: number; readonly who: string }>(true);
const entities = await s.execute(select(User, Order).join(User.orders)).one();
same<(typeof entities)[0], User>(true);
same<(typeof entities)[1], Order>(true);
// A name that arrays have stays the array's: by position, or with a label.
const clash = await s.execute(select(func.count(Order.id).label("length"), User.id)).one();
same<typeof clash.length, 2>(true);
same<(typeof clash)[0], number>(true);
same<typeof clash.id, number>(true);

// ── 3. outer joins: who becomes null ─────────────────────────────────────────
const outer = await s.execute(
  select(User, Order, Order.total, Order.total.add(1).label("more"), UserProfile, func.count(Order.id)).outerJoin(User.orders).join(User.profile),
).one();
same<(typeof outer)[0], User>(true);
same<(typeof outer)[1], Order | null>(true);
same<(typeof outer)[2], number | null>(true);
same<typeof outer.total, number | null>(true);
same<typeof outer.more, number | null>(true); // null travels through operators
same<(typeof outer)[4], UserProfile>(true); // only the side that was outer-joined
same<(typeof outer)[5], number>(true); // a count is never null
const byCondition = await s.execute(select(User.id, Order.id.label("orderId")).outerJoin(Order, Order.userId.eq(User.id))).one();
same<typeof byCondition.orderId, number | null>(true);
same<typeof byCondition.id, number>(true);
const buyer = aliased(User, "buyer");
const withAlias = await s.execute(select(Order, buyer, buyer.email, User).outerJoin(buyer, buyer.id.eq(Order.userId)).join(Order.user)).one();
same<(typeof withAlias)[0], Order>(true);
same<(typeof withAlias)[1], User | null>(true);
same<typeof withAlias.buyer, User | null>(true); // an alias has a name
same<typeof withAlias.email, string | null>(true);
same<(typeof withAlias)[3], User>(true); // the model itself is another name
const throughAlias = await s.execute(select(Order, buyer).outerJoin(Order.user.ofType(buyer))).one();
same<(typeof throughAlias)[1], User | null>(true);
const full = await s.execute(select(User.id, Order.id, func.count(Order.id)).fullJoin(User.orders)).one();
same<(typeof full)[0], number | null>(true);
same<(typeof full)[1], number | null>(true);
same<(typeof full)[2], number>(true);
const doubtful = await s.execute(select(Order.total.gt(5).label("big"), Order.id.is(null).label("none")).outerJoin(User.orders)).one();
same<typeof doubtful.big, boolean | null>(true);
same<typeof doubtful.none, boolean>(true); // IS NULL always answers

// ── 4. functions and operators ───────────────────────────────────────────────
same<ReturnType<typeof func.count>, Expression<number>>(true);
const functions = await s.execute(select(
  func.sum(Author.balance).label("sum"), func.avg(Product.price).label("avg"), func.max(User.createdAt).label("max"),
  func.coalesce(func.sum(Product.stock), 0).label("stock"), func.coalesce(Author.fullName, Author.username).label("shown"),
  func.coalesce(Author.fullName, Author.deletedAt.cast(varchar())).label("still"), func.lower(Author.fullName).label("lower"), func.now().label("now"),
)).one();
same<typeof functions.sum, string | null>(true);
same<typeof functions.avg, number | null>(true);
same<typeof functions.max, Date | null>(true);
same<typeof functions.stock, number>(true);
same<typeof functions.shown, string>(true);
same<typeof functions.still, string | null>(true);
same<typeof functions.lower, string | null>(true);
same<typeof functions.now, Date>(true);
const rescued = await s.execute(select(User.id, func.coalesce(Order.total, 0).label("total")).outerJoin(User.orders)).one();
same<typeof rescued.total, number>(true); // coalesce removes an outer join's null, too
const compared = await s.execute(select(Author.fullName.eq("x").label("maybe"), Author.email.eq("x").label("sure"), Author.email.eq(Author.fullName).label("other"))).one();
same<typeof compared.maybe, boolean | null>(true);
same<typeof compared.sure, boolean>(true);
same<typeof compared.other, boolean | null>(true);
and(User.active, or(User.email.like("%x"), User.createdAt.gt(new Date())));
// @ts-expect-error a string is no integer
User.id.eq("1");
// @ts-expect-error neither is a text column
User.id.eq(User.email);
// @ts-expect-error LIKE is for text
User.id.like("1%");
// @ts-expect-error coalesce's fallback has the type of the expression
func.coalesce(func.sum(Product.stock), "none");
// @ts-expect-error not one of the values
Invoice.status.eq("nope");
// @ts-expect-error not one of the values
Invoice.status.in(["open", "nope"]);
// @ts-expect-error a plain value is no condition
select(User).where(true);
// @ts-expect-error a text column is no condition
select(User).where(User.email);

// ── 5. nothing by accident ───────────────────────────────────────────────────
declare const maybe: number | undefined;
// @ts-expect-error undefined is no criterion
User.id.eq(undefined);
// @ts-expect-error neither is what may be undefined
User.id.eq(maybe);
// @ts-expect-error nor in a list
User.id.in([1, maybe]);
// @ts-expect-error nor as a condition
select(User).where(undefined);
// @ts-expect-error a condition that is only sometimes there
select(User).where(maybe !== undefined && User.id.eq(maybe));
// @ts-expect-error nor in filterBy
select(User).filterBy({ id: maybe });
// @ts-expect-error nor as a key
s.get(User, maybe);
// @ts-expect-error nor as a value
update(User).values({ role: undefined });
// @ts-expect-error filterBy knows the columns
select(User).filterBy({ nope: 1 });
// @ts-expect-error and their types
select(User).filterBy({ email: 1 });
// @ts-expect-error and takes columns, not relationships
select(User).filterBy({ orders: [] });
// @ts-expect-error no such column
User.nope;
// @ts-expect-error a string is no thing to select
select("users");

// ── 6. subqueries, tables, text ──────────────────────────────────────────────
const totals = select(Order.userId, func.sum(Order.total).label("spent"), func.count().label("n")).groupBy(Order.userId).subquery("totals");
same<typeof totals.c.userId, Expression<number, "totals", "userId">>(true);
same<typeof totals.c.spent, Expression<number | null, "totals", "spent">>(true);
same<typeof totals.c.n, Expression<number, "totals", "n">>(true);
// @ts-expect-error no such column in the subquery
totals.c.nope;
const joined = await s.execute(select(User.name, totals.c.n).join(totals, totals.c.userId.eq(User.id))).one();
same<typeof joined.n, number>(true);
const outerJoined = await s.execute(select(User.name, totals.c.n).outerJoin(totals, totals.c.userId.eq(User.id))).one();
same<typeof outerJoined.n, number | null>(true);
same<typeof outerJoined.name, string>(true);
const inner = select(User.id, Order.total).outerJoin(User.orders).subquery("inner");
same<typeof inner.c.total, Expression<number | null, "inner", "total">>(true); // the null of an outer join comes out
const whole = select(User).subquery("whole");
same<typeof whole.c.email, Expression<string, "whole", "email">>(true); // an entity gives its columns
const few = select(User).where(User.id.in(select(Order.userId)), User.id.eq(select(func.max(Order.userId)).scalarSubquery()));
same<typeof few, ReturnType<typeof select<readonly [typeof User]>>>(true);
// @ts-expect-error a subquery of another type
User.id.in(select(User.email));
same<typeof postTags.c.postId, Expression<number, "post_tags", "postId">>(true);
const typed = await s.execute(sqlText("SELECT id, username FROM users").columns(column("id", integer()), column("username", varchar().nullable()))).one();
same<typeof typed.username, string | null>(true);
same<(typeof typed)[0], number>(true);

// ── 7. results ───────────────────────────────────────────────────────────────
const pending = s.scalars(select(User.email));
same<ReturnType<typeof pending.all>, Promise<string[]>>(true);
same<ReturnType<typeof pending.one>, Promise<string>>(true);
same<ReturnType<typeof pending.first>, Promise<string | null>>(true);
same<ReturnType<typeof pending.oneOrNone>, Promise<string | null>>(true);
const count = await s.scalar(select(func.count()));
same<typeof count, number | null>(true); // no row: null
const sure = await s.execute(select(func.count())).scalarOne();
same<typeof sure, number>(true);
const got = await s.get(User, 1);
same<typeof got, User | null>(true);
const gotOne = await s.getOne(User, 1);
same<typeof gotOne, User>(true);
const buffered = await s.execute(select(User.id, User.email));
same<(typeof buffered)["rowCount"], number>(true);
const firstRow = buffered.first();
same<typeof firstRow, Row<readonly [number, string], { readonly id: number; readonly email: string }> | null>(true);
for await (const user of s.scalars(select(User))) same<typeof user, User>(true);
for (const [key] of buffered) same<typeof key, number>(true);
const later = awaitable(gotOne).orders;
same<typeof later, Promise<Order[]>>(true);
const made = await sessions.begin(async () => 1);
same<typeof made, number>(true);

// ── 8. the synchronous face ──────────────────────────────────────────────────
using sync = syncSessions();
const syncUsers = sync.scalars(select(User)).all();
same<typeof syncUsers, User[]>(true);
const syncRow = sync.execute(select(User.id, Order.total).outerJoin(User.orders)).first();
same<typeof syncRow, Row<readonly [number, number | null], { readonly id: number; readonly total: number | null }> | null>(true);
const syncGot = sync.get(User, 1);
same<typeof syncGot, User | null>(true);
const syncCommit = sync.commit();
same<typeof syncCommit, void>(true);
const syncMade = syncSessions.begin(() => 1);
same<typeof syncMade, number>(true);
// @ts-expect-error a synchronous sessionmaker wants a synchronous engine
syncSessionmaker(createEngine("sqlite:///:memory:"));

// ── 9. constructors ──────────────────────────────────────────────────────────
new User({ email: "x", name: "x" }); // id, active, createdAt, role have defaults
new User({ email: "x", name: "x", orders: [new Order({})], profile: null });
new UserProfile({ user: new User({ email: "x", name: "x" }) }); // the foreign key comes with the relationship
new Author({ email: "x", username: "x", hashedPassword: "x", fullName: null });
// @ts-expect-error email is required
new User({ name: "x" });
// @ts-expect-error unknown key
new User({ email: "x", name: "x", nope: 1 });
// @ts-expect-error undefined is no value
new User({ email: "x", name: "x", role: undefined });
// @ts-expect-error null, but not nullable
new User({ email: "x", name: null });
// @ts-expect-error wrong enum value
new Invoice({ amountCents: 1, currency: "EUR", status: "nope" });
// @ts-expect-error a relationship takes its target
new User({ email: "x", name: "x", orders: [new OrderItem({ unitPrice: 1 })] });
// @ts-expect-error "one" is never null
new Order({ user: null });

// ── 10. insert, update, delete ───────────────────────────────────────────────
insert(User).values({ email: "x", name: "x" });
insert(User).values([{ email: "x", name: "x" }, { email: "y", name: "y", role: "admin" }]);
insert(User).values({ email: func.lower(User.email), name: "x" }); // SQL is a value
// @ts-expect-error name is required
insert(User).values({ email: "x" });
// @ts-expect-error unknown key
insert(User).values({ email: "x", name: "x", nope: 1 });
// @ts-expect-error relationships are not columns
insert(User).values({ email: "x", name: "x", orders: [] });
// @ts-expect-error a constructor may leave userId to a relationship, an INSERT may not
insert(Order).values({ total: 1 });
insert(Order).values({ userId: 1 });
// @ts-expect-error an integer key that refers elsewhere does not count itself
insert(postTags).values({ postId: 1 });
const returned = await s.execute(insert(User).values({ email: "x", name: "x" }).returning(User.id, User.email)).one();
same<typeof returned, Row<readonly [number, string], { readonly id: number; readonly email: string }>>(true);
const inserted = await s.scalars(insert(Post).returning(Post.id, { sortByParameterOrder: true }), [{ title: "x", content: "", userId: 1 }]).all();
same<typeof inserted, number[]>(true);
const insertedEntities = await s.scalars(insert(User).returning(User), [{ email: "x", name: "x" }]).all();
same<typeof insertedEntities, User[]>(true);
// @ts-expect-error rows given to execute are checked against the table, too
s.execute(insert(User), [{ email: "x" }]);
// @ts-expect-error and so are their keys
s.execute(insert(User), [{ email: "x", name: "x", nope: 1 }]);
// @ts-expect-error nothing returned, nothing to read
s.scalars(insert(User).values({ email: "x", name: "x" }));
update(Post).values({ views: Post.views.add(1) });
// @ts-expect-error wrong type
update(Post).values({ views: "1" });
// @ts-expect-error unknown key
update(Post).values({ nope: 1 });
const updated = await s.execute(update(User).where(User.id.eq(1)).values({ role: "x" }).returning(User.role)).all();
same<(typeof updated)[number]["role"], string>(true);
const deleted = await s.scalars(deleteFrom(User).where(User.id.eq(1)).returning(User.id)).all();
same<typeof deleted, number[]>(true);
const upsert = sqliteInsert(Product).values({ sku: "x", name: "x", price: 1 });
same<typeof upsert.excluded.price, Expression<number, "excluded", "price">>(true);
upsert.onConflictDoUpdate({ indexElements: [Product.sku], set: { price: upsert.excluded.price } });
// @ts-expect-error price is a number
upsert.onConflictDoUpdate({ indexElements: [Product.sku], set: { price: upsert.excluded.name } });

// ── 11. loader options ───────────────────────────────────────────────────────
const loaded = await s.scalars(select(Invoice).options(selectinload(Invoice.lines))).one();
same<typeof loaded, Loaded<Invoice, "lines">>(true);
declare function total(invoice: Loaded<Invoice, "lines">): number;
declare function show(invoice: Invoice): string;
total(loaded);
show(loaded); // still an Invoice
const plain = await s.scalars(select(Invoice)).one();
same<typeof plain, Invoice>(true);
// @ts-expect-error nothing says that its lines are loaded
total(plain);
// @ts-expect-error another relationship is loaded
total(await s.scalars(select(Invoice).options(joinedload(Invoice.account))).one());
// @ts-expect-error no such relationship
type Wrong = Loaded<Invoice, "nope">;
const two = await s.scalars(select(Invoice).options(selectinload(Invoice.lines), joinedload(Invoice.account))).one();
same<typeof two, Loaded<Invoice, "lines" | "account">>(true);
total(two); // more than is asked for
const deep = await s.scalars(select(Account).options(selectinload(Account.invoices).selectinload(Invoice.lines))).one();
same<typeof deep, Loaded<Account, "invoices" | "invoices.lines">>(true);
const kept = await s.execute(select(Account, Invoice).outerJoin(Account.invoices).options(selectinload(Invoice.lines))).one();
same<(typeof kept)[0], Account>(true); // each entity has its own marks
same<(typeof kept)[1], Loaded<Invoice, "lines"> | null>(true);
const unmarked = await s.scalars(select(Invoice).options(raiseload("*"), loadOnly(Invoice.id))).one();
same<typeof unmarked, Invoice>(true);
const gotLoaded = await s.get(Invoice, "x", { options: [selectinload(Invoice.lines)] });
same<typeof gotLoaded, Loaded<Invoice, "lines"> | null>(true);
const eager = await s.scalars(select(Post).join(Post.author).options(containsEager(Post.author))).first();
same<typeof eager, Loaded<Post, "author"> | null>(true);
selectinload(User.orders).selectinload(Order.items).joinedload(OrderItem.product);
// @ts-expect-error profile starts at User; the path stands at Order
selectinload(User.orders).selectinload(User.profile);
// @ts-expect-error a column is nothing to load
selectinload(User.email);
// @ts-expect-error loadOnly takes columns of where the path stands
selectinload(User.orders).loadOnly(User.id);
select(User).where(User.orders.any(Order.items.any(OrderItem.quantity.gt(1))), Post.tags.any(Tag.name.eq("x")));

// ── 12. mixins, inheritance, generic code, every kind of column ──────────────
const Base = declarativeBase();
const Named = mixin({ name: varchar().nullable() }, {
  get shown(): string { return this.name ?? "nobody"; }, // `this` has the mixin's columns …
  rename(to: string) { this.name = to; return this.shown; }, // … and its methods
});
mixin({ name: varchar() }, {
  // @ts-expect-error `this` has no such column
  wrong(): string { return this.nope; },
});
class Employee extends Base.model("employees", Named, {
  id: integer().primaryKey(),
  type: varchar(),
  hired: timestamp().nullable(),
  settings: json<{ theme: "dark" | "light" }>().nullable(),
  badge: bigInteger().nullable(),
  pay: numeric(10, 2).nullable(),
  retired: boolean().default(false),
  get bossId() { return integer().nullable().references(() => Manager.id); },
  get boss() { return oneOrNone(() => Manager, { foreignKeys: () => [Employee.bossId], backPopulates: "reports" }); },
}) {
  static { map(this, []); }
  greet(): string { return `${this.shown}, ${this.type}`; }
}
class Manager extends Employee.inherit("managers", {
  id: integer().primaryKey().references(() => Employee.id),
  level: integer(),
  get reports() { return many(() => Employee, { backPopulates: "boss" }); },
}, { polymorphicIdentity: "manager" }) {
  static { map(this); }
  promote(): string { this.level += 1; return this.greet(); }
}
const manager = new Manager({ name: "x", type: "manager", level: 3 });
same<typeof manager.level, number>(true);
same<typeof manager.reports, Employee[]>(true);
same<Employee["boss"], Manager | null>(true);
same<Employee["settings"], { theme: "dark" | "light" } | null>(true);
same<Employee["badge"], bigint | null>(true);
same<ReturnType<Manager["greet"]>, string>(true);
same<Manager["shown"], string>(true);
same<typeof Manager.type, Expression<string, "managers", "type">>(true); // an inherited column
same<typeof Manager.id, Expression<number, "managers", "id">>(true); // a column declared again
const asEmployee: Employee = manager;
// @ts-expect-error an employee is no manager
const asManager: Manager = asEmployee;
// @ts-expect-error level has no default
new Manager({ type: "manager" });
const managers = await s.scalars(select(Manager).where(Manager.type.eq("manager"), Manager.level.gt(1))).all();
same<typeof managers, Manager[]>(true);
selectinload(Employee.boss).selectinload(Manager.reports);
// A foreign key must have its target's type.
// @ts-expect-error users.email is text
integer().references(() => User.email);
// A text key has nothing to count with: the caller gives it.
class Country extends Base.model("countries", { code: varchar(2).primaryKey(), name: varchar() }) { static { map(this); } }
// @ts-expect-error code is required
new Country({ name: "x" });
// What is neither a column nor a relationship is refused where the class is mapped.
class Odd extends Base.model("odd", { id: integer().primaryKey(), size: 5 }) {
  // @ts-expect-error size is neither
  static { map(this); }
}
const members = table("members", Base.metadata, { tableName: varchar(), role: enumType("role", ["a", "b"]), key: uuid().primaryKey() });
insert(members).values({ tableName: "x", role: "a", key: "x" }); // no name is taken by the library
class Repository<M extends ModelClass> {
  readonly model: M;
  readonly session: Session;
  constructor(model: M, session: Session) { this.model = model; this.session = session; }
  get(key: number) { return this.session.get(this.model, key); }
  all() { return this.session.scalars(select(this.model).limit(10)).all(); }
}
const repository = new Repository(User, s);
const fromRepository = await repository.get(1);
same<typeof fromRepository, User | null>(true);
const allOfRepository = await repository.all();
same<typeof allOfRepository, User[]>(true);

// ── 13. zod ──────────────────────────────────────────────────────────────────
const Selected = selectSchema(UserProfile);
same<z.infer<typeof Selected>, { id: number; userId: number; bio: string | null; score: number }>(true);
const Inserted = insertSchema(UserProfile);
same<z.infer<typeof Inserted>, { userId: number; id?: number | undefined; bio?: string | null | undefined; score?: number | undefined }>(true);
same<z.input<typeof Selected>, z.infer<typeof Selected>>(true);
const Picked = Selected.pick({ id: true, bio: true }).extend({ extra: z.boolean() });
same<z.infer<typeof Picked>, { id: number; bio: string | null; extra: boolean }>(true);
const Omitted = Selected.omit({ userId: true, score: true });
same<z.infer<typeof Omitted>, { id: number; bio: string | null }>(true);
// @ts-expect-error no such column
Selected.pick({ nope: true });
// @ts-expect-error relationships are no part of the schema
Selected.pick({ user: true });
const dashboard = await getAccountDashboard(s, "x");
same<NonNullable<typeof dashboard>["plan"], string>(true);
same<NonNullable<typeof dashboard>["invoices"][number], { id: string; amountCents: number; status: "draft" | "open" | "paid" | "void"; issuedAt: Date | null; lineTotalCents: number }>(true);
