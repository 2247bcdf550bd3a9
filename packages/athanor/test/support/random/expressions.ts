import fc from "fast-check";
import { floatOperators, integerOperators } from "./arithmetic.ts";
import type { Any, Kind, Operator, Operators, Place, Plain, Value } from "./operator.ts";
import { textOperators } from "./text.ts";
import { truthOperators } from "./truth.ts";
import type { World } from "./world.ts";

export const kinds: readonly Kind[] = ["integer", "float", "text", "boolean"];

/** An expression as data, so that it can be built again, with other values, and evaluated. */
export interface Ast {
  readonly kind: Kind;
  readonly operator: string;
  readonly operands: readonly Ast[];
  readonly value?: Plain;
}

const grammar: Readonly<Record<Kind, Operators>> = {
  integer: integerOperators,
  float: floatOperators,
  text: textOperators,
  boolean: truthOperators,
};

/** Random expressions of each kind, of what a database has. */
export function expressionsOf({ name }: Pick<World, "name">): Readonly<Record<Kind, fc.Arbitrary<Ast>>> {
  return fc.letrec<Record<Kind, Ast>>((tie) => {
    const of = (kind: Kind) => {
      const there = Object.entries(grammar[kind]).filter(([, { missing }]) => missing?.includes(name) !== true);
      const all = there.map(([operator, { operands, value }]) => ({
        isLeaf: operands.length === 0,
        arbitrary: fc
          .tuple(fc.tuple(...operands.map((each) => tie(each))), value ?? fc.constant(null))
          .map(
            ([made, given]): Ast => ({ kind, operator, operands: made, ...(given === null ? {} : { value: given }) }),
          ),
      }));
      const leaves = all.filter(({ isLeaf }) => isLeaf).map(({ arbitrary }) => arbitrary);
      const rest = all.filter(({ isLeaf }) => !isLeaf).map(({ arbitrary }) => arbitrary);
      return fc.oneof({ maxDepth: 4, depthIdentifier: "expression" }, fc.oneof(...leaves), ...rest);
    };
    return { integer: of("integer"), float: of("float"), text: of("text"), boolean: of("boolean") };
  });
}

function find({ kind, operator }: Ast): Operator {
  const found = grammar[kind][operator];
  if (found === undefined) throw new RangeError(`No operator ${kind} ${operator}`);
  return found;
}

/** Builds an expression through the library. */
export function build(ast: Ast): Any {
  return find(ast).build(ast.operands.map(build), ast.value);
}

/**
 * What SQL answers.
 *
 * @throws Unspecified where databases need not agree.
 */
export function evaluate(ast: Ast, at: Place): Value {
  const operator = find(ast);
  const operands = ast.operands.map((each) => evaluate(each, at));
  if (operator.nulls !== true && operands.includes(null)) return null;
  return operator.evaluate(operands, at, ast.value);
}

/** Whether any part of it reads the table of its own accord. */
export function readsTable(ast: Ast): boolean {
  return find(ast).readsTable === true || ast.operands.some(readsTable);
}

/** The same expression with other values of the same types: what they are decides nothing about the text. */
export function renewed(ast: Ast): Ast {
  const operands = ast.operands.map(renewed);
  return ast.value === undefined ? { ...ast, operands } : { ...ast, operands, value: other(ast.value) };
}
function other(value: Plain): Plain {
  if (typeof value === "number") return value + (value < 2 ? 1 : -1);
  return typeof value === "string" ? `${value}b` : !value;
}
