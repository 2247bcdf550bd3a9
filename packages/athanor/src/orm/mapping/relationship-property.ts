import type { Table } from "../../schema/table.ts";
import type { Table as SqlTable } from "../../sql/expression/table.ts";
import type { ColumnNode, ExpressionNode, OrderingNode } from "../../sql/nodes/expressions.ts";
import type { EntityNode, FromNode, TableNode } from "../../sql/nodes/froms.ts";
import type { CollectionKind } from "../instrumentation/collections/collection-kind.ts";
import type { Cascades } from "./cascades.ts";
import type { ColumnProperty } from "./column-property.ts";
import type { Mapper } from "./mapper.ts";
import type { AnyRelationship, Cardinality, Lazy } from "./relationship.ts";

export type Direction = "manyToOne" | "oneToMany" | "manyToMany";

/** A column of one side and the column of the other that has the same value. */
export interface KeyPair {
  /** On the side of the parent: the class that declares the relationship. */
  readonly local: ColumnNode;
  /** On the side of the target; of a many-to-many, in the association table. */
  readonly remote: ColumnNode;
}

/** What the tables tell of a relationship: which way it points and over which columns. */
export interface JoinFacts {
  readonly direction: Direction;
  readonly primaryJoin: ExpressionNode;
  readonly secondaryJoin: ExpressionNode | null;
  readonly pairs: readonly KeyPair[];
  readonly secondaryPairs: readonly KeyPair[];
  readonly secondary: SqlTable<unknown, string> | null;
}

/**
 * A relationship after configuration: which way it points, over which columns, and what happens along it. The parent is
 * the class that declares it, the target the class it leads to.
 */
export interface RelationshipProperty {
  readonly key: string;
  /** Its place in `parent.relationships`, and in the slots of an object. */
  readonly index: number;
  readonly parent: Mapper;
  readonly target: Mapper;
  /** The alias that it was declared with, in place of the class; null for the class itself. Such a relationship is only read. */
  readonly targetAlias: EntityNode | null;
  /** What it leads to in statements: the alias, or what selecting the class selects. */
  readonly targetEntity: EntityNode;
  /** The element of FROM that conditions and orderings of its own speak of. */
  readonly targetFrom: FromNode;
  readonly cardinality: Cardinality;
  /** It holds a collection. */
  readonly isCollection: boolean;
  /** What the collection looks like to users; of a single object, as good as any. */
  readonly collection: CollectionKind;
  /** Its members are not kept in memory but asked for: write-only and dynamic collections. */
  readonly isQueried: boolean;
  readonly direction: Direction;
  readonly lazy: Lazy;
  readonly cascades: Cascades;
  readonly viewOnly: boolean;
  /** What it leads to has no other parent. */
  readonly singleParent: boolean;
  readonly passiveDeletes: boolean | "all";
  /** Foreign keys that lead to a key that changes are the database's to change. */
  readonly passiveUpdates: boolean;
  /** Rows that point at each other are written with an UPDATE of their own. */
  readonly postUpdate: boolean;
  /** The association table of a many-to-many. */
  readonly secondary: Table | null;
  /** The association table as it stands in FROM. */
  readonly secondaryFrom: TableNode | null;
  /** The whole condition between the parent's table and the target's (or the association table). */
  readonly primaryJoin: ExpressionNode;
  /** Between the association table and the target's. */
  readonly secondaryJoin: ExpressionNode | null;
  /**
   * Parent's column ↔ target's column; of a many-to-many, parent's column ↔ association column. In a many-to-one the
   * foreign key is `local`, in a one-to-many it is `remote`.
   */
  readonly pairs: readonly KeyPair[];
  /** Of a many-to-many: target's column (local) ↔ association column (remote). */
  readonly secondaryPairs: readonly KeyPair[];
  /** The same pairs as attributes, where both sides are mapped columns: which attribute gets its value from which. */
  readonly sync: readonly SyncPair[];
  readonly orderBy: readonly (ExpressionNode | OrderingNode)[];
  /** What it was declared with. */
  readonly declared: AnyRelationship;
  /** The relationship of the other side that is kept in step with this one, if there is one. */
  readonly reverse: RelationshipProperty | null;
  /**
   * A many-to-one whose pairs are exactly the target's primary key: the target can be found in the identity map.
   * The parent's attributes that hold the key, in the order of the target's primary key; otherwise null.
   */
  readonly targetKey: readonly ColumnProperty[] | null;
  /** `User.orders`, for messages. */
  toString(): string;
}

/** Which attribute of which side holds the key and which is the foreign key. */
export interface SyncPair {
  /** The attribute that has the value: a key of the parent (one-to-many) or of the target (many-to-one). */
  readonly source: ColumnProperty;
  /** The attribute that gets it: the foreign key. */
  readonly destination: ColumnProperty;
}
