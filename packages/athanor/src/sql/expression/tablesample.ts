import { ArgumentError } from "../../errors/errors.ts";
import { type FROM, type JOINS, NODE, type SHAPE } from "../../util/symbols.ts";
import { integerType } from "../coercions/literal-types.ts";
import { columnsOf, describe, expressionOf, offersNode, operand } from "../coercions/operands.ts";
import type { TableSampleNode } from "../nodes/froms.ts";
import type { AnyExpression } from "./expression.ts";
import type { Columns } from "./shape.ts";
import { expressionsOf } from "./table.ts";

export interface TableSampleOptions<N extends string> {
  /** The name under which the sample stands in FROM. Without it, one is made up. */
  readonly name?: N;
  /** The same seed picks the same rows, as long as the table does not change. */
  readonly seed?: number | AnyExpression;
}

/** Some rows of a table, picked by chance; columns are under `c`. */
export class TableSample<S, N extends string> {
  declare readonly [SHAPE]: S;
  declare readonly [FROM]: N;
  declare readonly [JOINS]: N;
  readonly [NODE]: TableSampleNode;
  readonly c: Columns<S, N>;

  constructor(node: TableSampleNode) {
    this[NODE] = node;
    this.c = expressionsOf(columnsOf(node));
  }
}

/**
 * Some rows of a table, where the database can do that: `tablesample(users, func.call("bernoulli", integer(), 10))` picks
 * each row with a chance of 10 percent.
 *
 * @throws ArgumentError when it is no table, model or alias that is to be sampled.
 */
export function tablesample<S, const N extends string = "anonymous">(
  table: { readonly [SHAPE]: S; readonly [FROM]: string },
  method: AnyExpression,
  options: TableSampleOptions<N> = {},
): TableSample<S, N> {
  const { name = null, seed } = options;
  const node = offersNode(table) ? table[NODE] : null;
  const of = node?.kind === "entity" ? node.from : node;
  if (of?.kind !== "table" && of?.kind !== "alias") {
    throw new ArgumentError(`tablesample() takes a table, a model or an alias, not ${describe(table)}.`);
  }
  return new TableSample({
    kind: "tableSample",
    of,
    name,
    method: expressionOf(method, "tablesample()"),
    seed: seed === undefined ? null : operand(seed, integerType, "seed"),
  });
}
