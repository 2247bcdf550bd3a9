import { planDdl } from "../schema/ddl-plan.ts";
import type { CreateOptions, MetaData } from "../schema/metadata.ts";
import type { Task } from "../util/task.ts";
import type { ConnectionCore } from "./connection-core.ts";

export type DdlOptions = CreateOptions;

const noOptions = { returnsRows: false, bigints: false, converted: true, prepare: false } as const;

/** Creates or drops the tables of a MetaData: one look at what is there for each schema, then the statements in order. */
export function* runDdl(
  core: ConnectionCore,
  metadata: MetaData,
  action: "create" | "drop",
  options: DdlOptions,
): Task<void> {
  const { dialect } = core.engine;
  const existing = options.checkFirst === false ? null : yield* lookUp(core, metadata);
  for (const item of planDdl(metadata, action, existing, dialect.capabilities, options)) {
    for (const statement of dialect.ddl(item)) yield* core.driverExecute(statement, [], noOptions);
  }
}

/** The tables that exist, as `name` or `schema.name`. */
function* lookUp(core: ConnectionCore, metadata: MetaData): Task<{ readonly tables: ReadonlySet<string> }> {
  const schemas = new Set([...metadata.tables.values()].map((table) => table.schema));
  const tables = new Set<string>();
  for (const schema of schemas) {
    const names = yield* core.lookUp((connection) => core.engine.dialect.existingTables(connection, schema));
    for (const name of names) tables.add(schema === null ? name : `${schema}.${name}`);
  }
  return { tables };
}
