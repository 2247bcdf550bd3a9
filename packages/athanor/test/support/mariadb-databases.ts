import type { DatabaseEntry } from "./database-matrix.ts";

/** Where MariaDB is: `ATHANOR_MARIADB_URL`, or a server on this machine that lets root in. */
const server = new URL(process.env["ATHANOR_MARIADB_URL"] ?? "mariadb://root@127.0.0.1:3306/");

/** Every database has a name of its own, so that test files can run beside one another. */
const run = `athanor_${process.pid}_${Date.now().toString(36)}`;
let created = 0;

/** MariaDB through one of its drivers. */
export function mariadb(name: string, driver: string): DatabaseEntry {
  return {
    name,
    dialect: "mysql",
    synchronous: false,
    keepsNul: true,
    inMemory: false,
    isolationLevels: ["REPEATABLE READ", "READ COMMITTED", "READ UNCOMMITTED", "SERIALIZABLE", "AUTOCOMMIT"],
    missingTable: "ProgrammingError",
    uniqueViolation: { constraint: "text" },
    deferredConstraints: false,
    placeholder: () => "?",
    failureEndsTransaction: false,
    concurrent: true,
    async probe() {
      await (await connect()).end();
    },
    async create() {
      const connection = await connect();
      const names: string[] = [];
      const fresh = async () => {
        created += 1;
        const database = `${run}_${created}`;
        names.push(database);
        await connection.query(`CREATE DATABASE ${database}`);
        const { username, password, host } = server;
        return `mariadb+${driver}://${username}${password === "" ? "" : `:${password}`}@${host}/${database}`;
      };
      const [url, sharedUrl] = [await fresh(), await fresh()];
      return {
        url,
        sharedUrl,
        async remove() {
          // Connections that a test has left open may hold locks.
          await connection.query("SET lock_wait_timeout = 1");
          for (const database of names) await connection.query(`DROP DATABASE ${database}`);
          await connection.end();
        },
      };
    },
  };
}

async function connect() {
  const { createConnection } = await import("mysql2/promise");
  const { hostname, port, username, password } = server;
  return await createConnection({
    host: hostname,
    port: Number(port || 3306),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
  });
}
