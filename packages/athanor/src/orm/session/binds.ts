import { ArgumentError } from "../../errors/errors.ts";
import { Table } from "../../schema/table.ts";
import { describe, offersNode } from "../../sql/coercions/operands.ts";
import { tableOf } from "../../sql/compile/from-clause.ts";
import type { EntityClass } from "../../sql/statement/types.ts";
import { NODE } from "../../util/symbols.ts";
import { mapperOf } from "../instrumentation/entity.ts";
import type { DeclarativeBase } from "../mapping/model.ts";
import type { BindRequest, SessionRouter } from "./session-router.ts";

/** What can be given a database of its own: a class with those that inherit from it, a table, all classes of a base. */
export type BindKey = EntityClass | { readonly [NODE]: object } | DeclarativeBase;

/**
 * Sends each class to a database of its own.
 *
 * ```ts
 * const sessions = sessionmaker(binds([[Invoice, billing], [Base, main]]));
 * ```
 *
 * A class or table that is named goes before its base, whatever the order. What belongs to none of them goes to
 * `otherwise`, or is refused with an UnboundExecutionError. Databases are committed one after the other.
 *
 * @throws ArgumentError when something is neither a class, nor a table, nor a base.
 */
export function binds<B extends object>(entries: readonly (readonly [BindKey, B])[], otherwise?: B): SessionRouter<B> {
  const byTable = new Map<Table, B>();
  const byMetadata = new Map<object, B>();
  const byClass = new Map<object, B>();
  for (const [key, bind] of entries) {
    if (isBase(key)) byMetadata.set(key.metadata, bind);
    else if (typeof key === "function") {
      byClass.set(key, bind);
      byTable.set(mapperOf(key).table, bind);
    } else byTable.set(tableNamed(key), bind);
  }
  const ofClass = (model: EntityClass | null): B | undefined => {
    for (let each: unknown = model; typeof each === "function"; each = Object.getPrototypeOf(each)) {
      const bind = byClass.get(each);
      if (bind !== undefined) return bind;
    }
    return undefined;
  };
  return {
    getBind({ model, table }: BindRequest): B | null {
      const ofTable = table === null ? undefined : (byTable.get(table) ?? byMetadata.get(table.metadata));
      return ofClass(model) ?? ofTable ?? otherwise ?? null;
    },
  };
}

function isBase(key: BindKey): key is DeclarativeBase {
  return "metadata" in key && "model" in key && typeof key.model === "function";
}

function tableNamed(key: BindKey): Table {
  if (key instanceof Table) return key;
  const node = offersNode(key) ? key[NODE] : null;
  const table = node?.kind === "table" || node?.kind === "alias" ? tableOf(node) : null;
  if (table === null) throw new ArgumentError(`binds() takes classes, tables and bases, not ${describe(key)}.`);
  return table;
}
