import { NODE } from "../../util/symbols.ts";
import { type CompileOptions, compileStatement, readableStatement } from "../compile/compile.ts";
import type { BoundStatement } from "../compile/compiled.ts";
import type { StatementNode } from "../nodes/statements.ts";
import { type CacheKey, cacheKey } from "../traverse/cache-key.ts";
import type { ExecutionOptions } from "./types.ts";

const noOptions: ExecutionOptions = Object.freeze({});

/** What all statements have in common: a node, options of execution, and a structure that is written down once. */
export abstract class Statement<N extends StatementNode> {
  readonly [NODE]: N;
  /** Options of execution given with `executionOptions()`. @internal */
  readonly $options: ExecutionOptions;
  #key: CacheKey | null = null;

  constructor(node: N, options: ExecutionOptions = noOptions) {
    this[NODE] = node;
    this.$options = options;
  }

  /** The structure of the statement and its values; computed when it is first asked for. @internal */
  get $key(): CacheKey {
    this.#key ??= cacheKey(this[NODE]);
    return this.#key;
  }

  /**
   * SQL and parameters, without executing: `statement.compile({ dialect: dialect() })` with `dialect` of `athanor/sqlite`
   * and its like. Without a dialect, portable SQL for reading. What an engine would send, `engine.compile()` says.
   *
   * @throws CompileError when the database cannot do what the statement asks for.
   */
  compile(options: CompileOptions = {}): BoundStatement {
    return compileStatement(this[NODE], this.$key, options);
  }

  /**
   * The statement as portable SQL, for logs; values are not in it.
   *
   * @throws UnsupportedCompilationError when it holds a construct of one database: see `compile({ dialect })`.
   */
  toString(): string {
    return readableStatement(this[NODE], this.$key);
  }
}

/** Whether a value is a statement of the expression language. */
export function isStatement(value: unknown): value is Statement<StatementNode> {
  return value instanceof Statement;
}
