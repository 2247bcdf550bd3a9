import { type ExistingObjects, planDdl, schemasOf } from "../schema/ddl-plan.ts";
import { answersTo } from "../schema/ddl-texts.ts";
import type { CreateOptions, MetaData } from "../schema/metadata.ts";
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
  const { dialect } = core.engine;
  const checkFirst = options.checkFirst !== false;
  const existing = checkFirst ? yield* lookUp(core, metadata) : null;
  for (const step of planDdl(metadata, action, existing, dialect, options)) {
    if (step.kind === "event") {
      for (const answer of answersTo(step, dialect, checkFirst)) yield* executeStatement(core, answer, undefined);
    } else {
      yield* executeDdlTexts(core, dialect.ddl(step));
    }
  }
}

/** What exists, as `name` or `schema.name`. */
function* lookUp(core: ConnectionCore, metadata: MetaData): Task<ExistingObjects> {
  const { dialect } = core.engine;
  return yield* core.lookUp((connection) => dialect.existingObjects(connection, schemasOf(metadata, dialect)));
}
