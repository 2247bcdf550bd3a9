import { NODE } from "../../util/symbols.ts";
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
}

/** Whether a value is a statement of the expression language. */
export function isStatement(value: unknown): value is Statement<StatementNode> {
  return value instanceof Statement;
}
