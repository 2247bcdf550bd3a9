import {
  and,
  bindparam,
  date,
  enumType,
  integer,
  literal,
  literalColumn,
  MetaData,
  numeric,
  or,
  select,
  table,
  uuid,
  varchar,
} from "../../support/core.ts";
import { orders, samples, users } from "../models.ts";
import { type Area, Execution, everywhere } from "../statement-case.ts";

const { c } = samples;

export const literalsAndBinds: Area = {
  name: "literals-and-binds",
  cases: {
    "literals-and-binds/literal-int": () => select(literal(5).label("x")),
    "literals-and-binds/literal-types": () =>
      select(literal(1.5).label("f"), literal("it's").label("s"), literal(true).label("b"), literal(null).label("n")),
    "literals-and-binds/literal-quote": () => select(literal("O'Reilly").label("x")),
    "literals-and-binds/literal-date": () => select(literal("2024-01-02", date()).label("x")),
    "literals-and-binds/literal-numeric": () => select(literal("12.50", numeric(10, 2)).label("x")),
    "literals-and-binds/literal-uuid": () => select(literal("00000000-0000-0000-0000-000000000007", uuid()).label("x")),
    "literals-and-binds/literal-enum": () =>
      select(literal("PAID", enumType("invoice_status", ["DRAFT", "OPEN", "PAID", "VOID"])).label("x")),
    "literals-and-binds/literal-in-list": () =>
      select(c.id)
        .where(c.id.in([1, 2]))
        .orderBy(c.id),
    "literals-and-binds/literal-where": () => select(c.id).where(and(c.s.eq("apple"), c.i.gt(3)), c.d.eq("2024-01-31")),
    "literals-and-binds/literal-empty-in": () => select(c.id).where(c.id.in([])),
    "literals-and-binds/literal-execute": () =>
      select(c.id).where(c.id.eq(bindparam("x", integer(), 2).literalExecute())),
    "literals-and-binds/bindparam-supplied": () =>
      new Execution(select(c.id).where(c.s.eq(bindparam("wanted", varchar()))), { wanted: "apple" }),
    "literals-and-binds/bindparam-unique": () =>
      select(c.id)
        .where(or(c.i.eq(bindparam("v", integer(), 10)), c.i.eq(bindparam("v", integer(), 6))))
        .orderBy(c.id),
    "literals-and-binds/bindparam-required": () => select(c.id).where(c.id.eq(bindparam("missing", integer()))),
    "literals-and-binds/auto-names-expr": () => select(literal(1).add(literal(2)).label("x")),
    "literals-and-binds/reserved-words": () => {
      const t = table("Order", new MetaData(), {
        select: integer(),
        camelCase: integer().name("camelCase"),
        plain: integer(),
        withSpace: integer().name("with space"),
      });
      return select(t.c.select, t.c.camelCase, t.c.plain, t.c.withSpace).where(t.c.select.eq(1));
    },
    "literals-and-binds/schema-qualified": () => {
      const t = table("t", new MetaData(), { id: integer() }, [], { schema: "app" });
      return select(t.c.id).where(t.c.id.eq(1));
    },
    "literals-and-binds/schema-dotted": () => {
      const t = table("t", new MetaData(), { id: integer() }, [], { schema: "app.sub" });
      return select(t.c.id);
    },
    "literals-and-binds/column-percent": () => {
      const t = table("t", new MetaData(), { ab: integer().name("a%b") });
      return select(t.c.ab).where(t.c.ab.eq(5));
    },
    "literals-and-binds/literal-column": () =>
      select(literalColumn("1 + 1").label("x"), literalColumn("2", integer()).add(3)),
    "literals-and-binds/label-tablename": () =>
      select(users.c.id, orders.c.id).join(orders).orderBy(orders.c.id).setLabelStyle("tablenamePlusColumn"),
    "literals-and-binds/quoted-name": () =>
      select(table("plain", new MetaData(), { upper: integer().name("UPPER") }).c.upper),
  },
  deviations: {
    "literals-and-binds/quoted-name": everywhere({
      reason: "names are quoted where they need it: nobody can forget it, or forbid it",
      sql: 'SELECT plain."UPPER" FROM plain',
    }),
  },
};
