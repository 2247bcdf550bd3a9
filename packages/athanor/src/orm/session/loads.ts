import type { EngineCore } from "../../engine/engine-core.ts";
import { selectRows } from "../../engine/execution.ts";
import { compiledFor, preparedNode, valuesOf } from "../../engine/prepare.ts";
import type { CompiledStatement } from "../../sql/compile/compiled.ts";
import type { Capabilities } from "../../sql/compile/sql-dialect.ts";
import type { SelectNode } from "../../sql/nodes/statements.ts";
import type { Task } from "../../util/task.ts";
import { withCriteria } from "../loading/apply-criteria.ts";
import type { ParameterValues } from "../loading/load-context.ts";
import { criteriaOf } from "../loading/loader-criteria.ts";
import { routeRequest } from "./route-request.ts";
import type { SessionCore } from "./session-core.ts";

interface CompiledLoad {
  readonly compiled: CompiledStatement;
  readonly values: readonly unknown[];
}

/** Under which an engine keeps what loaders' statements were compiled to. */
const extension = { name: "loads" };

/** Runs a loader's SELECT in the transaction, and gives its rows with converted values. */
export function* runLoad(core: SessionCore, select: SelectNode, parameters: ParameterValues): Task<unknown[][]> {
  const connection = core.openConnection ?? (yield* core.connection(routeRequest(select)));
  const { compiled, values } = compiledLoad(connection.engine, select);
  return yield* selectRows(connection, compiled, values, parameters);
}

/** What the database can do to which a statement goes. */
export function* capabilitiesFor(core: SessionCore, select: SelectNode): Task<Capabilities> {
  const { engine } = core.openConnection ?? (yield* core.connection(routeRequest(select)));
  return engine.dialect.capabilities;
}

function compiledLoad(engine: EngineCore, select: SelectNode): CompiledLoad {
  let known = engine.extensions.get(extension) as WeakMap<SelectNode, CompiledLoad> | undefined;
  if (known === undefined) {
    known = new WeakMap();
    engine.extensions.set(extension, known);
  }
  let load = known.get(select);
  if (load === undefined) {
    // Criteria that a handler of doOrmExecute has added.
    const prepared = preparedNode(withCriteria(select, criteriaOf(select.options)));
    load = { compiled: compiledFor(engine, prepared, null), values: valuesOf(prepared.key.binds) };
    known.set(select, load);
  }
  return load;
}
