// Statements with models on servers: rows, objects, counts and tables. How they are written is compared on SQLite, and with
// the statement cases.
import { afterAll, beforeAll, describe, test } from "vitest";
import { type Backend, checkOrmStatement, type OrmCase } from "./check-orm-statement.ts";
import { casesOf, under } from "./expressions.ts";
import { ormAreas } from "./orm-cases/areas.ts";
import { type ServerScenarioDatabase, serverScenarioDatabase } from "./scenario-databases.ts";
import { deviationOf } from "./statement-case.ts";
import { Trace } from "./trace.ts";

const servers: readonly { readonly name: string; readonly backend: Backend }[] = [
  { name: "postgresql/pg", backend: "postgresql" },
  { name: "mariadb/mysql2", backend: "mariadb" },
];

describe.each(servers)("statements with models on $name", ({ name, backend }) => {
  let database: ServerScenarioDatabase | null = null;
  beforeAll(async () => {
    database = await serverScenarioDatabase(name);
    database?.fixture();
  }, 60_000);
  afterAll(() => database?.remove());

  for (const area of ormAreas) {
    for (const each of casesOf(area.name) as readonly OrmCase[]) {
      const build = area.cases[each.id];
      if (build === undefined || (under(each.results, backend) ?? null) === null) continue;
      test(`${each.id}: ${each.intent}`, () => {
        if (database === null) return;
        using trace = new Trace(database);
        checkOrmStatement(
          each,
          build,
          deviationOf(area, each.id, backend === "mariadb" ? "mysql" : "postgresql"),
          trace,
          backend,
        );
      });
    }
  }
});
