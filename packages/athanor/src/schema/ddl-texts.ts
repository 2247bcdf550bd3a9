import { ArgumentError } from "../errors/errors.ts";
import { LISTENERS } from "../util/symbols.ts";
import type { DdlDialect } from "./ddl-dialect.ts";
import { DdlElement, statementsOf } from "./ddl-element.ts";
import { type DdlStatement, fireDdlEvent } from "./ddl-events.ts";
import { type DdlMoment, planDdl } from "./ddl-plan.ts";
import type { CreateOptions, MetaData } from "./metadata.ts";
import { Table } from "./table.ts";

/** The statements that create or drop a MetaData, as text: nothing is connected to, and nothing looked up. */
export function ddlTexts(
  metadata: MetaData,
  action: "create" | "drop",
  dialect: DdlDialect,
  options: CreateOptions,
): readonly string[] {
  const steps = planDdl(metadata, action, null, dialect, options);
  return steps.flatMap((step) =>
    step.kind === "event"
      ? answersTo(step, dialect, false).flatMap((answer) => textOf(answer, dialect))
      : dialect.ddl(step),
  );
}

/** What the handlers of an event want executed. DDL text of theirs learns which table is meant. */
export function answersTo(
  { name, target, tables }: DdlMoment,
  dialect: DdlDialect,
  checkFirst: boolean,
): readonly DdlStatement[] {
  const event = { target, dialect: dialect.name, tables, checkFirst };
  const answers = fireDdlEvent(target[LISTENERS], name, event);
  return answers.map((answer) =>
    answer instanceof DdlElement && target instanceof Table ? answer.about(target) : answer,
  );
}

interface Compilable {
  compile(options: { readonly dialect: DdlDialect; readonly literalBinds: boolean }): { readonly sql: string };
}

function textOf(answer: DdlStatement, dialect: DdlDialect): readonly string[] {
  if (answer instanceof DdlElement) return statementsOf(answer, dialect);
  if (isCompilable(answer)) return [answer.compile({ dialect, literalBinds: true }).sql];
  throw new ArgumentError("A handler of a DDL event returns statements: ddl(…), createIndex(…), insert(…) …");
}

function isCompilable(value: object): value is Compilable {
  return "compile" in value && typeof value.compile === "function";
}
