import type { AnyExpression } from "../../../src/sql/expression/expression.ts";
import { func, insert, json, literal, nullValue, select } from "../../support/core.ts";
import { samples } from "../models.ts";
import type { Area } from "../statement-case.ts";

const { c } = samples;
const of = (expression: AnyExpression) => select(c.id, expression.label("x")).where(c.id.le(3)).orderBy(c.id);
const name = c.data.at("name").asString();

export const jsonArea: Area = {
  name: "json",
  cases: {
    "json/key": () => of(c.data.at("k")),
    "json/index": () => of(c.data.at("list").at(0)),
    "json/path": () => of(c.data.path(["deep", "a", 1, "b"])),
    "json/as-string": () => of(name),
    "json/as-integer": () => of(c.data.at("k").asInteger()),
    "json/as-numeric": () => of(c.data.at("k").asNumeric(10, 2)),
    "json/path-as-string": () => of(c.data.path(["deep", "a", 1, "b"]).asString()),
    "json/compare-integer": () => select(c.id).where(c.data.at("k").asInteger().gt(1)).orderBy(c.id),
    "json/insert-document": () => insert(samples).values({ id: 50, data: { a: [1, { b: null }], é: "☃" } }),
    "json/insert-sql-null": () => insert(samples).values({ id: 50, data: nullValue() }),
    "json/literal-json": () => select(literal({ a: 1 }, json<{ a: number }>()).label("x")),
    "json/order-by-element": () => select(c.id).where(c.id.le(3)).orderBy(c.data.at("k").asNumber().desc()),
    "json/group-by-element": () =>
      select(name.label("nm"), func.count().label("n")).groupBy(name).orderBy(func.count(), name.nullsLast()),
  },
  later: [{ issue: 3, reason: "JSON columns whose null is SQL's or JSON's on request", ids: ["json/none-as-null"] }],
  open: {
    mysql: [
      "json/key",
      "json/index",
      "json/path",
      "json/as-string",
      "json/as-integer",
      "json/as-numeric",
      "json/path-as-string",
      "json/compare-integer",
      "json/order-by-element",
      "json/group-by-element",
    ],
  },
};
