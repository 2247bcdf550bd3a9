import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { MetaData } from "../../src/schema/metadata.ts";
import { databaseWith, ddl, ddlOf } from "../support/sqlite-ddl.ts";
import { cases, type DdlCase, deviations, later, refusals } from "./cases/ddl.ts";
import { casesOf, under } from "./expressions.ts";
import { billingMetadata } from "./models/billing.ts";
import { blogMetadata } from "./models/blog.ts";
import { coreMetadata } from "./models/core.ts";
import { orgMetadata } from "./models/org.ts";
import { shopMetadata } from "./models/shop.ts";
import { normaliseSql } from "./normalise.ts";

const oracle = casesOf("ddl-table", "ddl-types", "ddl-index", "ddl-misc");

function statements(given: DdlCase): readonly string[] {
  if (given instanceof MetaData) return ddlOf(given);
  return given.steps.flatMap((step) => ddl(step, given.ifExists === undefined ? {} : { ifExists: given.ifExists }));
}

/** The indexes of a table may come in any order. */
function normal(sql: readonly string[]): readonly string[] {
  const groups: string[][] = [];
  for (const text of sql.map(normaliseSql)) {
    if (/^create (unique )?index/.test(text)) groups.at(-1)?.push(text);
    else groups.push([text]);
    if (groups.length === 0) groups.push([text]);
  }
  return groups.flatMap(([first = "", ...indexes]) => [first, ...indexes.toSorted()]);
}

describe("DDL as SQLAlchemy writes it", () => {
  for (const { id, intent, sql, results } of oracle) {
    const build = cases[id];
    if (build === undefined) continue;
    test(`${id}: ${intent}`, () => {
      const given = build();
      const refusal = refusals[id];
      if (refusal !== undefined) {
        expect(() => statements(given)).toThrow(refusal.raises);
        return;
      }
      const written = statements(given);
      const expected = [under(sql, "sqlite") ?? []].flat();
      const deviation = deviations[id];
      if (deviation !== undefined) expect(normal(written)).not.toEqual(normal(expected));
      expect(normal(written)).toEqual(normal(deviation?.sql ?? expected));
      const result = under(results, "sqlite");
      if (result === undefined || result === null) return;
      const setup = given instanceof MetaData || given.setup === undefined ? [] : ddlOf(given.setup);
      using database = databaseWith(setup);
      for (const statement of written) database.exec(statement);
    });
  }

  test("covers every case or names the issue that brings it", () => {
    const listed = later.flatMap(({ ids }) => ids);
    const known = [...Object.keys(cases), ...listed];
    expect(known.toSorted()).toEqual(oracle.map(({ id }) => id).toSorted());
    expect(Object.keys(deviations).every((id) => id in cases)).toBe(true);
  });
});

describe("the fixture schemas", () => {
  const file = new URL("./fixtures/fixtures.json", import.meta.url);
  const { create }: { readonly create: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> } =
    JSON.parse(readFileSync(file, "utf8"));
  const schemas = {
    shop: shopMetadata,
    blog: blogMetadata,
    billing: billingMetadata,
    org: orgMetadata,
    core: coreMetadata,
  };

  test.each(Object.entries(schemas))("%s is created table by table", (name, metadata) => {
    expect(normal(ddlOf(metadata))).toEqual(normal(create[name]?.["sqlite"] ?? []));
    using database = databaseWith(ddlOf(metadata));
    for (const statement of ddlOf(metadata, "drop")) database.exec(statement);
    expect(database.prepare("SELECT name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'").all()).toEqual([]);
  });
});
