import { AmbiguousForeignKeysError, ArgumentError, NoForeignKeysError } from "../../errors/errors.ts";
import type { ForeignKeyConstraint } from "../../schema/foreign-key.ts";
import type { Table } from "../../schema/table.ts";
import type { TableColumn } from "../../schema/table-column.ts";
import { allOf } from "../../sql/coercions/boolean-lists.ts";
import { booleanType } from "../../sql/coercions/literal-types.ts";
import { columnIn, leavesOf, tableOf } from "../../sql/compile/from-clause.ts";
import type { ExpressionNode } from "../../sql/nodes/expressions.ts";
import type { Node } from "../../sql/nodes/fields.ts";
import type { FromNode, JoinNode, RowSet, TableNode } from "../../sql/nodes/froms.ts";
import { operators } from "../../sql/nodes/operators.ts";
import { transform } from "../../sql/traverse/transform.ts";

/** A column of a subclass's table and the one above it whose value it repeats. */
export interface InheritedPair {
  readonly own: TableColumn;
  readonly parent: TableColumn;
}

/** `parent JOIN table`: what a class with a table of its own is selected from. The condition is found when it is needed. */
export function joinedFrom(left: FromNode, right: TableNode, pairs: () => readonly InheritedPair[]): JoinNode {
  let on: ExpressionNode | null = null;
  return {
    kind: "join",
    left,
    right,
    type: "inner",
    get on() {
      on ??= joinCondition(left, right, pairs());
      return on;
    },
  };
}

/** Between two elements of FROM: the keys of the one are those of the other. */
export function joinCondition(left: FromNode, right: FromNode, pairs: readonly InheritedPair[]): ExpressionNode {
  return allOf(
    pairs.map(({ own, parent }) => ({
      kind: "binary",
      operator: operators.eq,
      left: columnIn(left, parent),
      right: columnIn(right, own),
      type: booleanType,
      modifier: null,
    })),
  );
}

/** The same element of FROM with only some rows of its first table. */
export function withRows(from: FromNode, criterion: RowSet["criterion"]): FromNode {
  const replaced = new Map<Node, FromNode>();
  const copy = (node: FromNode): FromNode => {
    const known = replaced.get(node);
    if (known !== undefined) return known;
    const made = node.kind === "join" ? joinOf(node) : tableOfRows(node, criterion);
    replaced.set(node, made);
    return made;
  };
  const joinOf = (join: JoinNode): JoinNode => {
    let on: ExpressionNode | null = null;
    return {
      kind: "join",
      left: copy(join.left),
      right: join.right,
      type: join.type,
      // Found when it is needed, as that of the original is.
      get on() {
        on ??= join.on === null ? null : transform(join.on, (node) => replaced.get(node) ?? null);
        return on;
      },
    };
  };
  return copy(from);
}

function tableOfRows(from: FromNode, criterion: RowSet["criterion"]): TableNode {
  if (from.kind === "table") return { kind: "table", table: from.table, rows: { of: from, criterion } };
  throw new ArgumentError("Single-table inheritance needs a table: what the class above is mapped to has none.");
}

/** The tables of an element of FROM, from the first to the last. */
export function tablesOf(from: FromNode): readonly Table[] {
  return leavesOf(from).flatMap((leaf) => tableOf(leaf) ?? []);
}

/**
 * By which key a subclass's table is joined to those above it: the foreign key that is its primary key, or the only one that
 * there is.
 *
 * @throws NoForeignKeysError, AmbiguousForeignKeysError
 */
export function inheritedPairs(
  name: string,
  parentName: string,
  table: Table,
  above: readonly Table[],
): readonly InheritedPair[] {
  const leading = table.foreignKeyConstraints.filter(
    (constraint) =>
      constraint.elements.every((element) => element.resolved) && above.includes(constraint.referredTable),
  );
  const [only, another] = leading;
  if (only === undefined) {
    throw new NoForeignKeysError(
      `${name} inherits from ${parentName} with the table ${JSON.stringify(table.name)}, which has no foreign key to ` +
        `${above.map((each) => JSON.stringify(each.name)).join(" or ")}. Let its primary key be one: id: integer().primaryKey().references(() => ${parentName}.id).`,
    );
  }
  if (another === undefined) return pairsOf(only);
  const keys = leading.filter(isPrimaryKey);
  // Of several tables above, the next one tells.
  const nearest = keys.toSorted((a, b) => rank(b, above) - rank(a, above))[0];
  if (nearest !== undefined) return pairsOf(nearest);
  throw new AmbiguousForeignKeysError(
    `${name} inherits from ${parentName} with the table ${JSON.stringify(table.name)}, which has ${leading.length} foreign keys to the tables above it. ` +
      "The one that is its primary key is taken, and none is.",
  );
}

function rank(constraint: ForeignKeyConstraint, above: readonly Table[]): number {
  return above.indexOf(constraint.referredTable);
}

function isPrimaryKey({ elements }: ForeignKeyConstraint): boolean {
  return elements.every(({ parent }) => parent.primaryKey);
}

function pairsOf({ elements }: ForeignKeyConstraint): readonly InheritedPair[] {
  return elements.map(({ parent: own, column: parent }) => ({ own, parent }));
}
