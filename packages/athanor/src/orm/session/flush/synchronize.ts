import { FlushError } from "../../../errors/errors.ts";
import { warn } from "../../../util/warn.ts";
import { describeState } from "../../instrumentation/describe-state.ts";
import { requireState } from "../../instrumentation/entity.ts";
import type { InstanceState } from "../../instrumentation/instance-state.ts";
import { historyOf, relatedValue } from "../../instrumentation/related.ts";
import type { Columns } from "../../mapping/column-access.ts";
import type { RelationshipProperty } from "../../mapping/relationship-property.ts";
import { rolesOf } from "../relationship-roles.ts";
import type { SessionCore } from "../session-core.ts";
import type { FlushPlan, Loss } from "./flush-plan.ts";
import { keyCopier, keyValue } from "./key-copiers.ts";

/**
 * Gives an object its foreign keys, as its relationships and those of its parents say, before it is written. What it refers
 * to has been written by then.
 */
export function synchronizeKeys(plan: FlushPlan, state: InstanceState): void {
  const { relatedBefore } = state;
  if (relatedBefore !== null) {
    for (const property of rolesOf(state.mapper).manyToOne) {
      if (!property.postUpdate && relatedBefore.has(property)) followTarget(plan.core, state, property);
    }
  }
  if (plan.cleared.size === 0) return;
  for (const loss of plan.cleared.get(state) ?? []) {
    if (!loss.property.postUpdate) loseParent(state, loss);
  }
}

/** The foreign key of a many-to-one from what it refers to. */
export function followTarget(core: SessionCore, state: InstanceState, property: RelationshipProperty): void {
  const target = relatedValue(state, property);
  if (target === undefined) return;
  if (target === null) {
    clearKeys(state, property);
    return;
  }
  const other = requireState(target);
  if (other.session === core) {
    keyCopier(property)(other, state);
    return;
  }
  warn(
    `${describeState(other)} is in ${property} but not in the session, so that the foreign key is not written. ` +
      'Add it with session.add(), or let the relationship cascade "save-update".',
  );
}

/** Children of relationships without a way back get their keys from the parent, when it has been written. */
export function synchronizeChildren(plan: FlushPlan, state: InstanceState, postponed: boolean): void {
  if (state.relatedBefore === null && state.pendingCollections === null) return;
  for (const property of rolesOf(state.mapper).oneToManyAlone) {
    if (property.postUpdate !== postponed) continue;
    for (const member of historyOf(state, property).added) {
      const child = requireState(member);
      if (child.session === plan.core) keyCopier(property)(state, child);
    }
  }
}

/** A child whose foreign key still leads to the parent that it has lost. */
export function loseParent(child: InstanceState, { property, parent }: Loss): void {
  const held = property.sync.map(({ destination }) => keyValue(child, destination));
  const lost = property.sync.map(({ source }) => keyValue(parent, source));
  const { mapper } = parent;
  if (mapper.identityKey(held) === mapper.identityKey(lost)) clearKeys(child, property);
}

export function clearKeys(state: InstanceState, property: RelationshipProperty): void {
  const object = state.object as Columns;
  for (const { destination } of property.sync) {
    if (!destination.column.primaryKey) {
      object[destination.key] = null;
      continue;
    }
    if (state.status !== "persistent") continue;
    throw new FlushError(
      `${describeState(state)} has lost its ${property}, but ${destination.key} is part of its primary key and cannot be null. ` +
        'Delete it, or let the parent\'s relationship cascade "all, delete-orphan".',
      { code: "child-without-parent" },
    );
  }
}
