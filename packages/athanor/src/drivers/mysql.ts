import { MysqlDialect } from "../dialects/mysql/dialect.ts";
import { assumedServer } from "../dialects/mysql/server.ts";
import type { DatabaseEntry } from "../engine/create-engine.ts";
import { mariadbDriver } from "./mariadb.ts";
import { mysql2Driver } from "./mysql2.ts";

const drivers = [mysql2Driver, mariadbDriver];

/** MySQL with its drivers, as `mysql://` URLs name them. The server may be MariaDB all the same. */
export const mysqlDatabase: DatabaseEntry = {
  name: "mysql",
  drivers,
  aliases: ["tidb", "vitess"],
  createDialect: (_options, { dialect }) =>
    new MysqlDialect(assumedServer(false, dialect === "tidb" || dialect === "vitess" ? dialect : undefined)),
  defaultDriver: () => mysql2Driver.name,
};

/** The same as `mariadb://` URLs name it. */
export const mariadbDatabase: DatabaseEntry = {
  name: "mariadb",
  drivers,
  createDialect: () => new MysqlDialect(assumedServer(true)),
  defaultDriver: () => mariadbDriver.name,
};
