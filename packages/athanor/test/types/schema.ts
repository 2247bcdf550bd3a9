// Facts about the types of tables, views and types, as a program that only has to compile: see checks.ts.
import {
  array, createTableAs, createView, enumType, exact, func, integer, json, MetaData, numeric, select, sequence, table, text, union, varchar,
  view, type Expression,
} from "athanor";
import { domain } from "athanor/postgresql";

type Eq<X, Y> = (<T>() => T extends X ? 1 : 2) extends (<T>() => T extends Y ? 1 : 2) ? true : false;
declare function same<X, Y>(answer: Eq<X, Y>): void;

const metadata = new MetaData();
const users = table("users", metadata, { id: integer().primaryKey(), name: varchar(50), nick: text().nullable() });
const orders = table("orders", metadata, {
  id: integer().primaryKey(),
  userId: integer().references(() => users.c.id),
  total: numeric(10, 2),
});

// ── views ────────────────────────────────────────────────────────────────────
const spent = view(
  "spent",
  metadata,
  select(users.c.name, users.c.nick, orders.c.userId, func.sum(orders.c.total).label("sum")).outerJoin(orders).groupBy(users.c.id),
);
same<typeof spent.c.name, Expression<string, "spent", "name">>(true);
same<typeof spent.c.nick, Expression<string | null, "spent", "nick">>(true);
same<typeof spent.c.sum, Expression<string | null, "spent", "sum">>(true);
same<typeof spent.c.userId, Expression<number | null, "spent", "userId">>(true); // the outer join may leave it out
// @ts-expect-error no such column
spent.c.nope;
const all = view("all_users", metadata, select(users));
same<typeof all.c.nick, Expression<string | null, "all_users", "nick">>(true);
const ids = view("ids", metadata, union(select(users.c.id.label("number")), select(orders.c.id)));
same<typeof ids.c.number, Expression<number, "ids", "number">>(true);
const other = spent.alias("other");
same<typeof other.c.name, Expression<string, "other", "name">>(true);
createView(spent);
const copy = createTableAs("copy", select(users.c.id));
same<typeof copy.table.c.id, Expression<number, "copy", "id">>(true);

// ── copies ───────────────────────────────────────────────────────────────────
const renamed = users.toMetadata(new MetaData(), { name: "people" });
same<typeof renamed.c.name, Expression<string, "people", "name">>(true);
same<ReturnType<typeof users.alias<"u">>["c"]["id"], Expression<number, "u", "id">>(true);

// ── types ────────────────────────────────────────────────────────────────────
const typed = table("typed", metadata, {
  id: integer().primaryKey().sequence(sequence("ids")),
  labels: json<readonly string[]>().withVariant("postgresql", array(varchar(20))),
  mood: domain("mood", enumType("mood_values", ["sad", "happy"])),
  medium: exact("MEDIUMINT", integer()),
});
same<typeof typed.c.labels, Expression<readonly string[], "typed", "labels">>(true);
same<typeof typed.c.mood, Expression<"sad" | "happy", "typed", "mood">>(true);
same<typeof typed.c.medium, Expression<number, "typed", "medium">>(true);
// @ts-expect-error a variant has values of the same type
text().withVariant("sqlite", integer());
