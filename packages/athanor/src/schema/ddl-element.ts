import { ArgumentError } from "../errors/errors.ts";
import type { NAMES, PARAMETERS, ROW } from "../util/symbols.ts";
import { type DdlCondition, holds } from "./ddl-condition.ts";
import type { DdlDialect } from "./ddl-dialect.ts";
import type { SchemaItem, SchemaItemOptions } from "./schema-item.ts";
import type { Table } from "./table.ts";

/** DDL as text, as `compile()` gives it. */
export interface CompiledDdl {
  /** All statements, one after the other. */
  readonly sql: string;
  readonly parameters: readonly [];
  readonly statements: readonly string[];
}

/**
 * DDL to be executed: `connection.execute(createTable(users, { ifNotExists: true }))`. It describes one step and changes
 * nothing of the schema's own objects.
 */
export class DdlElement {
  declare readonly [ROW]: readonly never[];
  declare readonly [NAMES]: unknown;
  declare readonly [PARAMETERS]: Readonly<Record<string, never>>;
  readonly item: SchemaItem;
  readonly options: SchemaItemOptions;
  readonly condition: DdlCondition | null;

  /** @internal */
  constructor(item: SchemaItem, options: SchemaItemOptions = {}, condition: DdlCondition | null = null) {
    this.item = item;
    this.options = options;
    this.condition = condition;
  }

  /** Executed for some dialects only, or when a function says so: `ddl("…").executeIf({ dialect: "postgresql" })`. */
  executeIf(condition: DdlCondition): DdlElement {
    return new DdlElement(this.item, this.options, condition);
  }

  /** Text of the program's own learns which table its words speak of. @internal */
  about(table: Table): DdlElement {
    const { item, options, condition } = this;
    return item.kind === "text" && item.table === null ? new DdlElement({ ...item, table }, options, condition) : this;
  }

  /**
   * The text for a dialect, without connecting: `createTable(users).compile({ dialect: dialect() })`, with `dialect` from
   * `athanor/postgresql` or another database's entry. Empty where its condition does not hold.
   *
   * @throws CompileError when the database lacks what is asked for.
   */
  compile({ dialect }: { readonly dialect: DdlDialect }): CompiledDdl {
    const statements = statementsOf(this, dialect);
    return { sql: statements.join(";\n"), parameters: [], statements };
  }
}

/** The statements of an element for a dialect; none where its condition does not hold. */
export function statementsOf(
  { item, options, condition }: DdlElement,
  dialect: DdlDialect,
  translatesSchemas: boolean = false,
): readonly string[] {
  return holds(condition, { dialect: dialect.name, family: dialect.family })
    ? dialect.ddl(item, translatesSchemas ? { ...options, translatesSchemas } : options)
    : [];
}

/**
 * DDL of the program's own. `%(table)s`, `%(schema)s` and `%(fullname)s` stand for the quoted names of the table whose
 * event a handler answers with it; `context` gives further words. The text is trusted: never build
 * it from a user's input.
 *
 * @throws ArgumentError for a word that nothing gives a meaning.
 */
export function ddl(text: string, context: Readonly<Record<string, string>> = {}): DdlElement {
  if (text.trim() === "") throw new ArgumentError("ddl() was given an empty text.");
  return new DdlElement({ kind: "text", text, table: null, context });
}
