import { allSequences, type ExistingObjects, enumTypesOf, planDdl } from "../schema/ddl-plan.ts";
import type { CreateOptions, MetaData } from "../schema/metadata.ts";
import type { Task } from "../util/task.ts";
import type { ConnectionCore } from "./connection-core.ts";
import type { DriverConnection } from "./driver.ts";

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

/** What exists already, as `name` or `schema.name`. */
function* lookUp(core: ConnectionCore, metadata: MetaData): Task<ExistingObjects> {
  const { dialect } = core.engine;
  const tables = [...metadata.tables.values()];
  const enumTypes = enumTypesOf(tables);
  const sequences = allSequences(metadata);
  const found = {
    tables: yield* lookUpNames(core, tables, (connection, schema) => dialect.existingTables(connection, schema)),
  };
  const { existingEnumTypes, existingSequences } = dialect;
  return {
    ...found,
    ...(existingEnumTypes === undefined
      ? {}
      : { enumTypes: yield* lookUpNames(core, enumTypes.values(), existingEnumTypes.bind(dialect)) }),
    ...(existingSequences === undefined
      ? {}
      : { sequences: yield* lookUpNames(core, sequences, existingSequences.bind(dialect)) }),
  };
}

/** One look at each schema that something of this kind belongs to. */
function* lookUpNames(
  core: ConnectionCore,
  elements: Iterable<{ readonly schema: string | null }>,
  look: (connection: DriverConnection, schema: string | null) => Task<ReadonlySet<string>>,
): Task<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const schema of new Set(Array.from(elements, (element) => element.schema))) {
    const names = yield* core.lookUp((connection) => look(connection, schema));
    for (const name of names) found.add(schema === null ? name : `${schema}.${name}`);
  }
  return found;
}
