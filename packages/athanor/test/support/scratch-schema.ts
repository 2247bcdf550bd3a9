import type { Connection } from "../../src/index.ts";

/**
 * Runs `work` where names without a schema mean an empty one, which is gone afterwards: a schema of PostgreSQL, a database of
 * MySQL. SQLite's databases in memory are each empty already. The connection is in no transaction.
 */
export async function inScratchSchema(
  dialect: string,
  connection: Connection,
  name: string,
  work: () => Promise<void>,
): Promise<void> {
  const execute = async (sql: string): Promise<void> => {
    await connection.execDriverSql(sql);
  };
  switch (dialect) {
    case "postgresql":
      await execute(`CREATE SCHEMA ${name}`);
      await execute(`SET search_path TO ${name}, public`);
      await work().finally(() => execute(`DROP SCHEMA ${name} CASCADE`));
      await execute("SET search_path TO DEFAULT");
      break;
    case "mysql":
      await execute(`CREATE DATABASE ${name}`);
      await execute(`USE ${name}`);
      await work().finally(() => execute(`DROP DATABASE ${name}`));
      break;
    default:
      await work();
  }
}
