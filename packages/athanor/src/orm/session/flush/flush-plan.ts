import type { InstanceState } from "../../instrumentation/instance-state.ts";
import type { ColumnProperty } from "../../mapping/column-property.ts";
import type { Mapper } from "../../mapping/mapper.ts";
import type { RelationshipProperty } from "../../mapping/relationship-property.ts";
import type { SessionCore } from "../session-core.ts";
import type { SessionTransaction } from "../session-transaction.ts";
import { AssociationChanges } from "./association-changes.ts";
import type { Blank } from "./unique-keys.ts";

/** What a flush does with the objects of one hierarchy of classes. */
export interface MapperWork {
  readonly mapper: Mapper;
  inserts: readonly InstanceState[];
  readonly updates: Set<InstanceState>;
  readonly deletes: Set<InstanceState>;
}

/** A child that has lost its parent. */
export interface Loss {
  readonly property: RelationshipProperty;
  readonly parent: InstanceState;
}

/** A unique value that two rows would have at the same time. */
export interface UnresolvedValue {
  readonly properties: readonly ColumnProperty[];
  readonly taker: InstanceState;
  readonly holder: InstanceState;
}

/** Everything that a flush is going to do, before the first statement. */
export class FlushPlan {
  readonly core: SessionCore;
  readonly transaction: SessionTransaction;
  readonly works = new Map<Mapper, MapperWork>();
  /** Objects whose rows are deleted. */
  readonly deletes = new Set<InstanceState>();
  /** Objects that must be gone before others take their place: the former child of a one-to-one. */
  readonly early: ReadonlySet<InstanceState>[] = [];
  /** Foreign keys that become null because the parent is deleted, or has let go of the child; by child. */
  readonly cleared = new Map<InstanceState, Loss[]>();
  readonly associations = new AssociationChanges();
  /** Objects whose rows get another value for a while, so that others can take the one that they have. */
  readonly blanks = new Map<InstanceState, readonly Blank[]>();
  /** Which of several updates comes first, where the order of keys would not do. */
  readonly ranks = new Map<InstanceState, number>();
  /** Objects that are to have a unique value which another row cannot let go of in time. */
  readonly unresolved: UnresolvedValue[] = [];
  /** What the rows of objects hold whose keys change, while others still refer to them by their former keys. */
  readonly formerKeys = new Map<InstanceState, readonly unknown[]>();

  constructor(core: SessionCore, transaction: SessionTransaction) {
    this.core = core;
    this.transaction = transaction;
  }

  workOf(mapper: Mapper): MapperWork {
    const { base } = mapper;
    let work = this.works.get(base);
    if (work === undefined) {
      work = { mapper: base, inserts: [], updates: new Set(), deletes: new Set() };
      this.works.set(base, work);
    }
    return work;
  }

  addUpdate(state: InstanceState): void {
    this.transaction.remember(state);
    this.workOf(state.mapper).updates.add(state);
  }
  addDelete(state: InstanceState): void {
    this.transaction.remember(state);
    this.deletes.add(state);
    this.workOf(state.mapper).deletes.add(state);
  }

  /** The foreign key of a child is to become null, unless it leads to another parent by then. */
  clear(child: InstanceState, property: RelationshipProperty, parent: InstanceState): void {
    const known = this.cleared.get(child);
    const loss: Loss = { property, parent };
    if (known === undefined) this.cleared.set(child, [loss]);
    else known.push(loss);
    if (child.status === "persistent") this.addUpdate(child);
  }
}
