import {
  array,
  bigInteger,
  boolean,
  caseOf,
  caseWhen,
  double,
  extract,
  float,
  func,
  integer,
  json,
  literalColumn,
  nullValue,
  numeric,
  Sequence,
  select,
  smallInteger,
  text,
  tryCast,
  typeCoerce,
} from "../../support/core.ts";
import { orders, samples, tags, users } from "../models.ts";
import type { Area, Deviation } from "../statement-case.ts";

const { c } = samples;

const noSequences: Deviation = { reason: "MySQL has no sequences: refused instead of failing there", refused: true };

export const functions: Area = {
  name: "functions",
  cases: {
    "functions/count-column": () => select(func.count(c.j)),
    "functions/count-distinct": () => select(func.count(users.c.role.distinct())),
    "functions/sum-avg-min-max": () =>
      select(func.sum(c.i).label("s"), func.min(c.i).label("lo"), func.max(c.i).label("hi")),
    "functions/sum-numeric": () => select(func.sum(c.n).label("s")),
    "functions/coalesce-many": () => select(func.coalesce(c.i, c.j, -1).label("x")).orderBy(c.id),
    "functions/nullif": () => select(func.nullif(c.i, 0).label("x")).orderBy(c.id),
    "functions/case-no-else": () => select(caseWhen(c.i.gt(5), 1).label("x")).orderBy(c.id),
    "functions/case-simple-dict": () =>
      select(caseOf(users.c.role).when("admin", 1).when("editor", 2).else(9).label("rank")).orderBy(users.c.id),
    "functions/case-column-results": () => select(caseWhen(c.i.gt(c.j), c.i).else(c.j).label("x")).orderBy(c.id),
    "functions/case-in-order": () =>
      select(users.c.name).orderBy(caseOf(users.c.role).when("admin", 0).when("editor", 1).else(2), users.c.name),
    "functions/case-nested": () =>
      select(
        caseWhen(c.i.gt(0), caseWhen(c.j.gt(3), "a").else("b"))
          .else("c")
          .label("x"),
      ).orderBy(c.id),
    "functions/case-else-null": () => select(caseWhen(c.i.gt(0), "p").else(nullValue()).label("x")).orderBy(c.id),
    "functions/cast-integer": () => select(c.s.cast(integer()).label("x")).where(c.id.eq(99)),
    "functions/cast-numeric": () => select(c.f.cast(numeric(10, 2)).label("x")).orderBy(c.id),
    "functions/cast-float": () => select(c.i.cast(float()).label("x")).orderBy(c.id),
    "functions/cast-double": () => select(c.i.cast(double()).label("x")).orderBy(c.id),
    "functions/cast-boolean": () => select(c.i.cast(boolean()).label("x")).where(c.id.eq(1)),
    "functions/cast-method": () => select(c.i.cast(text()).label("x")).orderBy(c.id),
    "functions/cast-bigint-smallint": () =>
      select(c.i.cast(bigInteger()).label("b"), c.i.cast(smallInteger()).label("s")).where(c.id.eq(1)),
    "functions/try-cast": () => select(tryCast(c.s, integer())),
    "functions/type-coerce": () =>
      select(typeCoerce(c.i, integer()).label("x"), typeCoerce(c.s, text()).add("z").label("y")).where(c.id.eq(1)),
    "functions/type-coerce-json": () => select(typeCoerce(literalColumn("'{\"a\": 5}'"), json<unknown>()).label("x")),
    "functions/extract-parts": () =>
      select(extract("year", c.d).label("y"), extract("month", c.d).label("m"), extract("day", c.d).label("d")).orderBy(
        c.id,
      ),
    "functions/extract-dow": () => select(extract("dow", c.d).label("w")).where(c.id.eq(1)),
    "functions/extract-epoch": () => select(extract("epoch", c.dt).label("e")).where(c.id.eq(1)),
    "functions/func-schema": () => select(func.call("pg_catalog.abs", integer(), -3)),
    "functions/func-quoted": () => select(func.call("Weird Name", integer(), 1)),
    "functions/func-no-args": () => select(func.call("no_args", integer())),
    "functions/func-ansi": () => select(func.currentDate(), func.currentTimestamp(), func.currentTime()),
    "functions/func-now": () => select(func.now().label("n")),
    "functions/func-random": () => select(func.random()),
    "functions/func-nested": () =>
      select(func.upper(func.substr(func.coalesce(c.s, "??"), 1, 2)).label("x")).orderBy(c.id),
    "functions/greatest-least": () => select(func.greatest(1, 5, 3).label("g"), func.least(1, 5, 3).label("l")),
    "functions/aggregate-strings": () => select(func.aggregateStrings(tags.c.name, ",").label("x")),
    "functions/aggregate-order-by": () =>
      select(func.aggregateStrings(users.c.name, ",").aggregateOrderBy(users.c.name.desc()).label("names")),
    "functions/array-agg-pg": () => select(func.arrayAgg(users.c.id).aggregateOrderBy(users.c.name.desc()).label("x")),
    "functions/within-group-array": () =>
      select(
        func
          .percentileCont(array([0.25, 0.75]))
          .withinGroup(orders.c.total)
          .label("q"),
      ),
    "functions/next-value": () => select(func.nextValue(new Sequence("order_seq"))),
    "functions/sequence-func": () => select(func.nextValue(new Sequence("s1", { schema: "app" }))),
    "functions/json-agg": () =>
      select(func.call("json_agg", json<unknown>(), users.c.id).label("x")).where(users.c.active),
    "functions/within-group": () => select(func.percentileCont(0.5).withinGroup(orders.c.total).label("med")),
    "functions/rollup": () =>
      select(users.c.role, users.c.active, func.count().label("n"))
        .groupBy(func.rollup(users.c.role, users.c.active))
        .orderBy(users.c.role.nullsLast(), users.c.active.nullsLast()),
  },
  deviations: {
    "functions/next-value": { mysql: noSequences },
    "functions/sequence-func": { mysql: noSequences },
    "functions/rollup": {
      sqlite: { reason: "SQLite has no ROLLUP: refused instead of failing there", refused: true },
      mysql: {
        reason: "MySQL has no NULLS LAST; SQLAlchemy's text fails there",
        sql:
          "SELECT users.role, users.active, count(*) AS n FROM users GROUP BY users.role, users.active WITH ROLLUP " +
          "ORDER BY users.role IS NULL, users.role, users.active IS NULL, users.active",
      },
    },
    "functions/func-random": {
      reason: "a fraction on every database; SQLite's own is any integer of 64 bits",
      sql: "SELECT (0.5 + random() / 18446744073709551616.0) AS random_1",
    },
    "functions/greatest-least": {
      reason: "SQLite calls them max() and min(); SQLAlchemy's text fails there",
      sql: "SELECT max(?, ?, ?) AS g, min(?, ?, ?) AS l",
    },
  },
};
