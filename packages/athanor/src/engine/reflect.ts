import { NotSupportedError } from "../errors/errors.ts";
import type { MetaData, ReflectOptions } from "../schema/metadata.ts";
import type { Task } from "../util/task.ts";
import type { ConnectionCore } from "./connection-core.ts";

/**
 * Reads tables into a MetaData.
 *
 * @throws NotSupportedError when the dialect cannot read schemas.
 */
export function reflectSchema(core: ConnectionCore, metadata: MetaData, options: ReflectOptions): Task<void> {
  const { catalog, name } = core.engine.dialect;
  if (catalog === undefined) throw new NotSupportedError(`The dialect ${name} cannot read schemas.`);
  return catalog.reflect(core, metadata, options);
}
