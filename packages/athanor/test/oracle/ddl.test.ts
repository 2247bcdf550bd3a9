import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { createEngine } from "../../src/index.ts";
import { dialect as mysql } from "../../src/mysql.ts";
import { dialect as postgresql } from "../../src/postgresql.ts";
import type { DdlDialect } from "../../src/schema/ddl-dialect.ts";
import { DdlElement } from "../../src/schema/ddl-element.ts";
import { MetaData } from "../../src/schema/metadata.ts";
import type { CompilingDialect } from "../../src/sql/compile/compile.ts";
import { dialect as sqlite } from "../../src/sqlite.ts";
import { forEachDatabase } from "../support/databases.ts";
import { inScratchSchema } from "../support/scratch-schema.ts";
import { cases, type DdlCase, deviations, refusals } from "./cases/ddl.ts";
import { casesOf, under } from "./expressions.ts";
import { billingMetadata } from "./models/billing.ts";
import { blogMetadata } from "./models/blog.ts";
import { coreMetadata } from "./models/core.ts";
import { orgMetadata } from "./models/org.ts";
import { shopMetadata } from "./models/shop.ts";
import { normaliseSql } from "./normalise.ts";

const oracle = casesOf("ddl-table", "ddl-types", "ddl-index", "ddl-misc");
const dialects = { sqlite: sqlite(), postgresql: postgresql(), mysql: mysql() };
type DialectName = keyof typeof dialects;

function statements(given: DdlCase, dialect: DdlDialect & CompilingDialect): readonly string[] {
  if (given instanceof MetaData) return given.createAllSql(dialect);
  if ("statement" in given) return [given.statement.compile({ dialect }).sql];
  const { steps, ifExists } = given;
  return steps.flatMap((step) =>
    step instanceof DdlElement
      ? step.compile({ dialect }).statements
      : dialect.ddl(step, ifExists === undefined ? {} : { ifExists }),
  );
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

describe.each(Object.keys(dialects) as DialectName[])("DDL as SQLAlchemy writes it for %s", (name) => {
  for (const { id, intent, sql } of oracle) {
    const build = cases[id];
    if (build === undefined) continue;
    test(`${id}: ${intent}`, () => {
      const expected = under(sql, name);
      const refusal = refusals[id]?.[name];
      if (refusal !== undefined || (typeof expected === "string" && expected.startsWith("unsupported"))) {
        expect(() => statements(build(), dialects[name])).toThrow(refusal?.raises);
        return;
      }
      const written = statements(build(), dialects[name]);
      const wanted = [expected ?? []].flat();
      const deviation = deviations[id]?.[name];
      if (deviation !== undefined) expect(normal(written)).not.toEqual(normal(wanted));
      expect(normal(written)).toEqual(normal(deviation?.sql ?? wanted));
    });
  }
});

describe("the oracle's cases", () => {
  test("are covered, every one", () => {
    expect(Object.keys(cases).toSorted()).toEqual(oracle.map(({ id }) => id).toSorted());
    for (const id of [...Object.keys(deviations), ...Object.keys(refusals)]) expect(Object.keys(cases)).toContain(id);
  });
});

/** The oracle's name for the databases of a dialect. */
const backends = { sqlite: "sqlite", postgresql: "postgresql", mysql: "mariadb" } as const;

/** Cases whose foreign keys point to tables of the fixture. */
const needsOthers: ReadonlySet<string> = new Set(["ddl-table/fk-inline", "ddl-table/fk-composite"]);

function isTaken(results: Readonly<Record<string, unknown>> | undefined, backend: string): boolean {
  const result = under(results, backend);
  return typeof result === "object" && result !== null && "ok" in result;
}

describe("the oracle's DDL is taken", () => {
  forEachDatabase((database) => {
    const { dialect } = database;
    const taken = oracle.filter(
      ({ id, results }) => isTaken(results, backends[dialect]) && refusals[id]?.[dialect] === undefined,
    );
    test("by the database, where SQLAlchemy's is", async () => {
      for (const { id } of taken) {
        const given = cases[id]?.();
        if (given === undefined || "statement" in given) continue;
        // A database in memory is a new one with each engine.
        const engine = createEngine(database.url, { isolationLevel: "AUTOCOMMIT" });
        await using connection = await engine.connect();
        await inScratchSchema(dialect, connection, "of_the_case", async () => {
          if (needsOthers.has(id)) for (const each of [shopMetadata, orgMetadata]) await each.createAll(connection);
          if (!(given instanceof MetaData)) await given.setup?.createAll(connection);
          for (const sql of statements(given, connection.$core.engine.dialect)) {
            await connection.execDriverSql(sql).catch((cause: unknown) => {
              throw new Error(`${id}: ${sql}`, { cause });
            });
          }
        });
        await connection.close();
        await engine.dispose();
      }
    });
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

  describe.each(Object.keys(dialects) as DialectName[])("for %s", (dialect) => {
    test.each(Object.entries(schemas))("%s is created table by table", (name, metadata) => {
      const written = metadata.createAllSql(dialects[dialect]);
      expect(normal(written)).toEqual(normal([under(create[name], dialect) ?? []].flat()));
    });
  });

  forEachDatabase((database) => {
    test("are created and dropped", async () => {
      const engine = createEngine(database.url);
      for (const metadata of Object.values(schemas)) await metadata.createAll(engine);
      for (const metadata of Object.values(schemas).toReversed()) await metadata.dropAll(engine);
      await engine.dispose();
    });
  });
});
