import { ArgumentError } from "../../errors/errors.ts";
import { condition, describe, expressionOf } from "../coercions/operands.ts";
import { assignments, type DmlTarget } from "../coercions/target.ts";
import { type AnyExpression, Expression } from "../expression/expression.ts";
import type { UpdateRow } from "../expression/shape.ts";
import type { Condition } from "../expression/types.ts";
import type { PseudoTableNode } from "../nodes/froms.ts";
import type { ConflictNode } from "../nodes/statements.ts";

/** What an upsert for every database does with a row that is in the way. */
export interface UpsertOptions<S> {
  /** The columns of the unique key that the row is in the way of. */
  readonly indexElements: readonly AnyExpression[];
  /** What to change in it; the row that could not be inserted is the statement's `excluded`. */
  readonly set: UpdateRow<S>;
  /** Rows for which it does not hold stay as they are. MySQL and MariaDB cannot do that. */
  readonly where?: Condition;
}
export interface UpsertTarget {
  /** The columns of the unique key that the row is in the way of. Without them, any. */
  readonly indexElements?: readonly AnyExpression[];
}

const excluded: PseudoTableNode = { kind: "pseudoTable", name: "excluded" };

/** The columns of the row that could not be inserted. */
export function excludedColumns<C>(target: DmlTarget): C {
  const columns = target.columns.map((column) => [column.key, new Expression<unknown>({ ...column, from: excluded })]);
  return Object.fromEntries(columns) as C;
}

/** The conflict of an upsert for every database. */
export function upsertNode<S>(options: UpsertOptions<S>, target: DmlTarget): ConflictNode {
  const set = assignments(options.set as Readonly<Record<string, unknown>>, target, "onConflictDoUpdate()");
  if (set.length === 0) {
    throw new ArgumentError(
      "onConflictDoUpdate() needs something to set; use onConflictDoNothing() to leave the row as it is.",
    );
  }
  if (options.indexElements.length === 0) {
    throw new ArgumentError("onConflictDoUpdate() needs the columns of the unique key: indexElements is empty.");
  }
  const where = options.where === undefined ? null : condition(options.where, "where");
  return { ...conflictNode("update", options.indexElements), set, where };
}

/** The same for one that leaves the row in the way as it is. */
export function conflictNode(action: ConflictNode["action"], elements: readonly AnyExpression[]): ConflictNode {
  const target = elements.map((each) => {
    const node = expressionOf(each, "indexElements");
    if (node.kind === "column") return node;
    throw new ArgumentError(
      `indexElements of an upsert for every database are columns, not ${describe(each)}. ` +
        "Indexes of expressions are for insert() of athanor/postgresql and athanor/sqlite.",
    );
  });
  return { kind: "conflict", action, dialect: null, target, targetWhere: null, constraint: null, set: [], where: null };
}
