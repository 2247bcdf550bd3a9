// Facts about what queries are known to have loaded; nothing here is ever run.
import { createEngine, select, sqlText, union } from "athanor";
import {
  aliased,
  awaitable,
  defaultload,
  ensureLoaded,
  immediateload,
  isLoaded,
  type Loaded,
  lazyload,
  load,
  loadOnly,
  raiseload,
  selectinload,
  sessionmaker,
  withLoaderCriteria,
} from "athanor/orm";
import { Order, OrderItem, User } from "../acceptance/01-shop-models.ts";

type Eq<X, Y> = (<T>() => T extends X ? 1 : 2) extends <T>() => T extends Y ? 1 : 2 ? true : false;
declare function same<X, Y>(answer: Eq<X, Y>): void;
declare function wants(user: Loaded<User, "orders" | "orders.items">): void;

const sessions = sessionmaker(createEngine("sqlite:///:memory:"), {
  options: [withLoaderCriteria(Order, Order.total.gt(0)), raiseload("*")],
});
await using s = sessions();

// A part of each collection is loaded like all of it.
const newest = selectinload(User.orders, { orderBy: [Order.createdAt.desc()], limit: 10 }).selectinload(Order.items);
wants(await s.scalars(select(User).options(newest)).one());
// @ts-expect-error a limit is a number
selectinload(User.orders, { limit: "10" });
// @ts-expect-error the path stands at Order
selectinload(User.orders).selectinload(User.orders);

// Options of a path, and of a class.
const branches = load(User).options(selectinload(User.orders).options(immediateload(Order.items)), loadOnly(User.name));
wants(await s.scalars(select(User).options(branches)).one());
const passed = defaultload(User.orders).options(selectinload(Order.items));
const half = await s.scalars(select(User).options(passed)).one();
// @ts-expect-error defaultload() passes the orders, and loads none
wants(half);
same<typeof half, Loaded<User, "orders.items">>(true);
const bare = await s.scalars(select(User).options(lazyload(User.orders), load(User).raiseload("*"))).one();
same<typeof bare, User>(true);

// Aliases carry what was loaded of them.
const buyer = aliased(User, "buyer");
const alias = await s.scalars(select(buyer).options(selectinload(buyer.orders).selectinload(Order.items))).one();
wants(alias);

// get(), streams, and statements of one's own.
wants((await s.get(User, 1, { options: [newest] })) ?? (await s.getOne(User, 1, { options: [newest] })));
for await (const user of s.scalars(select(User).options(newest))) wants(user);
const both = union(select(User).where(User.id.eq(1)), select(User).where(User.id.eq(2)));
wants(await s.scalars(select(User).fromStatement(both).options(newest)).one());
const [own] = await s.execute(select(User).options(newest).fromStatement(sqlText("select * from users"))).one();
wants(own);

// Narrowing.
const user = await s.getOne(User, 1);
// @ts-expect-error nothing says so
wants(user);
if (isLoaded(user, "orders", "orders.items")) wants(user);
wants(await ensureLoaded(user, "orders", "orders.items"));
for (const each of await ensureLoaded([user], "orders", "orders.items")) wants(each);
// @ts-expect-error no such relationship
isLoaded(user, "nope");
same<Awaited<(typeof lazy)["orders"]>, Order[]>(true);
const lazy = awaitable(user);

// Criteria.
withLoaderCriteria(OrderItem, (item) => item.quantity.gt(1), { includeAliases: true, name: "several" });
// @ts-expect-error a condition, and not a truth value
withLoaderCriteria(OrderItem, true);
