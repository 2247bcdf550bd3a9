import { ArgumentError } from "../../errors/errors.ts";
import type { Column, Given } from "../../schema/column.ts";
import { KIND, NAMES, NODE, PARAMETERS, ROW } from "../../util/symbols.ts";
import { typeOfColumn } from "../coercions/column-type.ts";
import { nullType } from "../coercions/literal-types.ts";
import { operand } from "../coercions/operands.ts";
import { type AnyExpression, Expression } from "../expression/expression.ts";
import type { BindNode, FragmentNode } from "../nodes/expressions.ts";
import type { TextStatementNode } from "../nodes/statements.ts";
import { Statement } from "./statement.ts";
import { textStatement } from "./text-statement.ts";
import type { Parameters, RowName, RowTuple, Selected } from "./types.ts";

type AnyNames = Readonly<Record<string, unknown>>;

/** Text that is executed as it is, with what it returns told by `columns()`. */
export class TextStatement<R, N> extends Statement<TextStatementNode> {
  declare readonly [ROW]: R;
  declare readonly [NAMES]: N;
  declare readonly [PARAMETERS]: Parameters;
}

/** Raw SQL with parameters beside it: a statement of its own, a condition, or a default. */
export class TextClause extends Expression<never> {
  declare readonly [KIND]: "text";
  declare readonly [ROW]: readonly unknown[];
  declare readonly [NAMES]: AnyNames;
  declare readonly [PARAMETERS]: Parameters;
  declare readonly [NODE]: FragmentNode;

  /** Says which columns the text returns, in their order: their values are converted, their names and types are known. */
  columns<const A extends readonly AnyExpression[]>(
    ...columns: A
  ): TextStatement<RowTuple<A>, { readonly [X in A[number] as RowName<X>]: Selected<X, never, never> }> {
    return new TextStatement(textStatement(this[NODE], columns));
  }
}

/**
 * A piece of raw SQL. `:name` is a parameter, `\:` a colon; `::type` and what stands in quotes are left alone. Values
 * are given here or with the execution, and always bound.
 *
 * @throws ArgumentError when a value is given for a parameter that the text does not have.
 */
export function sqlText(sql: string, parameters: Parameters = {}): TextClause {
  const { texts, names } = splitParameters(sql);
  const unknown = Object.keys(parameters).filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    throw new ArgumentError(
      `sqlText() was given values for ${unknown.join(", ")}, but the text has no such parameter.`,
    );
  }
  const binds = new Map<string, BindNode>();
  const expressions = names.map((name) => {
    const node = binds.get(name) ?? namedParameter(name, parameters);
    binds.set(name, node);
    return node;
  });
  return new TextClause({ kind: "fragment", texts, expressions, type: nullType });
}

function namedParameter(name: string, parameters: Parameters): BindNode {
  const given = Object.hasOwn(parameters, name);
  const value = given ? parameters[name] : null;
  const inferred = given ? operand(value, nullType, `:${name}`) : null;
  const type = inferred?.type ?? nullType;
  return { kind: "bind", value, type, name, required: !given, expanding: Array.isArray(value) };
}

const token = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|--[^\n]*|\/\*[\s\S]*?\*\/|\\:|::|(?<![:\w]):([A-Za-z_]\w*)/g;

function splitParameters(sql: string): { readonly texts: readonly string[]; readonly names: readonly string[] } {
  const texts: string[] = [];
  const names: string[] = [];
  let text = "";
  let last = 0;
  for (const match of sql.matchAll(token)) {
    const [whole, name] = match;
    text += sql.slice(last, match.index);
    last = match.index + whole.length;
    if (name !== undefined) {
      texts.push(text);
      names.push(name);
      text = "";
    } else {
      text += whole === "\\:" ? ":" : whole;
    }
  }
  texts.push(text + sql.slice(last));
  return { texts, names };
}

/**
 * Raw SQL as an expression: values in `${}` are bound, expressions, tables and columns are written as SQL.
 *
 * @example select(sql<number>`length(${User.name})`.label("n"))
 */
export function sql<T = unknown>(texts: TemplateStringsArray, ...values: readonly unknown[]): Expression<T> {
  const expressions = values.map((value) => operand(value, nullType, "the sql template"));
  return new Expression({ kind: "fragment", texts: [...texts], expressions, type: nullType });
}

/** A column that no table declares, for `sqlText(…).columns(…)` and for tables that are only known by name. */
export function column<const N extends string, T>(name: N, type: Column<T, Given>): Expression<T, never, N> {
  return new Expression({
    kind: "column",
    from: null,
    name,
    key: name,
    type: typeOfColumn(type),
    column: null,
    entity: null,
  });
}
