// Facts about attributes that are neither plain columns nor relationships: on the class, on an alias, on an object, in the
// constructor, in rows. Nothing here is ever run.
import { deleteFrom, func, insert, integer, select, text, update, varchar, type Expression } from "athanor";
import {
  aliased, type Attributes, bundle, columnProperty, composite, type CompositeAttribute, declarativeBase, defer, hybrid, hybridMethod, type Loaded, loadOnly, many,
  map, mixin, one, queryExpression, selectinload, type Session, synonym, undefer, undeferGroup, withExpression,
} from "athanor/orm";

type Eq<X, Y> = (<T>() => T extends X ? 1 : 2) extends (<T>() => T extends Y ? 1 : 2) ? true : false;
declare function same<X, Y>(answer: Eq<X, Y>): void;
declare const s: Session;

declare class Point {
  readonly x: number;
  readonly y: number;
  constructor(x: number, y: number);
}
const priced = { price: integer(), quantity: integer().default(1) };
const Priced = mixin({
  ...priced,
  get total() {
    return hybrid((self: Attributes<typeof priced, string>) => self.price.mul(self.quantity));
  },
});
const Base = declarativeBase();
class User extends Base.model("users", {
  id: integer().primaryKey(),
  first: varchar(20),
  last: varchar(20).nullable(),
  body: text().deferred({ group: "long" }),
  home: composite(Point, { x: integer(), y: integer() }),
  work: composite(Point, { x: integer().nullable(), y: integer().nullable() }),
  rank: queryExpression<number>(),
  mail: synonym<string>("first"),
  get name() {
    return columnProperty(() => User.first.concat("!"));
  },
  get itemCount() {
    return columnProperty(() => select(func.count(Item.id)).where(Item.userId.eq(User.id)).scalarSubquery());
  },
  get isLong() {
    return hybrid(() => User.last.like("_____%"));
  },
  get full() {
    return hybrid({
      expression: () => User.first.concat(User.first),
      get: (self: User) => self.first + self.first,
      set: (self: User, value: string) => {
        self.first = value;
      },
      update: (value: string) => ({ first: value }),
    });
  },
  get longer() {
    return hybridMethod((length: number) => func.length(User.first).gt(length));
  },
  get login() {
    return synonym(() => User.first);
  },
  get things() {
    return synonym(() => User.items);
  },
  get items() {
    return many(() => Item, { backPopulates: "user" });
  },
}) {
  static {
    map(this);
  }
}
class Item extends Base.model("items", Priced, {
  id: integer().primaryKey(),
  get userId() {
    return integer().references(() => User.id);
  },
  get user() {
    return one(() => User, { backPopulates: "items" });
  },
}) {
  static {
    map(this);
  }
}

// ── on the class, on an alias ────────────────────────────────────────────────
const other = aliased(User, "other");
same<typeof User.name, Expression<string, "users", "name">>(true);
same<typeof other.name, Expression<string, "other", "name">>(true);
same<typeof User.itemCount, Expression<number | null, "users", "itemCount">>(true);
same<typeof User.isLong, Expression<boolean | null, "users", "isLong">>(true);
same<typeof other.isLong, Expression<boolean | null, "other", "isLong">>(true);
same<typeof User.rank, Expression<number | null, "users", "rank">>(true);
same<typeof other.longer, (length: number) => Expression<boolean, "other">>(true);
same<typeof User.login, Expression<string, "users", "login">>(true);
same<typeof User.mail, Expression<string, "users", "mail">>(true);
same<typeof User.home, CompositeAttribute<Point, { x: number; y: number }, "users", "home">>(true);
same<typeof other.home.c.x, Expression<number, "other", "x">>(true);
same<typeof Item.total, Expression<number, "items", "total">>(true);

// ── on objects ───────────────────────────────────────────────────────────────
declare const user: User;
same<typeof user.name, string>(true);
same<typeof user.itemCount, number | null>(true);
same<typeof user.rank, number | null>(true);
same<typeof user.isLong, boolean | null>(true);
same<typeof user.full, string>(true);
same<typeof user.longer, (length: number) => boolean>(true);
same<typeof user.login, string>(true);
same<typeof user.things, Item[]>(true);
same<typeof user.home, Point>(true);
same<typeof user.work, Point | null>(true);
same<Item["total"], number>(true);
user.full = "x";
// @ts-expect-error another type
user.full = 1;

// ── in the constructor ───────────────────────────────────────────────────────
new User({ first: "a", body: "b", home: new Point(1, 2), full: "c", login: "d", work: null });
// @ts-expect-error the columns of a value object are not null
new User({ first: "a", body: "b" });
// @ts-expect-error another class
new User({ first: "a", body: "b", home: new Date() });
// @ts-expect-error the database computes it
new User({ first: "a", body: "b", home: new Point(1, 2), name: "x" });
// @ts-expect-error it is computed
new User({ first: "a", body: "b", home: new Point(1, 2), isLong: true });

// ── in statements ────────────────────────────────────────────────────────────
const row = await s.execute(select(User.name, User.home, other.work, other.isLong).outerJoin(other, other.id.eq(1))).one();
same<typeof row.name, string>(true);
same<typeof row.home, Point>(true);
same<(typeof row)[2], Point | null>(true);
same<typeof row.isLong, boolean | null>(true);
const bundled = await s.execute(select(bundle("who", User.id, User.home, bundle("in", Item.id)), Item.total).join(User.items)).one();
same<typeof bundled.who.id, number>(true);
same<typeof bundled.who.home, Point>(true);
same<(typeof bundled.who)[0], number>(true);
same<typeof bundled.who.in.id, number>(true);
same<typeof bundled.total, number>(true);
const outer = await s.execute(select(User.id, bundle("item", Item.id)).outerJoin(User.items)).one();
same<typeof outer.item.id, number | null>(true);
select(User).filterBy({ name: "x", isLong: true, home: new Point(1, 2), login: "x" });
// @ts-expect-error another type
select(User).filterBy({ isLong: "x" });
// @ts-expect-error a relationship's other name is no column
select(User).filterBy({ things: 1 });
update(User).values({ full: "x", home: new Point(1, 2), work: null, login: func.lower(User.first) });
// @ts-expect-error it is computed
update(User).values({ name: "x" });
// @ts-expect-error so is this
update(User).values({ isLong: true });
insert(User).values({ first: "x", body: "b", home: new Point(1, 2) });
User.home.eq(new Point(1, 2));
User.home.in([new Point(1, 2)]);
// @ts-expect-error no point
User.home.eq(1);
deleteFrom(User).where(User.longer(3), User.home.c.x.gt(1));

// ── options ──────────────────────────────────────────────────────────────────
select(User).options(undefer(User.body), undeferGroup("long"), undefer("*"), defer(User.name, { raiseload: true }), loadOnly(User.home, User.first));
select(User).options(selectinload(User.items).defer(Item.price, { raiseload: true }).loadOnly(Item.total), withExpression(User.rank, func.length(User.first)));
// @ts-expect-error a column of another class
select(User).options(selectinload(User.items).defer(User.first));
// @ts-expect-error another type
withExpression(User.rank, User.first);
const loaded = await s.scalars(select(User).options(selectinload(User.items))).all();
same<typeof loaded, Loaded<User, "items">[]>(true);
