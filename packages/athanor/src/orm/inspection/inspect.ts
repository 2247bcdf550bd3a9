import type { Connection } from "../../engine/connection.ts";
import type { Engine, SyncEngine } from "../../engine/engine.ts";
import type { SyncConnection } from "../../engine/sync-connection.ts";
import { NoInspectionAvailable } from "../../errors/errors.ts";
import { inspectorOf } from "../../reflection/inspect.ts";
import type { Inspector, SyncInspector } from "../../reflection/inspector.ts";
import { Table } from "../../schema/table.ts";
import { describe, offersNode } from "../../sql/coercions/operands.ts";
import { type AnyExpression, Expression } from "../../sql/expression/expression.ts";
import type { EntityClass } from "../../sql/statement/types.ts";
import { NODE } from "../../util/symbols.ts";
import { DEFINITION, mapperOf, requireState, stateOf } from "../instrumentation/entity.ts";
import { entityOf } from "../mapping/aliased.ts";
import { RelationshipAttribute } from "../mapping/attributes.ts";
import type { ModelClass } from "../mapping/model-types.ts";
import { type InstanceInfo, instanceInfo } from "./instance-info.ts";
import { type MapperInfo, mapperInfo, type RelationshipInfo, relationshipInfo } from "./mapper-info.ts";

/** An alias of a mapped class. */
export interface AliasInfo {
  readonly mapper: MapperInfo;
  /** The name that it was given; null where it stands for a subquery, or has none. */
  readonly name: string | null;
}

/**
 * Looks behind an object of a mapped class, a mapped class, an alias of one or a relationship of one; or, as the core's
 * `inspect()` does, into a database, which alone takes statements. Columns and tables are what they are.
 *
 * @throws NoInspectionAvailable for anything else.
 */
export function inspect(bind: Engine | Connection): Inspector;
export function inspect(bind: SyncEngine | SyncConnection): SyncInspector;
export function inspect(model: ModelClass): MapperInfo;
export function inspect(alias: EntityClass): AliasInfo;
export function inspect(attribute: RelationshipAttribute): RelationshipInfo;
export function inspect<E extends AnyExpression | Table>(element: E): E;
export function inspect<T extends object>(entity: T): InstanceInfo<T>;
export function inspect(subject: object): unknown {
  if (typeof subject === "object" && subject !== null) {
    const state = stateOf(subject);
    if (state !== undefined) return instanceInfo(state);
    const inspector = inspectorOf(subject);
    if (inspector !== null) return inspector;
    if (subject instanceof RelationshipAttribute) return relationshipInfo(subject.property);
    if (subject instanceof Expression || subject instanceof Table) return subject;
    const node = offersNode(subject) ? subject[NODE] : null;
    const alias = node?.kind === "entity" ? entityOf(node) : null;
    if (alias !== null && node?.kind === "entity") return { mapper: mapperInfo(alias.mapper), name: node.name };
  }
  if (typeof subject === "function" && DEFINITION in subject) return mapperInfo(mapperOf(subject));
  throw new NoInspectionAvailable(
    `inspect() takes a mapped class, an object of one, an alias, an attribute, a table, an engine or a connection, not ${describe(subject)}.`,
  );
}

/** The mapped class of an object, configured. @throws UnmappedClassError for what is no entity. */
export function objectMapper(object: object): MapperInfo {
  return mapperInfo(requireState(object).mapper);
}

/** A mapped class, configured. @throws UnmappedClassError for any other class. */
export function classMapper(model: ModelClass): MapperInfo {
  return mapperInfo(mapperOf(model));
}

/** Whether an object has, or has had, a row. */
export function hasIdentity(object: object): boolean {
  return requireState(object).key !== null;
}
