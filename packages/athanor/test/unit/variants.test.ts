import { describe, expect, test } from "vitest";
import { describeMysqlError } from "../../src/dialects/mysql/errors.ts";
import { serverOf } from "../../src/dialects/mysql/server.ts";
import { variantOf } from "../../src/dialects/postgresql/variants.ts";
import { createEngine } from "../../src/index.ts";

const dialectOf = (url: string) => createEngine(url).$core.dialect;

describe("databases that speak another's protocol", () => {
  test.each([
    ["cockroachdb://h/d", "cockroachdb", "postgresql"],
    ["yugabytedb+postgres://h/d", "yugabytedb", "postgresql"],
    ["postgresql://h/d?variant=citus", "citus", "postgresql"],
    ["postgresql+pg://h/d?variant=pgbouncer", "pgbouncer", "postgresql"],
    ["postgres://h/d", "postgresql", "postgresql"],
    ["tidb://h/d", "tidb", "mysql"],
    ["vitess+mariadb://h/d", "vitess", "mysql"],
  ])("%s is %s, of the family %s", (url, name, family) => {
    expect(dialectOf(url)).toMatchObject({ name, family });
  });

  test("servers tell what they are", () => {
    expect(variantOf("CockroachDB CCL v24.1.0 (x86_64-pc-linux-gnu)", false).name).toBe("cockroachdb");
    expect(variantOf("PostgreSQL 11.2-YB-2.20.1.0-b0 on x86_64", false).name).toBe("yugabytedb");
    expect(variantOf("PostgreSQL 16.2 on x86_64-pc-linux-gnu", true).name).toBe("citus");
    expect(variantOf("PostgreSQL 16.2 on x86_64-pc-linux-gnu", false).name).toBe("postgresql");
    expect(serverOf("8.0.11-TiDB-v8.1.0")).toMatchObject({ variant: "tidb", mariadb: false });
    expect(serverOf("8.0.30-Vitess")).toMatchObject({ variant: "vitess" });
    expect(serverOf("10.11.6-MariaDB")).not.toHaveProperty("variant");
  });

  test("what they lack is absent, and refused by name", () => {
    const cockroach = dialectOf("cockroachdb://h/d");
    expect([cockroach.twoPhase, cockroach.advisoryLocks, cockroach.listens]).toEqual([undefined, undefined, false]);
    expect(dialectOf("tidb://h/d").isolationLevels).not.toContain("SERIALIZABLE");
    expect(dialectOf("vitess://h/d").advisoryLocks).toBeUndefined();
    expect(dialectOf("postgresql://h/d?variant=pgbouncer").advisoryLocks?.scopes).toEqual(["transaction"]);
    expect(() => createEngine("cockroachdb://h/d").executionOptions({ deferrable: true })).toThrow(
      /cockroachdb has no transactions that are deferrable/,
    );
    expect(() => createEngine("tidb://h/d", { isolationLevel: "SERIALIZABLE" })).toThrow(/tidb has no isolation level/);
    expect(() => createEngine("postgresql://h/d?variant=oracle")).toThrow(/variant is one of postgresql, cockroachdb/);
  });

  test("where conflicts are usual, transactions are tried again", () => {
    const retry = (url: string) => createEngine(url).$core.retry.attempts;
    expect(["cockroachdb://h/d", "yugabytedb://h/d", "tidb://h/d", "postgresql://h/d"].map(retry)).toEqual([
      10, 10, 10, 1,
    ]);
    const conflict = Object.assign(new Error("Write conflict"), { errno: 9007, sqlState: "HY000" });
    expect(describeMysqlError(conflict)).toMatchObject({ kind: "operational", retryable: true });
  });
});
