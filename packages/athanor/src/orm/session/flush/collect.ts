import type { Task } from "../../../util/task.ts";
import { warn } from "../../../util/warn.ts";
import { describeState } from "../../instrumentation/describe-state.ts";
import { requireState } from "../../instrumentation/entity.ts";
import type { InstanceState } from "../../instrumentation/instance-state.ts";
import { isWhole } from "../../instrumentation/parts.ts";
import { historyOf, leadsNowhere, presentObjects } from "../../instrumentation/related.ts";
import type { Mapper } from "../../mapping/mapper.ts";
import type { RelationshipProperty } from "../../mapping/relationship-property.ts";
import { deletionsFrom, expungePending } from "../attach.ts";
import { relatedStates } from "../cascade.ts";
import { expungeOrphan } from "../orphans.ts";
import { rolesOf, writtenReverse } from "../relationship-roles.ts";
import type { FlushPlan } from "./flush-plan.ts";
import { collectKeySwitches } from "./key-switches.ts";

/** Finds out what a flush has to do: orphans and what follows from deletions are found here, loading what is needed. */
export function* collect(plan: FlushPlan, changed: readonly InstanceState[]): Task<void> {
  const { core } = plan;
  if (core.outsiders.size > 0) leaveOut(plan);
  if (changed.length > 0) yield* collectKeySwitches(plan, changed);
  // New objects alone delete nothing; one that has lost its parent is found when its turn has come.
  if (changed.length > 0 || core.doomed.size > 0) yield* collectDeletes(plan, changed);
  for (const [mapper, inserts] of core.pending.groups()) {
    if (inserts.length === 0) continue;
    plan.workOf(mapper).inserts = inserts;
    if (!concerns(mapper, "hasMembers")) continue;
    for (const state of inserts) if (state.relationshipsChanged) collectLinks(plan, state);
  }
  for (const state of changed) {
    if (plan.deletes.has(state)) continue;
    plan.addUpdate(state);
    if (state.relationshipsChanged) collectLinks(plan, state);
  }
}

function* collectDeletes(plan: FlushPlan, changed: readonly InstanceState[]): Task<void> {
  const { core } = plan;
  const orphans = new Orphans();
  for (const [mapper, states] of core.pending.groups()) {
    if (concerns(mapper, "adopts")) for (const state of states) if (state.relationshipsChanged) orphans.look(state);
  }
  for (const state of changed) if (state.relationshipsChanged) orphans.look(state);
  const replaced: Set<InstanceState>[] = [];
  for (const orphan of orphans.found()) {
    if (orphan.status === "pending") expungeOrphan(core, orphan);
    if (orphan.status !== "persistent" || orphan.session !== core) continue;
    const reached = yield* deletionsFrom(core, orphan);
    for (const state of reached) markDeleted(plan, state);
    if (orphans.isReplaced(orphan)) replaced.push(reached);
  }
  for (const state of core.doomed) {
    for (const reached of yield* deletionsFrom(core, state)) markDeleted(plan, reached);
    plan.addDelete(state);
  }
  const holders = new Set<InstanceState>();
  for (const state of plan.deletes) yield* releaseDependents(plan, state, holders);
  // What goes early goes with all that hangs on it, or in its turn.
  for (const group of replaced) if (group.isDisjointFrom(holders)) plan.early.push(group);
}

/** Objects that relationships lead to, but that nobody has added, are left out. */
function leaveOut(plan: FlushPlan): void {
  const { core } = plan;
  for (const [state, property] of core.outsiders) {
    // Whoever refers to it by a foreign key tells of it then.
    if (property.direction === "manyToOne") continue;
    const back = writtenReverse(property);
    const holder = back === null ? null : relatedStates(state, back)[0];
    if (state.session !== core && holder?.session === core) belongs(plan, state, property);
  }
  core.outsiders.clear();
}

/** Whether a class or one derived from it has relationships of a kind: others need not be looked at one by one. */
function concerns(mapper: Mapper, kind: "adopts" | "hasMembers"): boolean {
  return rolesOf(mapper)[kind] || mapper.subclasses.some((each) => concerns(each, kind));
}

// ── orphans ──────────────────────────────────────────────────────────────────
/** Objects that have lost a parent without which they must not be. */
class Orphans {
  readonly #lost = new Map<InstanceState, RelationshipProperty>();
  readonly #adopted = new Set<InstanceState>();
  readonly #replaced = new Set<InstanceState>();

  look(state: InstanceState): void {
    const { relatedBefore } = state;
    const roles = rolesOf(state.mapper);
    for (const property of roles.owning) {
      const isTouched = relatedBefore?.has(property) === true || state.pendingCollections?.has(property) === true;
      if (!isTouched) continue;
      const { added, deleted } = historyOf(state, property);
      for (const member of deleted) {
        const child = requireState(member);
        this.#lost.set(child, property);
        // Another object has taken its place in a one-to-one.
        if (property.direction === "oneToMany" && !property.isCollection && added.length > 0) this.#replaced.add(child);
      }
      if (writtenReverse(property) === null) for (const member of added) this.#adopted.add(requireState(member));
    }
    if (relatedBefore === null) return;
    for (const property of roles.owners) {
      const owning = writtenReverse(property);
      if (owning !== null && relatedBefore.has(property) && leadsNowhere(state, property))
        this.#lost.set(state, owning);
    }
  }

  /** Those that have found no other parent in the meantime. */
  found(): readonly InstanceState[] {
    const found: InstanceState[] = [];
    for (const [state, property] of this.#lost) {
      const back = writtenReverse(property);
      const hasParent = back === null ? this.#adopted.has(state) : !leadsNowhere(state, back);
      if (!hasParent) found.push(state);
    }
    return found;
  }

  isReplaced(state: InstanceState): boolean {
    return this.#replaced.has(state);
  }
}

function markDeleted(plan: FlushPlan, state: InstanceState): void {
  const { core } = plan;
  if (state.session !== core) return;
  if (state.status === "pending") expungePending(core, state);
  else if (state.status === "persistent" && !plan.deletes.has(state)) {
    plan.addDelete(state);
  }
}

// ── what a deletion leaves behind ────────────────────────────────────────────
/**
 * Children that stay lose their foreign key, links to others are cut. What is not loaded is loaded, unless the database
 * sees to it.
 */
function* releaseDependents(plan: FlushPlan, state: InstanceState, holders: Set<InstanceState>): Task<void> {
  const { core, deletes } = plan;
  const roles = rolesOf(state.mapper);
  for (const property of roles.oneToMany) {
    if (property.passiveDeletes === "all" || property.cascades.delete) continue;
    if (!isWhole(state, property) && property.passiveDeletes === false) yield* core.loadForFlush(state, property);
    for (const child of relatedStates(state, property)) {
      if (deletes.has(child) || child.session !== core || child.status === "deleted") continue;
      plan.clear(child, property, state);
      holders.add(state);
    }
  }
  for (const property of roles.manyToMany) {
    if (property.passiveDeletes === "all") continue;
    if (!isWhole(state, property) && property.passiveDeletes === false) yield* core.loadForFlush(state, property);
    const { unchanged, deleted } = historyOf(state, property);
    for (const member of [...unchanged, ...deleted]) if (cutLink(plan, property, state, member)) holders.add(state);
  }
}

// ── what changed relationships ask for ───────────────────────────────────────
function collectLinks(plan: FlushPlan, state: InstanceState): void {
  const roles = rolesOf(state.mapper);
  for (const property of roles.oneToManyAlone) {
    const { added, deleted } = historyOf(state, property);
    for (const member of added) {
      const child = requireState(member);
      if (!belongs(plan, child, property)) continue;
      if (child.status === "persistent") plan.addUpdate(child);
    }
    for (const member of deleted) {
      const child = requireState(member);
      if (child.session === plan.core && child.status === "persistent" && !plan.deletes.has(child))
        plan.clear(child, property, state);
    }
  }
  for (const property of roles.oneToMany) {
    // What comes by itself into the session is there; others are among the outsiders.
    if (writtenReverse(property) === null || property.cascades.saveUpdate) continue;
    for (const member of presentObjects(state, property)) belongs(plan, requireState(member), property);
  }
  for (const property of roles.manyToMany) {
    const { added, deleted } = historyOf(state, property);
    for (const member of added) {
      const other = requireState(member);
      // What is deleted in the same flush is not linked any more.
      if (plan.deletes.has(other)) continue;
      if (belongs(plan, other, property)) plan.associations.add(property, state, other);
    }
    for (const member of deleted) cutLink(plan, property, state, member);
  }
}

/** A link is deleted, unless it has gone with what it led to. */
function cutLink(plan: FlushPlan, property: RelationshipProperty, state: InstanceState, member: object): boolean {
  const other = requireState(member);
  if (other.session !== plan.core || other.status !== "persistent") return false;
  plan.associations.remove(property, state, other);
  return true;
}

/** Whether a member can be written; what is not in the session is left out, and the programmer is told. */
function belongs({ core }: FlushPlan, member: InstanceState, property: RelationshipProperty): boolean {
  if (member.session === core) return true;
  warn(
    `${describeState(member)} is in ${property} but not in the session, so it is not written. ` +
      'Add it with session.add(), or let the relationship cascade "save-update".',
  );
  return false;
}
