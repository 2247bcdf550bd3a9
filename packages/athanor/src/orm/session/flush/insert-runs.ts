import type { InstanceState } from "../../instrumentation/instance-state.ts";
import { quietly } from "../../instrumentation/quiet.ts";
import type { Columns } from "../../mapping/column-access.ts";
import type { Mapper } from "../../mapping/mapper.ts";
import type { WrittenTable } from "../../mapping/written-table.ts";
import { HAS_SQL } from "./insert-values.ts";
import { type InsertStatement, statementsFor, type TableStatements } from "./statements.ts";
import { parametersOf, type Writing } from "./writing.ts";

const noIdentity: readonly unknown[] = [];

/** Objects that follow one another and are inserted by one statement. */
export interface InsertRun {
  /** Null: the object has SQL expressions among its values, and takes a statement of its own. */
  readonly statement: InsertStatement | null;
  readonly table: WrittenTable;
  readonly mark: number | string;
  readonly states: InstanceState[];
  readonly sets: unknown[][];
}

/** Puts objects that give the same columns to a table together, as long as they follow one another. */
export class InsertRuns {
  readonly list: InsertRun[] = [];
  readonly #writing: Writing;
  /** Which of the tables of an object's class is written. */
  readonly #depth: number;
  #mapper: Mapper | null = null;
  #table: WrittenTable | null = null;
  #statements: TableStatements | null = null;
  #run: InsertRun | null = null;

  constructor(writing: Writing, depth = 0) {
    this.#writing = writing;
    this.#depth = depth;
  }

  add(state: InstanceState): void {
    const { mapper } = state;
    if (mapper !== this.#mapper) this.#enter(mapper);
    const table = this.#table;
    const statements = this.#statements;
    if (table === null || statements === null) return;
    const { complete } = statements;
    const mark =
      mapper.hooks === null ? complete(state.object as Columns) : quietly(() => complete(state.object as Columns));
    let run = this.#run;
    if (run === null || run.mark !== mark || run.table !== table || mark === HAS_SQL) {
      const statement = mark === HAS_SQL ? null : statements.insert(mark, state.object);
      run = { statement, table, mark, states: [], sets: [] };
      this.#run = run;
      this.list.push(run);
    }
    run.states.push(state);
    if (run.statement !== null) run.sets.push(parametersOf(run.statement, state, noIdentity));
  }

  #enter(mapper: Mapper): void {
    const table = mapper.tables[this.#depth];
    this.#mapper = mapper;
    if (table === undefined || table === this.#table) return;
    this.#table = table;
    this.#statements = statementsFor(this.#writing.connection.engine, table);
  }
}
