// What the types say of classes that are mapped to tables and queries that were there before them.
import { type Expression, func, insert, integer, MetaData, select, table, varchar } from "athanor";
import { declarativeBase, many, map, one, type Session } from "athanor/orm";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function same<A, B>(_equal: Same<A, B>): void {}
declare const s: Session;

const metadata = new MetaData();
const users = table("users", metadata, { id: integer().primaryKey(), name: varchar(9) });
const orders = table("orders", metadata, {
  id: integer().primaryKey(),
  userId: integer().references(() => users.c.id),
  total: integer().nullable(),
});
const sums = select(orders.c.userId, func.sum(orders.c.total).label("total"))
  .groupBy(orders.c.userId)
  .subquery("sums");

const Base = declarativeBase({ metadata });
class User extends Base.modelOf(users, {
  get orders() {
    return many(() => Order);
  },
  get sums() {
    return many(() => Sum, { viewOnly: true });
  },
}) {
  static {
    map(this);
  }
}
class Order extends Base.modelOf(orders, {
  get user() {
    return one(() => User);
  },
}) {
  static {
    map(this);
  }
}
class Sum extends Base.modelOf(sums) {
  static {
    map(this, [], { primaryKey: ["userId"] });
  }
}

// attributes of a class and of its objects are those of the table
same<typeof User.name, Expression<string, "users", "name">>(true);
same<typeof Sum.userId, Expression<number, "sums", "userId">>(true);
const user = new User({ name: "a" });
same<typeof user.id, number>(true);
same<typeof user.orders, Order[]>(true);
same<typeof user.sums, Sum[]>(true);
const order = new Order({ total: 1, user });
same<typeof order.total, number | null>(true);
// @ts-expect-error name has to be given
new User({});
// @ts-expect-error no such column
new User({ name: "a", nme: "b" });

// rows of statements
async function rows() {
  const [row] = await s.execute(select(User.name, Sum.userId).join(Sum, Sum.userId.eq(User.id))).all();
  same<typeof row, readonly [name: string, userId: number] | undefined>;
  const sum = await s.scalars(select(Sum)).one();
  same<typeof sum.userId, number>(true);
}
void rows;
insert(User).values({ name: "a" });
// @ts-expect-error total is no text
insert(Order).values({ userId: 1, total: "1" });

// two tables that share a key
const bodies = table("bodies", metadata, {
  id: integer()
    .primaryKey()
    .references(() => users.c.id),
  body: varchar(9).nullable(),
});
class Whole extends Base.modelOf([users, bodies], {
  get orders() {
    return many(() => Order);
  },
}) {
  static {
    map(this);
  }
}
const whole = new Whole({ name: "a", body: null });
same<typeof whole.id, number>(true);
same<typeof whole.body, string | null>(true);
same<typeof whole.orders, Order[]>(true);
// @ts-expect-error name has to be given
new Whole({ body: "b" });
