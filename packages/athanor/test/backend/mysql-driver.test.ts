// What is MySQL's and MariaDB's own, of a connection: batches and their keys, limits, locks, errors, what the server tells.
import {
  createEngine,
  DBAPIError,
  type Engine,
  func,
  IntegrityError,
  insert,
  integer,
  listen,
  MetaData,
  OperationalError,
  select,
  sqlText,
  table,
  text,
  update,
  varchar,
} from "athanor";
import { dialect, limit, insert as mysqlInsert } from "athanor/mysql";
import { Session } from "athanor/orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Author, LibraryBase } from "../orm/support/library.ts";
import { forEachDatabase } from "../support/databases.ts";

const metadata = new MetaData();
const parents = table("parents", metadata, { id: integer().primaryKey(), name: varchar(40).unique() });
const children = table("children", metadata, {
  id: integer().primaryKey(),
  parentId: integer()
    .nullable()
    .references(() => parents.c.id, { name: "fk_parent" }),
  note: text().nullable(),
  amount: integer().nullable().check(sqlText("amount >= 0"), "ck_amount"),
});

forEachDatabase(
  (database) => {
    describe.each([true, false])("with preparedStatements: %s", (preparedStatements) => {
      let engine: Engine;
      let sent: string[];
      beforeEach(async () => {
        engine = createEngine(database.url, { preparedStatements });
        await metadata.createAll(engine);
        sent = [];
        listen(engine, "beforeCursorExecute", ({ statement }) => {
          sent.push(statement);
        });
      });
      afterEach(() => engine.dispose());

      const failure = (work: PromiseLike<unknown>): PromiseLike<unknown> =>
        work.then(
          () => expect.unreachable(),
          (error: unknown) => error,
        );

      test("a batch of rows is one statement, and the keys are those of its rows", async () => {
        await using connection = await engine.connect();
        const rows = Array.from({ length: 2500 }, (_, i) => ({ name: `n${i}` }));
        const result = await connection.execute(insert(parents), rows);
        expect(result.rowCount).toBe(2500);
        expect(sent).toHaveLength(2);
        const keys = new Map<string, number>();
        for (const row of await connection.execute(select(parents.c.name, parents.c.id)).all())
          keys.set(row.name, row.id);
        expect(result.insertedPrimaryKeys).toEqual(rows.map(({ name }) => [keys.get(name)]));
      });

      test("a batch of large rows is several statements", async () => {
        await using connection = await engine.connect();
        const note = "x".repeat(60_000);
        await connection.execute(
          insert(children),
          Array.from({ length: 200 }, () => ({ note })),
        );
        expect(
          await connection.execute(sqlText("SELECT count(*) FROM children WHERE length(note) = 60000")).scalar(),
        ).toBe(200);
      });

      test("an upsert of a batch tells no keys that are not its rows'", async () => {
        await using connection = await engine.connect();
        await connection.execute(insert(parents), [{ name: "a" }, { name: "b" }]);
        const added = mysqlInsert(parents);
        const upsert = added.onDuplicateKeyUpdate({ name: func.upper(added.inserted.name) });
        const { insertedPrimaryKeys } = await connection.execute(upsert, [{ name: "x" }, { name: "a" }, { name: "y" }]);
        expect(insertedPrimaryKeys).toEqual([[null], [null], [null]]);
        expect(await connection.scalars(select(parents.c.name).orderBy(parents.c.name)).all()).toEqual([
          "A",
          "b",
          "x",
          "y",
        ]);
      });

      test("ignore() leaves out what is there, limit() stops an UPDATE", async () => {
        await using connection = await engine.connect();
        await connection.execute(insert(parents), [{ name: "a" }, { name: "b" }]);
        const { rowCount } = await connection.execute(
          mysqlInsert(parents)
            .ignore()
            .values([{ name: "a" }, { name: "c" }]),
        );
        expect(rowCount).toBe(1);
        const limited = update(parents)
          .values({ name: parents.c.name.concat("!") })
          .ext("afterCriteria", limit(1), "mysql");
        expect((await connection.execute(limited)).rowCount).toBe(1);
      });

      test("an upsert sees the row in the way and the one that could not be inserted, in the order of its pairs", async () => {
        await using connection = await engine.connect();
        await connection.execute(insert(children).values({ id: 1, amount: 2, note: "old" }));
        const upsert = mysqlInsert(children).values({ id: 1, amount: 5, note: "new" });
        const { amount, note } = children.c;
        await connection.execute(
          upsert.onDuplicateKeyUpdate([
            [note, upsert.inserted.note],
            [amount, amount.add(upsert.inserted.amount)],
          ]),
        );
        expect((await connection.execute(select(amount, note))).one()).toEqual([7, "new"]);
      });

      test("violations tell constraint, table and columns", async () => {
        await using connection = await engine.connect();
        await connection.execute(insert(parents).values({ id: 1, name: "it's for key 'x'" }));
        expect(await failure(connection.execute(insert(parents).values({ id: 1, name: "b" })))).toMatchObject({
          violation: "primaryKey",
          constraint: "PRIMARY",
        });
        expect(await failure(connection.execute(insert(parents).values({ name: "it's for key 'x'" })))).toMatchObject({
          violation: "unique",
          constraint: "name",
        });
        expect(await failure(connection.execute(insert(children).values({ parentId: 9 })))).toMatchObject({
          violation: "foreignKey",
          constraint: "fk_parent",
          table: "children",
          columns: ["parent_id"],
        });
        await connection.execute(insert(children).values({ parentId: 1 }));
        expect(await failure(connection.execute(sqlText("DELETE FROM parents")))).toMatchObject({
          violation: "foreignKey",
          constraint: "fk_parent",
        });
        expect(await failure(connection.execute(insert(children).values({ amount: -1 })))).toMatchObject({
          violation: "check",
          constraint: "ck_amount",
          table: "children",
        });
        expect(await failure(connection.execute(insert(parents).values({ name: null as never })))).toMatchObject({
          violation: "notNull",
          columns: ["name"],
        });
        expect(await failure(connection.execute(insert(parents).values({ name: "x".repeat(41) })))).toMatchObject({
          name: "DataError",
        });
      });

      test("a deadlock ends one of the transactions, which may be tried again", async () => {
        await engine.begin((connection) =>
          connection.execute(insert(parents), [
            { id: 1, name: "a" },
            { id: 2, name: "b" },
          ]),
        );
        await using first = await engine.connect();
        await using second = await engine.connect();
        const touch = (id: number) =>
          update(parents)
            .where(parents.c.id.eq(id))
            .values({ name: `t${id}` });
        await first.execute(touch(1));
        await second.execute(touch(2));
        const both = await Promise.allSettled([first.execute(touch(2)), second.execute(touch(1))]);
        const failed = both.filter((each) => each.status === "rejected");
        expect(failed).toHaveLength(1);
        expect(failed[0]?.reason).toMatchObject({ name: "OperationalError", retryable: true });
        const loser = both[0]?.status === "rejected" ? first : second;
        await expect(loser.execute(touch(1))).rejects.toThrow(/rollback\(\)/);
        await loser.rollback();
        await (loser === first ? second : first).commit();
        await loser.execute(touch(1));
      });

      test("a lock that another one holds too long is an error of the statement alone", async () => {
        await engine.begin((connection) => connection.execute(insert(parents).values({ id: 1, name: "a" })));
        await using first = await engine.connect();
        await using second = await engine.connect();
        await first.execute(select(parents).withForUpdate());
        await second.execute(sqlText("SET innodb_lock_wait_timeout = 1"));
        await expect(second.execute(update(parents).values({ name: "b" }))).rejects.toMatchObject({
          name: "OperationalError",
          retryable: true,
        });
        await expect(second.execute(select(parents).withForUpdate({ nowait: true }))).rejects.toThrow(OperationalError);
        expect(await second.execute(select(parents).withForUpdate({ skipLocked: true })).all()).toEqual([]);
        expect(await second.scalar(select(parents.c.id))).toBe(1);
      });

      test("a statement that takes too long is stopped, and the connection goes on", async () => {
        await using connection = await engine.connect();
        const slow = sqlText("SELECT benchmark(2000000000, md5('x'))");
        await expect(connection.execute(slow, undefined, { timeout: 100 }).all()).rejects.toMatchObject({
          code: "statement-timeout",
        });
        await connection.rollback();
        expect(await connection.execute(sqlText("SELECT 1")).scalar()).toBe(1);
      });

      test("a connection that the server has ended is replaced", async () => {
        await using connection = await engine.connect();
        const id = await connection.execute(sqlText("SELECT connection_id()")).scalar();
        const other = createEngine(database.url);
        await other.begin((killer) => killer.execute(sqlText(`KILL ${Number(id)}`)));
        await other.dispose();
        const error = await failure(connection.execute(sqlText("SELECT 1")));
        expect(error).toBeInstanceOf(DBAPIError);
        expect(error).toMatchObject({ connectionInvalidated: true });
        await connection.close();
        await using again = await engine.connect();
        expect(await again.execute(sqlText("SELECT 1")).scalar()).toBe(1);
      });

      test("DDL commits, and what follows it is a transaction again", async () => {
        await using connection = await engine.connect();
        await connection.execute(insert(parents).values({ name: "before" }));
        await connection.execute(sqlText("CREATE TABLE other (id INT)"));
        await connection.execute(insert(parents).values({ name: "after" }));
        await connection.rollback();
        expect(await connection.scalars(select(parents.c.name)).all()).toEqual(["before"]);
      });

      test("a transaction may be read-only", async () => {
        await using connection = (await engine.connect()).executionOptions({ readOnly: true });
        await expect(connection.execute(insert(parents).values({ name: "a" }))).rejects.toThrow(/READ ONLY/);
      });

      test("literals mean the same in every mode of the server", async () => {
        await using connection = await engine.connect();
        const awkward = "\\' OR 1=1 -- \\\\ \"`";
        const { sql } = select(parents.c.id)
          .where(parents.c.name.eq(awkward))
          .compile({
            dialect: dialect({ serverVersion: "10.11.0-MariaDB" }),
            literalBinds: true,
          });
        await connection.execute(insert(parents).values({ id: 1, name: awkward }));
        expect((await connection.execDriverSql(sql)).scalars().all()).toEqual([1]);
        await connection.execDriverSql("SET sql_mode = 'NO_BACKSLASH_ESCAPES'");
        // A text of its own, as the other one has been prepared. It finds nothing, and ends where it should.
        expect((await connection.execDriverSql(`${sql} `)).scalars().all()).toEqual([]);
      });
    });

    test("a mysql:// URL may lead to MariaDB, whose RETURNING is known from the first connection on", async () => {
      const engine = createEngine(database.url.replace(/^mariadb\+/, "mysql+"));
      expect(engine.compile(insert(parents).values({ id: 1, name: "a" })).sql).toContain("INSERT");
      await metadata.createAll(engine);
      await using connection = await engine.connect();
      expect(await connection.execute(insert(parents).values({ name: "a" }).returning(parents.c.id)).scalar()).toBe(1);
      await expect(connection.execute(update(parents).values({ name: "b" }).returning(parents.c.id))).rejects.toThrow(
        /no UPDATE … RETURNING/,
      );
      await connection.close();
      await engine.dispose();
    });

    test("a session inserts objects of a class with one statement", async () => {
      const engine = createEngine(database.url);
      await LibraryBase.metadata.createAll(engine);
      const inserts: string[] = [];
      listen(engine, "beforeCursorExecute", ({ statement }) => {
        if (statement.startsWith("INSERT")) inserts.push(statement);
      });
      const session = new Session(engine);
      const authors = Array.from({ length: 5 }, (_, i) => new Author({ name: `a${i}` }));
      session.addAll(authors);
      await session.flush();
      expect(inserts).toHaveLength(1);
      expect(authors.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5]);
      session.add(new Author({ name: null as never }));
      await expect(session.commit()).rejects.toThrow(IntegrityError);
      await session.close();
      await engine.dispose();
    });
  },
  { dialect: "mysql" },
);
