// Facts about the types of statements, as a program that only has to compile: see checks.ts.
import {
  bindparam, boolean, compiles, createEngine, CustomExpression, CustomStatement, deleteFrom, exists, func, insert, integer, literal,
  MetaData, numeric, select, sqlText, table, tablesample, tableValued, text, timestamp, union, update, values, varchar, type Expression,
} from "athanor";
import { dialect } from "athanor/sqlite";
import { dialect as postgresql } from "athanor/postgresql";

type Eq<X, Y> = (<T>() => T extends X ? 1 : 2) extends (<T>() => T extends Y ? 1 : 2) ? true : false;
declare function same<X, Y>(answer: Eq<X, Y>): void;

const metadata = new MetaData();
const users = table("users", metadata, {
  id: integer().primaryKey(),
  name: varchar(50),
  nick: text().nullable(),
  active: boolean().default(true),
});
const orders = table("orders", metadata, {
  id: integer().primaryKey(),
  userId: integer().references(() => users.c.id),
  total: numeric(10, 2),
  placedAt: timestamp(),
});
await using c = await createEngine("sqlite:///:memory:").connect();

// ── tables and subqueries as a whole ─────────────────────────────────────────
const whole = await c.execute(select(users)).one();
same<typeof whole.id, number>(true);
same<typeof whole.nick, string | null>(true);
same<(typeof whole)[0], string | number | boolean | null>(true);
// @ts-expect-error no such column
whole.nope;
const mixed = await c.execute(select(orders.c.total, users).join(users)).one();
same<typeof mixed.total, string>(true);
same<typeof mixed.name, string>(true);
const perUser = select(orders.c.userId, func.count().label("n")).groupBy(orders.c.userId).subquery("per_user");
const counted = await c.execute(select(perUser)).one();
same<typeof counted.n, number>(true);
const sampled = tablesample(users, func.call("system", integer(), 10), { name: "s" });
same<typeof sampled.c.nick, Expression<string | null, "s", "nick">>(true);

// ── joins: what may be absent ────────────────────────────────────────────────
const outer = await c.execute(select(users.c.name, orders.c.total, orders.c.placedAt).outerJoin(orders)).one().catch(() => null);
same<NonNullable<typeof outer>["total"], string | null>(true);
same<NonNullable<typeof outer>["name"], string>(true);
const both = await c.execute(select(users.c.name, orders.c.total).fullJoin(orders)).one();
same<typeof both.name, string | null>(true);
same<typeof both.total, string | null>(true);
const newest = select(orders.c.total).where(orders.c.userId.eq(users.c.id)).limit(1).lateral("newest");
const withNewest = await c.execute(select(users.c.id, newest.c.total).outerJoin(newest, exists(select(literal(1))))).one();
same<typeof withNewest.total, string | null>(true);
const joinedBoth = select(users.c.name).join(orders);
const again = perUser.alias("again");
same<typeof again.c.n, Expression<number, "again", "n">>(true);

// ── values, scalar subqueries, set operations, CTEs ──────────────────────────
const given = values({ id: integer(), at: timestamp().nullable() }, [{ id: 1, at: null }], "given");
same<typeof given.c.at, Expression<Date | null, "given", "at">>(true);
const latest = select(func.max(orders.c.placedAt)).scalarSubquery();
same<typeof latest, Expression<Date | null>>(true);
const all = union(select(users.c.id, users.c.nick), select(orders.c.id, users.c.nick));
const united = await c.execute(all.orderBy(all.selectedColumns.nick.desc())).one();
same<typeof united.nick, string | null>(true);
same<typeof united.id, number>(true);
// @ts-expect-error rows of another shape
select(users.c.id).union(select(users.c.name));
const tree = select(users.c.id, users.c.nick).cte("tree", { recursive: true });
const grown = tree.unionAll(select(users.c.id, users.c.nick).join(tree, tree.c.id.eq(users.c.id)));
same<typeof grown.c.nick, Expression<string | null, "tree", "nick">>(true);

const numbered = tableValued(func.call("json_each", text(), literal("[]")), { value: text() }, { name: "each", ordinality: "place" });
same<typeof numbered.c.place, Expression<number, "each", "place">>(true);
same<typeof numbered.c.value, Expression<string, "each", "value">>(true);

const named = await c.execute(select(users.c.id, orders.c.id, func.count().label("n")).join(orders).setLabelStyle("tablenamePlusColumn")).one();
same<typeof named.users_id, number>(true);
same<typeof named.orders_id, number>(true);
same<typeof named.n, number>(true);

const onlyCount = await c.execute(joinedBoth.withOnlyColumns(func.count().label("n"), { maintainColumnFroms: true })).one();
same<typeof onlyCount.n, number>(true);
// @ts-expect-error what is no longer selected
onlyCount.name;

// ── filterBy, params, introspection ──────────────────────────────────────────
const joined = select(users.c.name).join(orders);
joined.filterBy({ total: "1.50" });
joined.filterBy({ id: 1 }, orders);
// @ts-expect-error the type of a column of what is named
joined.filterBy({ id: "1" }, orders);
// @ts-expect-error no column of what is named
joined.filterBy({ nick: null }, orders);
same<ReturnType<typeof joined.params>, typeof joined>(true);
same<typeof joined.selectedColumns.name, typeof users.c.name>(true);
const described = joined.columnDescriptions[0];
same<NonNullable<typeof described>["name"], string | null>(true);

// ── INSERT, UPDATE, DELETE ───────────────────────────────────────────────────
const row = insert(orders).values({ userId: 1, total: "5", placedAt: new Date(0) });
const upsert = row.onConflictDoUpdate({ indexElements: [orders.c.id], set: { total: row.excluded.total } });
same<typeof row.excluded.placedAt, Expression<Date, "excluded", "placedAt">>(true);
row.onConflictDoNothing();
// @ts-expect-error no such column
row.onConflictDoUpdate({ indexElements: [orders.c.id], set: { nope: 1 } });
// @ts-expect-error another type
row.onConflictDoUpdate({ indexElements: [orders.c.id], set: { userId: "1" } });
// @ts-expect-error which key is meant has to be said
row.onConflictDoUpdate({ set: { total: "1" } });
const returned = await c.execute(upsert.returning(orders.c.id, orders.c.total.label("sum"))).one();
same<typeof returned.sum, string>(true);
const changed = await c.execute(update(users).values({ nick: users.c.name }).returning(users.c.nick)).all();
same<(typeof changed)[number]["nick"], string | null>(true);
const gone = await c.scalars(deleteFrom(orders).using(users).where(orders.c.userId.eq(users.c.id)).returning(orders.c.placedAt)).all();
same<typeof gone, Date[]>(true);
const moved = deleteFrom(orders).returning(orders.c.id, orders.c.total).cte("moved");
same<typeof moved.c.total, Expression<string, "moved", "total">>(true);
// @ts-expect-error the column takes no null
update(users).values({ name: null });

// ── compiling ────────────────────────────────────────────────────────────────
const compiled = joined.compile({ dialect: dialect(), parameters: { x: 1 } });
same<typeof compiled.sql, string>(true);
joined.compile({ dialect: postgresql(), literalBinds: true });
users.c.name.compile();
// @ts-expect-error a dialect is no name
joined.compile({ dialect: "sqlite" });

// ── constructs of one's own ──────────────────────────────────────────────────
class Age extends CustomExpression<number, { of: Expression<Date, string, string>; unit: "days" | "years" }> {
  constructor(of: Expression<Date, string, string>, unit: "days" | "years") {
    super(integer(), { of, unit });
  }
}
compiles(Age, (element, compiler) => {
  same<typeof element.unit, "days" | "years">(true);
  // @ts-expect-error no such field
  element.nope;
  return `age(${compiler.process(element.of)}, ${element.unit})`;
});
const aged = await c.execute(select(new Age(orders.c.placedAt, "days").add(1).label("age"))).one();
same<typeof aged.age, number>(true);
class Explain extends CustomStatement<{ query: { readonly compile: unknown } & object }> {}
// @ts-expect-error only constructs are compiled
compiles(Map, () => "");
void [Explain, sqlText, bindparam];
