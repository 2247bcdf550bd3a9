// Facts about the types of expressions, as a program that only has to compile; see checks.ts. Nothing here is ever run.
import {
  any, array, bigInteger, bindparam, boolean, caseOf, caseWhen, cast, date, func, integer, json, literal, MetaData, numeric, select, table, text,
  timestamp, tryCast, typeDecorator, userDefinedType, varchar, wrappedType, type Expression,
} from "athanor";
import { hstore, int4multirange, int4range, jsonb, Range } from "athanor/postgresql";

type Eq<X, Y> = (<T>() => T extends X ? 1 : 2) extends (<T>() => T extends Y ? 1 : 2) ? true : false;
declare function same<X, Y>(answer: Eq<X, Y>): void;
/** The value of an expression. */
type V<E> = E extends Expression<infer T, string, string> ? T : never;

interface Profile {
  readonly name: string;
  readonly age?: number;
  readonly tags: readonly string[];
  readonly address: { readonly city: string; readonly lines: readonly { readonly text: string }[] } | null;
  readonly scores: Readonly<Record<string, number>>;
}
const t = table("t", new MetaData(), {
  id: integer().primaryKey(),
  n: integer().nullable(),
  big: bigInteger(),
  price: numeric(10, 2),
  maybe: numeric(10, 2).nullable(),
  label: varchar(20),
  at: timestamp(),
  day: date().nullable(),
  flag: boolean(),
  profile: json<Profile>(),
  loose: json<unknown>().nullable(),
  optional: jsonb<Profile>().nullable(),
  words: array(text()),
  grid: array(array(integer())).nullable(),
  span: int4range().nullable(),
  spans: int4multirange(),
  map: hstore(),
});
const { c } = t;

// ── arithmetic ───────────────────────────────────────────────────────────────
const sum = c.id.add(1);
same<V<typeof sum>, number>(true);
const nullable = c.id.add(c.n);
same<V<typeof nullable>, number | null>(true);
const decimal = c.id.add(c.price); // a decimal is wider than a whole number, and text
same<V<typeof decimal>, string>(true);
const scaled = c.maybe.mul(1.5); // decimals take numbers
same<V<typeof scaled>, string | null>(true);
const half = c.big.div(2n); // division of whole numbers gives a fraction
same<V<typeof half>, number>(true);
const bigger = c.big.add(2n);
same<V<typeof bigger>, bigint>(true);
const later = c.at.add(60_000); // an instant and milliseconds
same<V<typeof later>, Date>(true);
const between = c.at.sub(c.at);
same<V<typeof between>, number>(true);
const joined = c.label.add("!");
same<V<typeof joined>, string>(true);
const power = c.n.pow(2);
same<V<typeof power>, number | null>(true);
c.price.gt(5);
c.price.between(1, "2.5");
// @ts-expect-error 0.1 is not the decimal 0.1: equality takes text
c.price.eq(5);
// @ts-expect-error a whole number and text
c.id.add("x");
// @ts-expect-error text next to a number
c.id.gt("x");

// ── documents ────────────────────────────────────────────────────────────────
const name = c.profile.at("name");
same<V<typeof name>, string>(true);
const age = c.profile.at("age"); // optional: may be missing
same<V<typeof age>, number | null>(true);
const tag = c.profile.at("tags").at(0); // an array may be shorter
same<V<typeof tag>, string | null>(true);
const score = c.profile.at("scores").at("any");
same<V<typeof score>, number | null>(true);
const city = c.profile.path(["address", "city"]);
same<V<typeof city>, string | null>(true);
const line = c.profile.path(["address", "lines", 0, "text"]);
same<V<typeof line>, string | null>(true);
const loose = c.loose.at("anything").at(3);
same<V<typeof loose>, unknown>(true);
const outer = c.optional.at("name"); // the document may be null
same<V<typeof outer>, string | null>(true);
const integerOf = c.profile.at("name").asInteger();
same<V<typeof integerOf>, number>(true);
const stringOf = c.loose.at("x").asString();
same<V<typeof stringOf>, string | null>(true);
const jsonOf = c.loose.at("x").asJson<Profile>().at("name");
same<V<typeof jsonOf>, string | null>(true);
const color = c.map.at("color");
same<V<typeof color>, string | null>(true);
// @ts-expect-error no such key
c.profile.at("nope");
// @ts-expect-error no such key further down
c.profile.path(["address", "nope"]);
// @ts-expect-error a position, not a key
c.profile.at("tags").at("first");
// @ts-expect-error a number has no elements
c.id.at("x");

// ── arrays and ranges ────────────────────────────────────────────────────────
const word = c.words.at(1);
same<V<typeof word>, string | null>(true);
const cell = c.grid.at(1).at(2);
same<V<typeof cell>, number | null>(true);
const part = c.words.slice(1, null);
same<V<typeof part>, readonly string[]>(true);
const made = array([1, 2, 3]);
same<V<typeof made>, readonly number[]>(true);
const collected = func.arrayAgg(c.label);
same<V<typeof collected>, readonly string[] | null>(true);
const one = func.unnest(c.words);
same<V<typeof one>, string>(true);
c.words.contains(["a"]);
c.words.any("a");
c.label.eq(any(c.words));
c.span.contains(5);
c.span.contains(new Range(1, 5));
c.spans.contains(5);
c.label.contains("x", { autoescape: true });
// @ts-expect-error the elements are texts
c.words.contains([1]);
// @ts-expect-error and so is what is compared with them
c.words.any(1);

// ── functions ────────────────────────────────────────────────────────────────
const mode = func.mode().withinGroup(c.label);
same<V<typeof mode>, string | null>(true);
const median = func.percentileCont(0.5).withinGroup(c.price);
same<V<typeof median>, number | null>(true);
const quartiles = func.percentileCont(array([0.25, 0.75])).withinGroup(c.id);
same<V<typeof quartiles>, readonly number[] | null>(true);
const document = func.jsonObject({ id: c.id, label: c.label, fixed: "x" });
same<V<typeof document>["id"], number>(true);
same<V<typeof document>["label"], string>(true);
const previous = func.lag(c.id).over({ orderBy: c.id });
same<V<typeof previous>, number | null>(true);
const total = func.sum(c.price).filter(c.flag);
same<V<typeof total>, string | null>(true);
const known = func.coalesce(c.n, 0);
same<V<typeof known>, number>(true);
const scalar = select(func.max(c.at)).scalarSubquery();
same<V<typeof scalar>, Date | null>(true);
const open = caseWhen(c.flag, 1);
same<V<typeof open>, number | null>(true);
const closed = caseOf(c.label).when("a", 1).else(2);
same<V<typeof closed>, number>(true);

// ── conversions, parameters, types of one's own ──────────────────────────────
const casted = cast(c.n, text());
same<V<typeof casted>, string | null>(true);
const attempted = tryCast(c.label, integer());
same<V<typeof attempted>, number | null>(true);
c.id.in(bindparam("ids", integer()).expanding());
const parameter = bindparam("x", integer(), () => 5).literalExecute();
same<V<typeof parameter>, number>(true);
literal("x", varchar(), { literalExecute: true });
// @ts-expect-error a value of another type
bindparam("x", integer(), "5");
const points = typeDecorator({
  impl: varchar(),
  bind: (value: readonly [number, number]) => value.join(","),
  result: (stored): readonly [number, number] => [stored.length, 0],
});
const own = table("own", new MetaData(), {
  id: integer().primaryKey(),
  point: points,
  shape: userDefinedType<string>({ name: "GEOMETRY" }),
  upper: wrappedType(varchar(), { bindExpression: (value) => func.upper(value) }).nullable(),
});
same<V<typeof own.c.point>, readonly [number, number]>(true);
same<V<typeof own.c.shape>, string>(true);
same<V<typeof own.c.upper>, string | null>(true);
