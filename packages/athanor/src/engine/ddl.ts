import { type ExistingObjects, planDdl, schemasOf } from "../schema/ddl-plan.ts";
import { answersTo } from "../schema/ddl-texts.ts";
import type { CreateOptions, MetaData } from "../schema/metadata.ts";
import type { SchemaTranslation } from "../sql/compile/schema-translation.ts";
import type { Task } from "../util/task.ts";
import type { ConnectionCore } from "./connection-core.ts";
import { executeDdlTexts } from "./execute-ddl.ts";
import { executeStatement } from "./execution.ts";

export type DdlOptions = CreateOptions;

/**
 * Creates or drops what belongs to a MetaData: one look at what is there, then the statements in order, and between them
 * what handlers of its events want executed.
 */
export function* runDdl(
  core: ConnectionCore,
  metadata: MetaData,
  action: "create" | "drop",
  options: DdlOptions,
): Task<void> {
  const { dialect, translation } = core.engine;
  const checkFirst = options.checkFirst !== false;
  const existing = checkFirst ? yield* lookUp(core, metadata) : null;
  for (const step of planDdl(metadata, action, existing, dialect, options)) {
    if (step.kind === "event") {
      for (const answer of answersTo(step, dialect, checkFirst)) yield* executeStatement(core, answer, undefined);
    } else {
      yield* executeDdlTexts(core, dialect.ddl(step, { translatesSchemas: translation !== null }));
    }
  }
}

/** What exists, as `name` or `schema.name`. */
function* lookUp(core: ConnectionCore, metadata: MetaData): Task<ExistingObjects> {
  const { dialect, translation } = core.engine;
  const schemas = schemasOf(metadata, dialect);
  if (translation === null) return yield* core.lookUp((connection) => dialect.existingObjects(connection, schemas));
  const meant = schemas.map((schema) => translation.schemaFor(schema));
  const found = yield* core.lookUp((connection) => dialect.existingObjects(connection, [...new Set(meant)]));
  const asNamed = (names: ReadonlySet<string>) =>
    new Set(schemas.flatMap((schema) => namedIn(schema, translation, names)));
  return {
    tables: asNamed(found.tables),
    ...(found.sequences && { sequences: asNamed(found.sequences) }),
    ...(found.types && { types: asNamed(found.types) }),
  };
}

/** What was found in the schema that is meant by another, under the names that it has there. */
function namedIn(schema: string | null, translation: SchemaTranslation, names: ReadonlySet<string>): readonly string[] {
  const meant = translation.schemaFor(schema);
  const start = meant === null ? "" : `${meant}.`;
  return [...names].flatMap((name) => {
    const isThere = meant === null ? !name.includes(".") : name.startsWith(start);
    const own = name.slice(start.length);
    return isThere ? [schema === null ? own : `${schema}.${own}`] : [];
  });
}
