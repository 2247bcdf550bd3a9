import { Connection } from "../engine/connection.ts";
import type { Dialect } from "../engine/dialect.ts";
import { Engine, SyncEngine } from "../engine/engine.ts";
import { SyncConnection } from "../engine/sync-connection.ts";
import { NoInspectionAvailable, NotSupportedError } from "../errors/errors.ts";
import { describe } from "../sql/coercions/operands.ts";
import { Catalog } from "./catalog.ts";
import { Inspector, SyncInspector } from "./inspector.ts";
import { InspectorCore } from "./inspector-core.ts";

/**
 * Looks into a database: `await inspect(engine).getTableNames()`. The inspector of a connection asks inside its
 * transaction, that of an engine takes a connection for each question.
 *
 * @throws NoInspectionAvailable for anything but an engine or a connection; mapped objects have `inspect()` of
 * `athanor/orm`. NotSupportedError when the dialect cannot read schemas.
 */
export function inspect(bind: Engine | Connection): Inspector;
export function inspect(bind: SyncEngine | SyncConnection): SyncInspector;
export function inspect(bind: Engine | Connection | SyncEngine | SyncConnection): Inspector | SyncInspector;
export function inspect(bind: unknown): Inspector | SyncInspector {
  const inspector = inspectorOf(bind);
  if (inspector !== null) return inspector;
  throw new NoInspectionAvailable(
    `inspect() takes an engine or a connection, not ${describe(bind)}. For objects of mapped classes, import it from "athanor/orm".`,
  );
}

/** The inspector of an engine or a connection; null for anything else. */
export function inspectorOf(bind: unknown): Inspector | SyncInspector | null {
  if (bind instanceof Engine) return new Inspector(bind, coreFor(bind.$core.dialect));
  if (bind instanceof Connection) return new Inspector(bind, coreFor(bind.$core.engine.dialect));
  if (bind instanceof SyncEngine) return new SyncInspector(bind, coreFor(bind.$core.dialect));
  if (bind instanceof SyncConnection) return new SyncInspector(bind, coreFor(bind.$core.engine.dialect));
  return null;
}

function coreFor(dialect: Dialect): InspectorCore {
  return new InspectorCore(catalogOf(dialect));
}

/** What a dialect reads schemas with. Throws NotSupportedError where it cannot. */
export function catalogOf({ catalog, name }: Dialect): Catalog {
  if (catalog instanceof Catalog) return catalog;
  throw new NotSupportedError(`The dialect ${name} cannot read schemas.`);
}
