import { columnIn, leavesOf, tableOf } from "../../sql/compile/from-clause.ts";
import type { ColumnNode } from "../../sql/nodes/expressions.ts";
import type { FromNode, JoinNode, JoinType } from "../../sql/nodes/froms.ts";
import { joinCondition } from "./inheritance.ts";
import type { Mapper } from "./mapper.ts";

/** All classes below one that share rows with it, those above before those below them. */
export function classesBelow(mapper: Mapper): readonly Mapper[] {
  return mapper.subclasses.flatMap((each) => [each, ...classesBelow(each)]);
}

/** The same with those that share no rows with it. */
export function allClassesBelow({ subclasses, concreteSubclasses }: Mapper): readonly Mapper[] {
  return [...subclasses, ...concreteSubclasses].flatMap((each) => [each, ...allClassesBelow(each)]);
}

/** What a class is selected from, with the tables of classes below it joined: objects that are of none have no row there. */
export function polymorphicFrom(
  mapper: Mapper,
  subclasses: readonly Mapper[],
  type: Extract<JoinType, "left" | "inner"> = "left",
): FromNode {
  let { from } = mapper;
  const joined = new Set(leavesOf(from).map(tableOf));
  for (const { target, inherited } of subclasses.flatMap(({ tables }) => tables)) {
    if (joined.has(target.table)) continue;
    joined.add(target.table);
    const left = from;
    const pairs = inherited.map(({ source, destination }) => ({ own: destination.column, parent: source.column }));
    const join: JoinNode = { kind: "join", left, right: target, on: joinCondition(left, target, pairs), type };
    from = join;
  }
  return from;
}

/** The columns that subclasses add to those of a class. */
export function columnsOfSubclasses(
  mapper: Mapper,
  subclasses: readonly Mapper[],
  from: FromNode,
): readonly ColumnNode[] {
  const found: ColumnNode[] = [];
  for (const { columns, parent } of subclasses) {
    for (const { column } of columns.slice(parent?.columns.length ?? mapper.columns.length)) {
      if (!found.some((each) => each.column === column)) found.push(columnIn(from, column));
    }
  }
  return found;
}
