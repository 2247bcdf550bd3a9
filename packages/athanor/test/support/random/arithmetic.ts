import fc from "fast-check";
import { double, func, integer, select, text } from "../core.ts";
import {
  binary,
  column,
  common,
  constant,
  type Kind,
  type Numbers,
  number,
  numbers,
  type Operator,
  type Operators,
  type Place,
  type Texts,
  truths,
  unary,
} from "./operator.ts";
import { rows, things } from "./things.ts";
import { Unspecified } from "./world.ts";

/** An integer that the database has, too. */
function whole(value: number, { world }: Place): number {
  if (Math.abs(value) > world.largestInteger) throw new Unspecified();
  return value === 0 ? 0 : value;
}

/** Division and remainder, where the divisor is zero. */
function divided(a: number, b: number, { world }: Place, result: (a: number, b: number) => number): number | null {
  if (b !== 0) return result(a, b);
  if (world.divisionByZero === "error") throw new Unspecified();
  return null;
}

function bitwise(build: (a: Numbers, b: Numbers) => Numbers, operation: (a: bigint, b: bigint) => bigint): Operator {
  const evaluate = (a: number, b: number, at: Place) =>
    whole(Number(BigInt.asIntN(64, operation(BigInt(a), BigInt(b)))), at);
  // The bits of MariaDB's integers have no sign.
  return { ...binary<Numbers, number>("integer", build, evaluate), missing: ["mariadb"] };
}

/** greatest() and least(). */
function extreme(
  kind: Kind,
  build: (a: Numbers, b: Numbers) => Numbers,
  choose: (a: number, b: number) => number,
): Operator {
  return {
    operands: [kind, kind],
    build: ([a, b]) => build(numbers(a), numbers(b)),
    evaluate: ([a = null, b = null], { world }) => {
      if (a === null || b === null) return world.extremesIgnoreNull ? (a ?? b) : null;
      return choose(number(a), number(b));
    },
    nulls: true,
  };
}

const smallIntegers = fc.integer({ min: -9, max: 9 });
const columnOfIntegers = rows.flatMap(({ i }) => (i === null ? [] : [i]));

export const integerOperators: Operators = {
  i: column("i"),
  j: column("j"),
  integer: constant(smallIntegers),
  add: binary<Numbers, number>(
    "integer",
    (a, b) => a.add(b),
    (a, b, at) => whole(a + b, at),
  ),
  sub: binary<Numbers, number>(
    "integer",
    (a, b) => a.sub(b),
    (a, b, at) => whole(a - b, at),
  ),
  mul: binary<Numbers, number>(
    "integer",
    (a, b) => a.mul(b),
    (a, b, at) => whole(a * b, at),
  ),
  mod: binary<Numbers, number>(
    "integer",
    (a, b) => a.mod(b),
    (a, b, at) => divided(a, b, at, (x, y) => whole(x % y, at)),
  ),
  modFunction: {
    ...binary<Numbers, number>(
      "integer",
      (a, b) => func.mod(a, b),
      (a, b, at) => divided(a, b, at, (x, y) => whole(x % y, at)),
    ),
    // SQLite's mod() answers floating point, which shows where it is cast or divided.
    missing: ["sqlite"],
  },
  intDiv: binary<Numbers, number>(
    "integer",
    (a, b) => a.intDiv(b),
    (a, b, at) => divided(a, b, at, (x, y) => whole(Math.trunc(x / y), at)),
  ),
  neg: unary<Numbers, number>(
    "integer",
    (a) => a.neg(),
    (a, at) => whole(-a, at),
  ),
  addPlain: {
    operands: ["integer"],
    value: smallIntegers,
    build: ([a], value) => numbers(a).add(Number(value)),
    evaluate: ([a], at, value) => whole(number(a) + Number(value), at),
  },
  bitAnd: bitwise(
    (a, b) => a.bitwiseAnd(b),
    (a, b) => a & b,
  ),
  bitOr: bitwise(
    (a, b) => a.bitwiseOr(b),
    (a, b) => a | b,
  ),
  bitXor: bitwise(
    (a, b) => a.bitwiseXor(b),
    (a, b) => a ^ b,
  ),
  bitNot: {
    ...unary<Numbers, number>(
      "integer",
      (a) => a.bitwiseNot(),
      (a, at) => whole(-a - 1, at),
    ),
    missing: ["mariadb"],
  },
  shiftLeft: {
    operands: ["integer"],
    value: fc.integer({ min: 0, max: 3 }),
    build: ([a], value) => numbers(a).bitwiseLshift(Number(value)),
    evaluate: ([a], at, value) => whole(number(a) * 2 ** Number(value), at),
    missing: ["mariadb"],
  },
  shiftRight: {
    operands: ["integer"],
    value: fc.integer({ min: 0, max: 3 }),
    build: ([a], value) => numbers(a).bitwiseRshift(Number(value)),
    evaluate: ([a], at, value) => whole(Math.floor(number(a) / 2 ** Number(value)), at),
    missing: ["mariadb"],
  },
  abs: unary<Numbers, number>("integer", (a) => func.abs(a), Math.abs),
  length: {
    ...unary<Texts, string>(
      "text",
      (a) => func.length(a),
      (a) => [...a].length,
    ),
    // It counts bytes there.
    missing: ["mariadb"],
  },
  charLength: unary<Texts, string>(
    "text",
    (a) => func.charLength(a),
    (a) => [...a].length,
  ),
  nullif: {
    operands: ["integer", "integer"],
    nulls: true,
    build: ([a, b]) => func.nullif(numbers(a), numbers(b)),
    evaluate: ([a = null, b]) => (a === b ? null : a),
  },
  greatest: extreme("integer", (a, b) => func.greatest(a, b) as Numbers, Math.max),
  least: extreme("integer", (a, b) => func.least(a, b) as Numbers, Math.min),
  castBoolean: {
    operands: ["boolean"],
    build: ([a]) => truths(a).cast(integer()),
    evaluate: ([a]) => Number(a),
  },
  castText: {
    operands: ["integer"],
    build: ([a]) => numbers(a).cast(text()).cast(integer()),
    evaluate: ([a]) => a ?? null,
  },
  largest: {
    readsTable: true,
    operands: [],
    build: () => {
      const other = things.alias();
      return select(func.max(other.c.i)).scalarSubquery() as Numbers;
    },
    evaluate: () => Math.max(...columnOfIntegers),
  },
  countLess: {
    readsTable: true,
    operands: ["integer"],
    nulls: true,
    build: ([a]) => {
      const other = things.alias();
      return select(func.count())
        .selectFrom(other)
        .where(other.c.i.lt(numbers(a)))
        .correlate(things)
        .scalarSubquery();
    },
    evaluate: ([a = null]) => (a === null ? 0 : columnOfIntegers.filter((each) => each < number(a)).length),
  },
  ...common("integer"),
};

export const floatOperators: Operators = {
  f: column("f"),
  float: constant(smallIntegers.map((value) => value + 0.5)),
  add: binary<Numbers, number>(
    "float",
    (a, b) => a.add(b),
    (a, b) => a + b,
  ),
  sub: binary<Numbers, number>(
    "float",
    (a, b) => a.sub(b),
    (a, b) => a - b,
  ),
  mul: binary<Numbers, number>(
    "float",
    (a, b) => a.mul(b),
    (a, b) => a * b,
  ),
  // MariaDB takes what is divided for decimals, and keeps four digits more.
  div: {
    ...binary<Numbers, number>(
      "float",
      (a, b) => a.div(b),
      (a, b, at) => divided(a, b, at, (x, y) => x / y),
    ),
    missing: ["mariadb"],
  },
  divIntegers: {
    ...binary<Numbers, number>(
      "integer",
      (a, b) => a.div(b),
      (a, b, at) => divided(a, b, at, (x, y) => x / y),
    ),
    missing: ["mariadb"],
  },
  divByFour: {
    operands: ["integer"],
    build: ([a]) => numbers(a).div(4),
    evaluate: ([a]) => number(a) / 4,
  },
  mixed: {
    operands: ["integer", "float"],
    build: ([a, b]) => numbers(a).mul(numbers(b)),
    evaluate: ([a, b]) => number(a) * number(b),
  },
  neg: unary<Numbers, number>(
    "float",
    (a) => a.neg(),
    (a) => -a,
  ),
  abs: unary<Numbers, number>("float", (a) => func.abs(a), Math.abs),
  castInteger: {
    operands: ["integer"],
    build: ([a]) => numbers(a).cast(double()),
    evaluate: ([a]) => a ?? null,
  },
  greatest: extreme("float", (a, b) => func.greatest(a, b) as Numbers, Math.max),
  ...common("float"),
};
