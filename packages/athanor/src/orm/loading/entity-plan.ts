import type { ColumnNode, ExpressionNode } from "../../sql/nodes/expressions.ts";
import type { EntityNode, FromNode } from "../../sql/nodes/froms.ts";
import type { Task } from "../../util/task.ts";
import type { InstanceState } from "../instrumentation/instance-state.ts";
import type { ColumnProperty } from "../mapping/column-property.ts";
import type { Mapper } from "../mapping/mapper.ts";
import type { RelationshipProperty } from "../mapping/relationship-property.ts";
import type { LoadRun } from "./load-run.ts";
import type { ComputedValue, LoadTree } from "./load-tree.ts";
import type { RowClasses } from "./polymorphic-plan.ts";

/** How objects of a class are made of rows, and what is loaded along with them. Part of what is kept for a statement. */
export interface EntityPlan {
  readonly mapper: Mapper;
  readonly from: FromNode;
  readonly tree: LoadTree;
  /** The attributes that the rows have values for, in the order of the columns. */
  readonly properties: readonly ColumnProperty[];
  readonly columns: readonly ColumnNode[];
  /** All columns of the class are among them. */
  readonly isWhole: boolean;
  /** What the database computes for the objects; it stands in the rows before the columns. */
  readonly computed: readonly ComputedValue[];
  /** Where the primary key stands among the properties. */
  readonly keyPositions: readonly number[];
  /** Where its columns begin in a row; known when the statement is laid out. */
  offset: number;
  /** What the same rows hold of related objects. */
  readonly joined: readonly JoinedRelation[];
  /** What is loaded when the rows have been read. */
  readonly after: readonly RelationLoad[];
  /** How rows become objects of subclasses; null where all are of one class. */
  readonly polymorphic: RowClasses | null;
}

/** A relationship whose objects stand in the same rows. It may be one of a class below the plan's. */
export interface JoinedRelation {
  readonly property: RelationshipProperty;
  readonly target: EntityPlan;
  /** The query has joined it itself. */
  readonly isContained: boolean;
  readonly isInner: boolean;
  /** An alias of the association table. */
  readonly through: FromNode | null;
  readonly criteria: readonly ExpressionNode[];
}

/** What is loaded for many objects at once, by statements of its own or without: a relationship, columns of a subclass. */
export interface RelationLoad {
  /** Attributes of the parents that have to be there for it. */
  readonly needs: readonly ColumnProperty[];
  /** The same object may come several times. */
  run(states: Iterable<InstanceState>, run: LoadRun): Task<void>;
}

/** The plan's columns as something that a query selects. */
export function entityItem({ mapper, from, columns }: EntityPlan): EntityNode {
  return { kind: "entity", from, columns, entity: mapper, name: null };
}

/** Whether rows repeat an object because a collection is joined to it. */
export function repeatsRows(plan: EntityPlan): boolean {
  return plan.joined.some(({ property, target }) => property.isCollection || repeatsRows(target));
}
