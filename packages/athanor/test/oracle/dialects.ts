import { dialect as mysql } from "../../src/mysql.ts";
import { dialect as postgresql } from "../../src/postgresql.ts";
import type { CompilingDialect } from "../../src/sql/compile/compile.ts";
import { dialect as sqlite } from "../../src/sqlite.ts";
import type { DialectName } from "./statement-case.ts";

/** A dialect of the oracle, and the database of its results. */
export interface OracleDialect {
  readonly name: DialectName;
  readonly dialect: CompilingDialect;
  readonly backend: "sqlite" | "postgresql" | "mariadb";
  /** The entry of the database matrix that statements are executed on. */
  readonly database: string;
}

export const oracleDialects: readonly OracleDialect[] = [
  { name: "sqlite", dialect: sqlite(), backend: "sqlite", database: "sqlite/node:sqlite" },
  { name: "postgresql", dialect: postgresql(), backend: "postgresql", database: "postgresql/pg" },
  { name: "mysql", dialect: mysql({ serverVersion: "8.0.36" }), backend: "mariadb", database: "mariadb/mysql2" },
];
