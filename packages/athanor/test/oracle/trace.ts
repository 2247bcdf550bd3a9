import { type Engine, type EngineOptions, listen, type MetaData, type SyncEngine } from "athanor";
import { inspect, SyncSession } from "athanor/orm";
import { stateOf } from "../../src/orm/instrumentation/entity.ts";
import { snakeCase } from "../../src/util/snake-case.ts";
import { type ScenarioDatabase, sqliteScenarioDatabase } from "./scenario-databases.ts";
import type { TransactionStep } from "./scenario-records.ts";

/** Something that happened on the way to the database. */
export type Entry = StatementEntry | TransactionEntry;
export interface StatementEntry {
  readonly kind: "statement";
  readonly sql: string;
  /** The values, for each execution of a batch. */
  readonly sets: readonly (readonly unknown[])[];
}
export interface TransactionEntry {
  readonly kind: "transaction";
  readonly step: TransactionStep;
}

/** How a piece of work has ended. */
export class Outcome {
  readonly error: unknown;
  readonly returned: unknown;

  constructor(error: unknown, returned: unknown) {
    this.error = error;
    this.returned = returned;
  }

  static of(work: () => unknown): Outcome {
    try {
      return new Outcome(null, work());
    } catch (error) {
      return new Outcome(error, undefined);
    }
  }
}

/** A number of statements, which may be lower than the oracle's. */
export class StatementCount {
  readonly count: number;

  constructor(count: number) {
    this.count = count;
  }
}

type SyncSessionOptions = ConstructorParameters<typeof SyncSession>[1];

/** What a scenario works with: databases, sessions whose statements are traced, and the facts it tells. */
export class Trace implements Disposable {
  readonly entries: Entry[] = [];
  readonly facts = new Map<string, unknown>();
  readonly warnings: string[] = [];
  readonly #database: ScenarioDatabase;
  readonly #closing: (() => void)[] = [];
  readonly #emitWarning = process.emitWarning;
  #quiet = 0;
  #engine: SyncEngine | null = null;

  constructor(database: ScenarioDatabase = sqliteScenarioDatabase()) {
    this.#database = database;
    // Warnings arrive when the scenario is over; it asks for them earlier.
    process.emitWarning = (warning: string | Error) => {
      this.warnings.push(String(warning));
    };
  }

  [Symbol.dispose](): void {
    process.emitWarning = this.#emitWarning;
    this.#quiet += 1;
    for (const close of this.#closing.toReversed()) close();
    this.#database.close();
  }

  // ── databases ──────────────────────────────────────────────────────────────
  /** The schemas of the oracle with their rows. */
  fixture(): void {
    this.#database.fixture();
  }
  /** Tables without rows. */
  create(metadata: MetaData): void {
    this.quiet(() => metadata.createAll(this.engine));
  }
  get engine(): SyncEngine {
    this.#engine ??= this.newEngine();
    return this.#engine;
  }
  /** Another engine on the same database. */
  newEngine(options: EngineOptions = {}): SyncEngine {
    const engine = this.#database.engine(options);
    this.#observe(engine);
    this.#closing.push(() => engine.dispose());
    return engine;
  }
  asyncEngine(): Engine {
    const engine = this.#database.asyncEngine();
    this.#observe(engine);
    return engine;
  }
  /** Committed rows, as the driver gives them, through another connection. */
  rows(sql: string, ...parameters: readonly (string | number)[]): unknown[][] {
    return this.#database.rows(sql, ...parameters);
  }
  /** Which tables a table refers to. */
  parentsOf(table: string): readonly string[] {
    return this.rows('SELECT "table" FROM pragma_foreign_key_list(?)', table).map(([name]) => String(name));
  }

  // ── sessions ───────────────────────────────────────────────────────────────
  session(options: SyncSessionOptions = {}): SyncSession {
    const session = new SyncSession(this.engine, options);
    this.#closing.push(() => session.close());
    return session;
  }

  // ── observations ───────────────────────────────────────────────────────────
  fact(name: string, value: unknown): void {
    this.facts.set(name, value);
  }
  /** The number of statements of a piece of work, as a fact. */
  count<T>(name: string, work: () => T): T {
    const before = this.statements;
    const result = work();
    this.fact(name, new StatementCount(this.statements - before));
    return result;
  }
  /** The error that work ends with, as a fact. */
  raises(name: string, work: () => unknown): void {
    this.fact(name, Outcome.of(work));
  }
  async rejects(name: string, work: () => PromiseLike<unknown>): Promise<void> {
    try {
      this.fact(name, new Outcome(null, await work()));
    } catch (error) {
      this.fact(name, new Outcome(error, undefined));
    }
  }
  /** Work that is not traced. */
  quiet<T>(work: () => T): T {
    this.#quiet += 1;
    try {
      return work();
    } finally {
      this.#quiet -= 1;
    }
  }
  /** How many statements were sent. */
  get statements(): number {
    return this.entries.filter(({ kind }) => kind === "statement").length;
  }
  transactions(): Readonly<Partial<Record<TransactionStep, number>>> {
    const counts: Partial<Record<TransactionStep, number>> = {};
    for (const entry of this.entries) {
      if (entry.kind === "transaction") counts[entry.step] = (counts[entry.step] ?? 0) + 1;
    }
    return counts;
  }

  #observe(engine: SyncEngine | Engine): void {
    listen(engine, "beforeCursorExecute", ({ statement, parameters, batch }) => {
      this.#add({
        kind: "statement",
        sql: statement,
        sets: batch ? (parameters as readonly unknown[][]) : [parameters],
      });
    });
    for (const event of ["savepoint", "releaseSavepoint", "rollbackSavepoint"] as const) {
      listen(engine, event, ({ statement }) => this.#add({ kind: "statement", sql: statement, sets: [[]] }));
    }
    listen(engine, "begin", () => this.#add({ kind: "transaction", step: "BEGIN" }));
    listen(engine, "commit", () => this.#add({ kind: "transaction", step: "COMMIT" }));
    listen(engine, "rollback", () => this.#add({ kind: "transaction", step: "ROLLBACK" }));
  }
  #add(entry: Entry): void {
    if (this.#quiet === 0) this.entries.push(entry);
  }
}

/** The states of an object; it has one at a time. */
export function states(object: object): readonly string[] {
  return [inspect(object).status];
}

/** Attributes that are loaded, under the names of the oracle. */
export function loaded(object: object): readonly string[] {
  const { unloaded } = inspect(object);
  const mapper = stateOf(object)?.mapper;
  if (mapper === undefined) throw new TypeError("loaded() takes an object of a mapped class");
  return [...mapper.columns, ...mapper.relationships]
    .map(({ key }) => key)
    .filter((key) => !unloaded.includes(key))
    .map(snakeCase)
    .toSorted();
}
