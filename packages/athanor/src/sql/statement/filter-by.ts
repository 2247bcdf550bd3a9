import { AmbiguousColumnError, ArgumentError, InvalidRequestError } from "../../errors/errors.ts";
import { NODE } from "../../util/symbols.ts";
import { attributesOf } from "../coercions/entity-attributes.ts";
import { columnsOf, describe, offersNode, undefinedError } from "../coercions/operands.ts";
import { describeFrom, fromsIn, leavesOf, wholeOf } from "../compile/from-clause.ts";
import { Expression } from "../expression/expression.ts";
import type { ColumnNode, ExpressionNode } from "../nodes/expressions.ts";
import type { FromNode } from "../nodes/froms.ts";
import type { SelectNode } from "../nodes/statements.ts";

/** Something that columns are named of. */
interface Searched {
  readonly from: FromNode;
  readonly columns: readonly ColumnNode[];
  /** The mapped class, where it is one. */
  readonly entity?: object | null;
}

/** `column = value` for each criterion; the columns are those of everything in FROM, or of one thing that was named. */
export function equalities(
  select: SelectNode,
  criteria: Readonly<Record<string, unknown>>,
  of: unknown,
): readonly ExpressionNode[] {
  if (typeof criteria !== "object" || criteria === null) {
    throw new ArgumentError(`filterBy() takes values by column name, not ${describe(criteria)}.`);
  }
  const searched = of === undefined ? everythingIn(select) : [named(of)];
  if (searched.length === 0) {
    throw new ArgumentError("filterBy() needs something in FROM; use where() with the columns' own operators.");
  }
  return Object.entries(criteria).map(
    ([key, value]) => derivedEquality(key, value, searched) ?? equals(columnNamed(key, searched), key, value),
  );
}

function everythingIn(select: SelectNode): readonly Searched[] {
  const found = new Map<FromNode, Searched>();
  const inEntities = new Set<FromNode>();
  for (const item of select.columns) {
    if (item.kind !== "entity" || found.has(item.from)) continue;
    found.set(item.from, item);
    for (const leaf of leavesOf(item.from)) inEntities.add(wholeOf(leaf));
  }
  const joined = select.joins.flatMap(({ left, right }) => (left === null ? [right] : [left, right]));
  for (const from of [...fromsIn(select.columns), ...select.from, ...joined].flatMap(leavesOf)) {
    const columns = columnsOf(from);
    if (!inEntities.has(wholeOf(from)) && columns.length > 0) found.set(from, { from, columns });
  }
  return [...found.values()];
}

function named(of: unknown): Searched {
  if (offersNode(of)) {
    const node = of[NODE];
    if (node.kind === "entity") return node;
    if (node.kind === "table" || node.kind === "alias" || node.kind === "subquery" || node.kind === "cte") {
      return { from: node, columns: columnsOf(node) };
    }
  }
  throw new ArgumentError(`filterBy() takes a table, a model, an alias or a subquery to look in, not ${describe(of)}.`);
}

/** A mapped class may have more under a name than columns. */
function derivedEquality(key: string, value: unknown, searched: readonly Searched[]): ExpressionNode | null {
  if (searched.some(({ columns }) => columns.some((column) => column.key === key))) return null;
  if (value === undefined) throw undefinedError(`filterBy({ ${key} })`);
  const found = searched.flatMap(({ from, entity }) => attributesOf(entity ?? null)?.equality(key, value, from) ?? []);
  return found.length === 1 ? (found[0] ?? null) : null;
}

function columnNamed(key: string, searched: readonly Searched[]): ColumnNode {
  const found = searched.flatMap(({ columns }) => columns.filter((column) => column.key === key));
  const [only] = found;
  if (only === undefined) {
    const known = searched.map(
      ({ from, columns }) => `${describeFrom(from)} (${columns.map((each) => each.key).join(", ")})`,
    );
    throw new InvalidRequestError(
      `filterBy() knows no column ${JSON.stringify(key)}. It looked in ${known.join(", ")}.`,
    );
  }
  if (found.length === 1) return only;
  const places = found.flatMap(({ from }) => (from === null ? [] : [describeFrom(from)]));
  throw new AmbiguousColumnError(
    `filterBy() finds ${JSON.stringify(key)} in ${places.join(" and ")}. ` +
      "Say which one is meant: filterBy({ … }, Model), or where() with the column itself.",
  );
}

function equals(column: ColumnNode, key: string, value: unknown): ExpressionNode {
  if (value === undefined) throw undefinedError(`filterBy({ ${key} })`);
  return new Expression<unknown>(column).eq(value === null ? null : (value as never))[NODE];
}
