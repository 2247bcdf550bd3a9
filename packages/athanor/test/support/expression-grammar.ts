import fc from "fast-check";
import type { Expression } from "../../src/sql/expression/expression.ts";
import { and, boolean, caseWhen, double, func, integer, literal, MetaData, not, or, table, text } from "./core.ts";

/** The table that random expressions speak of, and its rows. */
export const things = table("things", new MetaData(), {
  id: integer().primaryKey(),
  i: integer().nullable(),
  j: integer().nullable(),
  f: double().nullable(),
  s: text().nullable(),
  t: text().nullable(),
  b: boolean().nullable(),
});
export interface Thing {
  readonly id: number;
  readonly i: number | null;
  readonly j: number | null;
  readonly f: number | null;
  readonly s: string | null;
  readonly t: string | null;
  readonly b: boolean | null;
}
export const rows: readonly Thing[] = [
  { id: 1, i: 7, j: 2, f: 1.5, s: "apple", t: "p", b: true },
  { id: 2, i: -3, j: 0, f: -0.25, s: "50%_/", t: "%", b: false },
  { id: 3, i: 0, j: null, f: 8, s: "", t: "Ä'", b: null },
  { id: 4, i: null, j: 5, f: null, s: null, t: "\\", b: true },
];

export type Kind = "integer" | "float" | "text" | "boolean";
type Value = number | string | boolean | null;
/** An expression as data, so that it can be built again with other values. */
export interface Ast {
  readonly operator: string;
  readonly operands: readonly Ast[];
  readonly value?: number | string | boolean;
}

type Numbers = Expression<number | null, string, string>;
type Texts = Expression<string | null, string, string>;
type Truths = Expression<boolean | null, string, string>;
type Any = Numbers | Texts | Truths;

interface Operator {
  readonly operands: readonly Kind[];
  readonly build: (operands: readonly Any[], value: Ast["value"]) => Any;
  /** What SQL answers; operands that are null have been dealt with unless `nulls` is set. */
  readonly evaluate: (operands: readonly Value[], row: Thing, value: Ast["value"]) => Value;
  readonly nulls?: true;
  readonly value?: fc.Arbitrary<number | string | boolean>;
}

/** A result beyond what a number holds exactly: SQLite goes on with floating point, and so nobody compares. */
export class TooLarge extends Error {}

// The kinds of operands are what the table below says; the casts only take note of it.
const n = (value: Any | undefined) => value as Numbers;
const x = (value: Any | undefined) => value as Texts;
const q = (value: Any | undefined) => value as Truths;
const num = (value: Value | undefined) => value as number;
const str = (value: Value | undefined) => value as string;

function column(key: keyof Thing): Operator {
  return { operands: [], build: () => things.c[key], evaluate: (_, row) => row[key], nulls: true };
}
function constant(value: fc.Arbitrary<number | string | boolean>): Operator {
  return {
    operands: [],
    value,
    build: (_, given) => literal(given ?? null) as Any,
    evaluate: (_a, _r, given) => given ?? null,
  };
}
function numeric(
  kind: Kind,
  build: (a: Numbers, b: Numbers) => Any,
  evaluate: (a: number, b: number) => Value,
): Operator {
  return {
    operands: [kind, kind],
    build: ([a, b]) => build(n(a), n(b)),
    evaluate: ([a, b]) => evaluate(num(a), num(b)),
  };
}
function comparison(
  kind: Kind,
  build: (a: Numbers, b: Numbers) => Any,
  evaluate: (a: never, b: never) => Value,
): Operator {
  return {
    operands: [kind, kind],
    build: ([a, b]) => build(n(a), n(b)),
    evaluate: ([a, b]) => evaluate(a as never, b as never),
  };
}

const safe = (value: number): number => {
  if (!Number.isSafeInteger(value)) throw new TooLarge();
  return value === 0 ? 0 : value;
};
/** SQLite's lower() and LIKE know the letters of ASCII. */
const lower = (value: string) => value.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
const upper = (value: string) => value.replace(/[a-z]/g, (letter) => letter.toUpperCase());
const bits = (operation: (a: bigint, b: bigint) => bigint) => (a: number, b: number) =>
  safe(Number(BigInt.asIntN(64, operation(BigInt(a), BigInt(b)))));

function choice(kind: Kind): Operator {
  return {
    operands: ["boolean", kind, kind],
    build: ([a, b, c]) => caseWhen(q(a), n(b)).else(n(c)),
    evaluate: ([a, b, c]) => (a === true ? (b ?? null) : (c ?? null)),
    nulls: true,
  };
}
function coalesce(kind: Kind): Operator {
  return {
    operands: [kind, kind],
    build: ([a, b]) => func.coalesce(n(a), n(b)),
    evaluate: ([a, b]) => a ?? b ?? null,
    nulls: true,
  };
}

/** LIKE with its wildcards, in which letters of ASCII are equal whatever their case. */
export function likeMatches(value: string, pattern: string): boolean {
  const source = [...pattern].map((each) =>
    each === "%" ? "[^]*" : each === "_" ? "[^]" : lower(each).replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"),
  );
  return new RegExp(`^${source.join("")}$`, "u").test(lower(value));
}

const texts = fc.string({
  unit: fc.constantFrom(..."aAbBpP%_/\\'\"; -é☃".split("")),
  maxLength: 4,
});
const smallIntegers = fc.integer({ min: -9, max: 9 });

const grammar: Readonly<Record<Kind, Readonly<Record<string, Operator>>>> = {
  integer: {
    i: column("i"),
    j: column("j"),
    integer: constant(smallIntegers),
    add: numeric(
      "integer",
      (a, b) => a.add(b),
      (a, b) => safe(a + b),
    ),
    sub: numeric(
      "integer",
      (a, b) => a.sub(b),
      (a, b) => safe(a - b),
    ),
    mul: numeric(
      "integer",
      (a, b) => a.mul(b),
      (a, b) => safe(a * b),
    ),
    mod: numeric(
      "integer",
      (a, b) => a.mod(b),
      (a, b) => (b === 0 ? null : safe(a % b)),
    ),
    intDiv: numeric(
      "integer",
      (a, b) => a.intDiv(b),
      (a, b) => (b === 0 ? null : safe(Math.trunc(a / b))),
    ),
    neg: { operands: ["integer"], build: ([a]) => n(a).neg(), evaluate: ([a]) => safe(-num(a)) },
    and: numeric(
      "integer",
      (a, b) => a.bitwiseAnd(b),
      bits((a, b) => a & b),
    ),
    or: numeric(
      "integer",
      (a, b) => a.bitwiseOr(b),
      bits((a, b) => a | b),
    ),
    xor: numeric(
      "integer",
      (a, b) => a.bitwiseXor(b),
      bits((a, b) => a ^ b),
    ),
    bitNot: { operands: ["integer"], build: ([a]) => n(a).bitwiseNot(), evaluate: ([a]) => safe(-num(a) - 1) },
    shift: {
      operands: ["integer"],
      value: fc.integer({ min: 0, max: 3 }),
      build: ([a], value) => n(a).bitwiseLshift(Number(value)),
      evaluate: ([a], _, value) => safe(num(a) * 2 ** Number(value)),
    },
    abs: { operands: ["integer"], build: ([a]) => func.abs(n(a)), evaluate: ([a]) => Math.abs(num(a)) },
    length: { operands: ["text"], build: ([a]) => func.length(x(a)), evaluate: ([a]) => [...str(a)].length },
    case: choice("integer"),
    coalesce: coalesce("integer"),
  },
  float: {
    f: column("f"),
    float: constant(smallIntegers.map((value) => value + 0.5)),
    add: numeric(
      "float",
      (a, b) => a.add(b),
      (a, b) => a + b,
    ),
    sub: numeric(
      "float",
      (a, b) => a.sub(b),
      (a, b) => a - b,
    ),
    mul: numeric(
      "float",
      (a, b) => a.mul(b),
      (a, b) => a * b,
    ),
    div: numeric(
      "float",
      (a, b) => a.div(b),
      (a, b) => (b === 0 ? null : a / b),
    ),
    divIntegers: numeric(
      "integer",
      (a, b) => a.div(b),
      (a, b) => (b === 0 ? null : a / b),
    ),
    neg: { operands: ["float"], build: ([a]) => n(a).neg(), evaluate: ([a]) => -num(a) },
    case: choice("float"),
    coalesce: coalesce("float"),
  },
  text: {
    s: column("s"),
    t: column("t"),
    text: constant(texts),
    concat: {
      operands: ["text", "text"],
      build: ([a, b]) => x(a).concat(x(b)),
      evaluate: ([a, b]) => str(a) + str(b),
    },
    lower: { operands: ["text"], build: ([a]) => func.lower(x(a)), evaluate: ([a]) => lower(str(a)) },
    upper: { operands: ["text"], build: ([a]) => func.upper(x(a)), evaluate: ([a]) => upper(str(a)) },
    substr: {
      operands: ["text"],
      value: fc.integer({ min: 1, max: 4 }),
      build: ([a], value) => func.substr(x(a), Number(value), 2),
      evaluate: ([a], _, value) => [...str(a)].slice(Number(value) - 1, Number(value) + 1).join(""),
    },
    castInteger: { operands: ["integer"], build: ([a]) => n(a).cast(text()), evaluate: ([a]) => String(a) },
    case: choice("text"),
    coalesce: coalesce("text"),
  },
  boolean: {
    b: column("b"),
    truth: constant(fc.boolean()),
    eqIntegers: comparison(
      "integer",
      (a, b) => a.eq(b),
      (a, b) => a === b,
    ),
    neTexts: comparison(
      "text",
      (a, b) => a.ne(b),
      (a, b) => a !== b,
    ),
    ltIntegers: comparison(
      "integer",
      (a, b) => a.lt(b),
      (a, b) => a < b,
    ),
    leFloats: comparison(
      "float",
      (a, b) => a.le(b),
      (a, b) => a <= b,
    ),
    gtTexts: comparison(
      "text",
      (a, b) => a.gt(b),
      (a, b) => a > b,
    ),
    geIntegers: comparison(
      "integer",
      (a, b) => a.ge(b),
      (a, b) => a >= b,
    ),
    eqTruths: comparison(
      "boolean",
      (a, b) => a.eq(b),
      (a, b) => a === b,
    ),
    isNull: { operands: ["integer"], nulls: true, build: ([a]) => n(a).is(null), evaluate: ([a]) => a === null },
    distinct: {
      operands: ["text", "text"],
      nulls: true,
      build: ([a, b]) => x(a).isDistinctFrom(x(b)),
      evaluate: ([a, b]) => a !== b,
    },
    between: {
      operands: ["integer", "integer", "integer"],
      nulls: true,
      build: ([a, b, c]) => n(a).between(n(b), n(c)),
      evaluate: ([a, b, c]) =>
        conjunction(
          compare(a, b, (l, r) => l >= r),
          compare(a, c, (l, r) => l <= r),
        ),
    },
    in: {
      operands: ["integer"],
      value: fc.integer({ min: 0, max: 3 }),
      build: ([a], value) => n(a).in([0, 7, -3].slice(0, Number(value))),
      nulls: true,
      evaluate: ([a], _, value) =>
        value === 0 ? false : a === null ? null : [0, 7, -3].slice(0, Number(value)).includes(num(a)),
    },
    notIn: {
      operands: ["text", "text"],
      nulls: true,
      build: ([a, b]) => x(a).notIn([x(b), "p"]),
      evaluate: ([a, b]) =>
        conjunction(
          compare(a, b, (l, r) => l !== r),
          compare(a, "p", (l, r) => l !== r),
        ),
    },
    like: {
      operands: ["text", "text"],
      build: ([a, b]) => x(a).like(x(b)),
      evaluate: ([a, b]) => likeMatches(str(a), str(b)),
    },
    contains: {
      operands: ["text"],
      value: texts,
      build: ([a], value) => x(a).contains(String(value), { autoescape: true }),
      evaluate: ([a], _, value) => lower(str(a)).includes(lower(String(value))),
    },
    startsWith: {
      operands: ["text"],
      value: texts,
      build: ([a], value) => x(a).istartsWith(String(value), { autoescape: true }),
      evaluate: ([a], _, value) => lower(str(a)).startsWith(lower(String(value))),
    },
    and: {
      operands: ["boolean", "boolean", "boolean"],
      nulls: true,
      build: ([a, b, c]) => and(q(a), q(b), q(c)),
      evaluate: ([a, b, c]) => conjunction(conjunction(a, b), c),
    },
    or: {
      operands: ["boolean", "boolean"],
      nulls: true,
      build: ([a, b]) => or(q(a), q(b)),
      evaluate: ([a, b]) => opposite(conjunction(opposite(a), opposite(b))),
    },
    not: { operands: ["boolean"], build: ([a]) => not(q(a)), evaluate: ([a]) => a === false },
  },
};

/** AND of three values: true, false and null. */
function conjunction(a: Value | undefined, b: Value | undefined): Value {
  if (a === false || b === false) return false;
  return a === null || b === null ? null : true;
}
function opposite(value: Value | undefined): Value {
  return value === null ? null : value === false;
}
function compare<T extends Value>(
  a: T | undefined,
  b: T | undefined,
  test: (l: NonNullable<T>, r: NonNullable<T>) => boolean,
): Value {
  return a === null || b === null || a === undefined || b === undefined ? null : test(a, b);
}

const find = (kind: Kind, name: string): Operator => {
  const operator = grammar[kind][name];
  if (operator === undefined) throw new RangeError(`No operator ${kind} ${name}`);
  return operator;
};

/** Random expressions of a kind. */
export const expressions: Readonly<Record<Kind, fc.Arbitrary<Ast>>> = fc.letrec<Record<Kind, Ast>>((tie) => {
  const of = (kind: Kind) => {
    const all = Object.entries(grammar[kind]).map(([operator, { operands, value }]) => ({
      isLeaf: operands.length === 0,
      arbitrary: fc
        .tuple(fc.tuple(...operands.map((each) => tie(each))), value ?? fc.constant(null))
        .map(([made, given]): Ast => ({ operator, operands: made, ...(given === null ? {} : { value: given }) })),
    }));
    const leaves = all.filter(({ isLeaf }) => isLeaf).map(({ arbitrary }) => arbitrary);
    const rest = all.filter(({ isLeaf }) => !isLeaf).map(({ arbitrary }) => arbitrary);
    return fc.oneof({ maxDepth: 4, depthIdentifier: "expression" }, fc.oneof(...leaves), ...rest);
  };
  return { integer: of("integer"), float: of("float"), text: of("text"), boolean: of("boolean") };
});

/** Builds an expression through the library; `renew` may put other values in the place of those that it was made with. */
export function build(kind: Kind, ast: Ast, renew: (value: Ast["value"]) => Ast["value"] = (value) => value): Any {
  const operator = find(kind, ast.operator);
  const operands = ast.operands.map((each, i) => build(operator.operands[i] ?? kind, each, renew));
  return operator.build(operands, renew(ast.value));
}

/** What SQL answers for a row. */
export function evaluate(kind: Kind, ast: Ast, row: Thing): Value {
  const operator = find(kind, ast.operator);
  const operands = ast.operands.map((each, i) => evaluate(operator.operands[i] ?? kind, each, row));
  if (operator.nulls !== true && operands.includes(null)) return null;
  return operator.evaluate(operands, row, ast.value);
}
