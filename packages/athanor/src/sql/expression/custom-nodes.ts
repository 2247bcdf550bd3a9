import { ArgumentError, UnsupportedCompilationError } from "../../errors/errors.ts";
import type { SqlType } from "../../sqltypes/sql-type.ts";
import { expressionOf, offersNode, undefinedError } from "../coercions/operands.ts";
import type { CustomConstruct, CustomNode, ElementCompiler, ExpressionNode } from "../nodes/expressions.ts";
import { Expression } from "./expression.ts";

/** What a construct is written as: its fields, with their expressions as they are in the statement. */
export type CompileFunction<F> = (element: F, compiler: ElementCompiler) => string;

/** The functions of a class by dialect; null is for all the others. */
type CompileFunctions = Map<string | null, CompileFunction<object>>;

type Dialect = ElementCompiler["dialect"];

const functions = new WeakMap<object, CompileFunctions>();
const constructs = new WeakMap<object, CustomConstruct>();

/** Registers how a class's instances are written. */
export function register(construct: object, compile: CompileFunction<object>, dialect: string | null): void {
  let known = functions.get(construct);
  if (known === undefined) {
    known = new Map();
    functions.set(construct, known);
  }
  known.set(dialect, compile);
}

/** A class's own function, or else that of the class it extends; for the dialect before the general one. */
function functionFor(construct: object, { name, family }: Dialect): CompileFunction<object> | null {
  for (let each: object | null = construct; each !== null; each = Object.getPrototypeOf(each) as object | null) {
    const known = functions.get(each);
    const found = known?.get(name) ?? known?.get(family ?? name) ?? known?.get(null);
    if (found !== undefined) return found;
  }
  return null;
}

/** The identity of a class in statements. */
export function constructOf(target: { readonly name: string }): CustomConstruct {
  let construct = constructs.get(target);
  if (construct === undefined) {
    construct = { name: target.name, compile: (node, compiler) => compileCustom(target, node, compiler) };
    constructs.set(target, construct);
  }
  return construct;
}

function compileCustom(target: { readonly name: string }, node: CustomNode, compiler: ElementCompiler): string {
  const { name } = compiler.dialect;
  const compile = functionFor(target, compiler.dialect);
  if (compile !== null) return compile(fieldsOf(node), compiler);
  throw new UnsupportedCompilationError(
    `${target.name} has no function that writes it for ${name}. Register one: ` +
      `compiles(${target.name}, (element, compiler) => …${name === "default" ? "" : `, ${JSON.stringify(name)}`}).`,
  );
}

/** How a field is laid out: an expression, a list of so many, or a plain value. */
const oneExpression = "one";
const listPrefix = "list ";

/** The node of a construct with these fields. */
export function customNode(construct: CustomConstruct, fields: object, type: SqlType): CustomNode {
  const layout: string[] = [];
  const operands: ExpressionNode[] = [];
  let volatile = false;
  for (const [name, value] of Object.entries(fields) as [string, unknown][]) {
    const where = `${construct.name} for ${JSON.stringify(name)}`;
    if (value === undefined) throw undefinedError(where);
    if (offersNode(value)) {
      layout.push(name, oneExpression);
      operands.push(expressionOf(value, where));
    } else if (Array.isArray(value) && value.every(offersNode)) {
      layout.push(name, `${listPrefix}${value.length}`);
      for (const each of value) operands.push(expressionOf(each, where));
    } else {
      layout.push(name, plainLayout(value));
      volatile ||= typeof value === "object" && value !== null;
      if (typeof value === "function" || typeof value === "symbol") {
        throw new ArgumentError(`${where} takes an expression or a plain value, not a ${typeof value}.`);
      }
    }
  }
  return { kind: "custom", construct, layout, operands, fields: fields as CustomNode["fields"], volatile, type };
}

function plainLayout(value: unknown): string {
  return typeof value === "object" && value !== null ? "object" : `= ${typeof value} ${String(value)}`;
}

/** The fields of a node, with the expressions that it has now: a statement may have been rewritten since. */
function fieldsOf({ layout, operands, fields }: CustomNode): object {
  const found: Record<string, unknown> = {};
  let next = 0;
  for (let i = 0; i < layout.length; i += 2) {
    const name = layout[i] ?? "";
    const form = layout[i + 1] ?? "";
    if (form === oneExpression) {
      found[name] = new Expression(operands[next] as ExpressionNode);
      next += 1;
    } else if (form.startsWith(listPrefix)) {
      const end = next + Number(form.slice(listPrefix.length));
      found[name] = operands.slice(next, end).map((node) => new Expression(node));
      next = end;
    } else found[name] = fields[name];
  }
  return found;
}
