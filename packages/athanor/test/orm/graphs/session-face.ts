import {
  createEngine,
  createSyncEngine,
  type Engine,
  type EngineEvents,
  type Listenable,
  type ScalarExecutable,
  type SyncEngine,
} from "athanor";
import { awaitable, type Session, type SyncSession, sessionmaker, syncSessionmaker } from "athanor/orm";
import { Base } from "./models.ts";
import { runAtOnce, runLater, type Steps } from "./steps.ts";

/** What the two kinds of sessions have in common; each answer may come later. */
export interface SessionFace {
  readonly session: Session | SyncSession;
  all<T extends object>(statement: ScalarExecutable<T, unknown>): T[] | Promise<T[]>;
  merge<T extends object>(object: T): T | Promise<T>;
  /** What a relationship holds, loaded if need be. */
  related(object: object, name: string): unknown;
  nested(work: () => Steps<void>): void | Promise<void>;
}

/** A database with the tables of the models, and sessions of one kind on it. */
export interface Playground {
  readonly events: Listenable<EngineEvents>;
  session(): SessionFace;
  rows(sql: string): PromiseLike<unknown[][]>;
  run(work: () => Steps<void>): PromiseLike<void>;
  /** Deletes all rows. */
  clear(): Promise<void>;
  dispose(): Promise<void>;
}

const clearing = [
  "UPDATE nodes SET parent_id = NULL",
  ...Base.metadata.sortedTables.toReversed().map(({ name }) => `DELETE FROM ${name}`),
];

export async function playground(url: string, synchronous: boolean): Promise<Playground> {
  return synchronous ? synchronousPlayground(createSyncEngine(url)) : asynchronousPlayground(createEngine(url));
}

async function asynchronousPlayground(engine: Engine): Promise<Playground> {
  await Base.metadata.createAll(engine);
  const sessions = sessionmaker(engine);
  return {
    events: engine,
    session() {
      const session = sessions();
      return {
        session,
        merge: (object) => session.merge(object),
        all: (statement) => session.scalars(statement).all(),
        related: (object, name) => (awaitable(object) as Readonly<Record<string, unknown>>)[name],
        nested: (work) => session.beginNested(() => runLater(work())),
      };
    },
    async rows(sql) {
      await using connection = await engine.connect();
      return [...(await connection.execDriverSql(sql))].map((row) => [...row]);
    },
    run: (work) => runLater(work()),
    clear: () =>
      engine.begin(async (connection) => {
        for (const sql of clearing) await connection.execDriverSql(sql);
      }),
    dispose: () => engine.dispose(),
  };
}

async function synchronousPlayground(engine: SyncEngine): Promise<Playground> {
  Base.metadata.createAll(engine);
  const sessions = syncSessionmaker(engine);
  return {
    events: engine,
    session() {
      const session = sessions();
      return {
        session,
        merge: (object) => session.merge(object),
        all: (statement) => session.scalars(statement).all(),
        related: (object, name) => Reflect.get(object, name) as unknown,
        nested: (work) => session.beginNested(() => runAtOnce(work())),
      };
    },
    async rows(sql) {
      using connection = engine.connect();
      return [...connection.execDriverSql(sql)].map((row) => [...row]);
    },
    async run(work) {
      runAtOnce(work());
    },
    async clear() {
      engine.begin((connection) => {
        for (const sql of clearing) connection.execDriverSql(sql);
      });
    },
    async dispose() {
      engine.dispose();
    },
  };
}
