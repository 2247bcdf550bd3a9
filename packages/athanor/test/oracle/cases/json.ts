import type { AnyExpression } from "../../../src/sql/expression/expression.ts";
import { func, insert, integer, json, literal, MetaData, nullValue, select, table } from "../../support/core.ts";
import { samples } from "../models.ts";
import type { Area } from "../statement-case.ts";

const { c } = samples;
const of = (expression: AnyExpression) => select(c.id, expression.label("x")).where(c.id.le(3)).orderBy(c.id);
const name = c.data.at("name").asString();

const mysqlName =
  "CASE JSON_EXTRACT(samples.data, ?) WHEN 'null' THEN NULL ELSE JSON_UNQUOTE(JSON_EXTRACT(samples.data, ?)) END";

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
    "json/none-as-null": () => {
      const docs = table("docs", new MetaData(), { id: integer(), d: json<unknown>().nullable() });
      return insert(docs).values({ id: 1, d: null });
    },
    "json/literal-json": () => select(literal({ a: 1 }, json<{ a: number }>()).label("x")),
    "json/order-by-element": () => select(c.id).where(c.id.le(3)).orderBy(c.data.at("k").asNumber().desc()),
    "json/group-by-element": () =>
      select(name.label("nm"), func.count().label("n")).groupBy(name).orderBy(func.count(), name.nullsLast()),
  },
  deviations: {
    "json/group-by-element": {
      mysql: {
        reason: "MySQL has no NULLS LAST; SQLAlchemy's text fails there",
        sql:
          `SELECT ${mysqlName} AS nm, count(*) AS n FROM samples GROUP BY ${mysqlName} ` +
          `ORDER BY count(*), ${mysqlName} IS NULL, ${mysqlName}`,
        parameters: Array.from({ length: 8 }, () => "name"),
      },
    },
  },
};
