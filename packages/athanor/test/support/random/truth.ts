import fc from "fast-check";
import { and, exists, not, or, select, tuple } from "../core.ts";
import {
  type Any,
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
  string,
  type Texts,
  texts,
  truths,
  type Value,
} from "./operator.ts";
import { plainTexts } from "./text.ts";
import { rows, things } from "./things.ts";
import { Unspecified, type World } from "./world.ts";

// ── three values: true, false and null ───────────────────────────────────────
function conjunction(a: Value | undefined, b: Value | undefined): Value {
  if (a === false || b === false) return false;
  return a === null || b === null ? null : true;
}
function opposite(value: Value | undefined): Value {
  return value === null ? null : value === false;
}
function disjunction(a: Value | undefined, b: Value | undefined): Value {
  return opposite(conjunction(opposite(a), opposite(b)));
}
function compare(a: Value | undefined, b: Value | undefined, test: (l: number, r: number) => boolean): Value {
  return a === null || b === null || a === undefined || b === undefined ? null : test(number(a), number(b));
}
const less = (l: number, r: number) => l < r;
const atLeast = (l: number, r: number) => l >= r;
const atMost = (l: number, r: number) => l <= r;
function isAmong(value: Value | undefined, members: readonly Value[]): Value {
  return members.reduce((found, each) => disjunction(found, compare(value, each, Object.is)), false as Value);
}

// ── comparisons ──────────────────────────────────────────────────────────────
type Comparison = "eq" | "ne" | "lt" | "le" | "gt" | "ge";
const meanings: Readonly<Record<Comparison, (a: Plainest, b: Plainest) => boolean>> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
};
type Plainest = number | string | boolean;

/** Fractions that came another way may differ in their last digit: nothing is said of those that are so near. */
function checkApart(a: Plainest, b: Plainest): void {
  if (typeof a !== "number" || typeof b !== "number") return;
  const areExact = Number.isInteger(a * 4) && Number.isInteger(b * 4);
  if (!areExact && Math.abs(a - b) <= Math.abs(a) * 1e-9) throw new Unspecified();
}

function comparisons(kind: Kind): Operators {
  const entries = Object.entries(meanings).map(([name, holds]): [string, Operator] => [
    `${name} ${kind}`,
    binary<Numbers, number>(
      kind,
      (a, b) => a[name as Comparison](b),
      (a, b) => {
        checkApart(a, b);
        return holds(a, b);
      },
    ),
  ]);
  return Object.fromEntries(entries);
}

function nullAware(kind: Kind, isSame: boolean): Operator {
  return {
    operands: [kind, kind],
    nulls: true,
    build: ([a, b]) => (isSame ? numbers(a).isNotDistinctFrom(numbers(b)) : numbers(a).isDistinctFrom(numbers(b))),
    evaluate: ([a, b]) => (a === b) === isSame,
  };
}

// ── patterns ─────────────────────────────────────────────────────────────────
interface Matching {
  readonly ignoresCase: boolean;
  readonly escape: string | null;
}
const like = ({ likeIgnoresCase, likeEscape }: World): Matching => ({
  ignoresCase: likeIgnoresCase,
  escape: likeEscape,
});

/** LIKE with its wildcards. */
function matches(value: string, pattern: string, { ignoresCase, escape }: Matching, { world }: Place): boolean {
  const fold = (text: string) => (ignoresCase ? world.lower(text) : text);
  const plain = (text: string) => fold(text).replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  let source = "";
  for (let i = 0; i < pattern.length; i += 1) {
    const each = pattern[i] ?? "";
    if (each === escape) {
      i += 1;
      // At the end it is an error here and itself there; in front of what needs none, databases differ, too.
      if (!/^[%_\\]$/.test(pattern[i] ?? "")) throw new Unspecified();
      source += plain(pattern[i] ?? "");
    } else source += each === "%" ? "[^]*" : each === "_" ? "[^]" : plain(each);
  }
  return new RegExp(`^${source}$`, "u").test(fold(value));
}

function pattern(build: (a: Texts, b: Texts) => Any, ignoresCase: boolean, negated: boolean): Operator {
  return binary<Texts, string>("text", build, (a, b, at) => {
    const matching = like(at.world);
    return matches(a, b, ignoresCase ? { ...matching, ignoresCase } : matching, at) !== negated;
  });
}

/** startsWith() and its like, whose text stands for itself. */
function plainPattern(
  build: (a: Texts, text: string) => Any,
  holds: (value: string, text: string) => boolean,
  ignoresCase: boolean,
): Operator {
  return {
    operands: ["text"],
    value: plainTexts,
    build: ([a], value) => build(texts(a), String(value)),
    evaluate: ([a], { world }, value) => {
      const fold = ignoresCase || world.likeIgnoresCase ? world.lower : (text: string) => text;
      return holds(fold(string(a)), fold(String(value)));
    },
  };
}
const startsWith = (value: string, text: string) => value.startsWith(text);
const endsWith = (value: string, text: string) => value.endsWith(text);
const contains = (value: string, text: string) => value.includes(text);
const autoescape = { autoescape: true } as const;

const few = [0, 7, -3] as const;
const pairs = [
  [7, 2],
  [0, -3],
] as const;
const others = rows.map(({ i }) => i);

export const truthOperators: Operators = {
  b: column("b"),
  truth: constant(fc.boolean()),
  ...comparisons("integer"),
  ...comparisons("float"),
  ...comparisons("text"),
  eqTruths: binary<Numbers, number>(
    "boolean",
    (a, b) => a.eq(b),
    (a, b) => a === b,
  ),
  neTruths: binary<Numbers, number>(
    "boolean",
    (a, b) => a.ne(b),
    (a, b) => a !== b,
  ),
  isNull: {
    operands: ["integer"],
    nulls: true,
    build: ([a]) => numbers(a).is(null),
    evaluate: ([a]) => a === null,
  },
  isNotNull: {
    operands: ["text"],
    nulls: true,
    build: ([a]) => texts(a).isNot(null),
    evaluate: ([a]) => a !== null,
  },
  isTrue: {
    operands: ["boolean"],
    nulls: true,
    build: ([a]) => truths(a).is(true),
    evaluate: ([a]) => a === true,
  },
  isNotFalse: {
    operands: ["boolean"],
    nulls: true,
    build: ([a]) => truths(a).isNot(false),
    evaluate: ([a]) => a !== false,
  },
  distinctIntegers: nullAware("integer", false),
  notDistinctIntegers: nullAware("integer", true),
  distinctTexts: nullAware("text", false),
  notDistinctTexts: nullAware("text", true),
  between: {
    operands: ["integer", "integer", "integer"],
    nulls: true,
    build: ([a, b, c]) => numbers(a).between(numbers(b), numbers(c)),
    evaluate: ([a, b, c]) => conjunction(compare(a, b, atLeast), compare(a, c, atMost)),
  },
  notBetween: {
    operands: ["integer", "integer", "integer"],
    nulls: true,
    build: ([a, b, c]) => not(numbers(a).between(numbers(b), numbers(c))),
    evaluate: ([a, b, c]) => opposite(conjunction(compare(a, b, atLeast), compare(a, c, atMost))),
  },
  betweenSymmetric: {
    operands: ["integer", "integer", "integer"],
    build: ([a, b, c]) => numbers(a).between(numbers(b), numbers(c), { symmetric: true }),
    evaluate: ([a, b, c]) => {
      const [low, high] = [Math.min(number(b), number(c)), Math.max(number(b), number(c))];
      return number(a) >= low && number(a) <= high;
    },
    missing: ["mariadb"],
  },
  in: {
    operands: ["integer"],
    value: fc.integer({ min: 0, max: 3 }),
    nulls: true,
    build: ([a], value) => numbers(a).in(few.slice(0, Number(value))),
    evaluate: ([a], _, value) => isAmong(a, few.slice(0, Number(value))),
  },
  notInPlain: {
    operands: ["text"],
    value: fc.integer({ min: 0, max: 2 }),
    nulls: true,
    build: ([a], value) => texts(a).notIn(["p", ""].slice(0, Number(value))),
    evaluate: ([a], _, value) => opposite(isAmong(a, ["p", ""].slice(0, Number(value)))),
  },
  inExpressions: {
    operands: ["integer", "integer", "integer"],
    nulls: true,
    build: ([a, b, c]) => numbers(a).in([numbers(b), 7, numbers(c)]),
    evaluate: ([a, b = null, c = null]) => isAmong(a, [b, 7, c]),
  },
  notIn: {
    operands: ["text", "text"],
    nulls: true,
    build: ([a, b]) => texts(a).notIn([texts(b), "p"]),
    evaluate: ([a, b = null]) => opposite(isAmong(a, [b, "p"])),
  },
  inQuery: {
    readsTable: true,
    operands: ["integer"],
    nulls: true,
    build: ([a]) => {
      const other = things.alias();
      return numbers(a).in(select(other.c.i));
    },
    evaluate: ([a]) => isAmong(a, others),
  },
  notInQuery: {
    readsTable: true,
    operands: ["integer"],
    nulls: true,
    build: ([a]) => {
      const other = things.alias();
      return numbers(a).notIn(select(other.c.i).where(other.c.b));
    },
    evaluate: ([a]) =>
      opposite(
        isAmong(
          a,
          rows.flatMap(({ b, i }) => (b === true ? [i] : [])),
        ),
      ),
  },
  exists: {
    readsTable: true,
    operands: ["integer"],
    nulls: true,
    build: ([a]) => {
      const other = things.alias();
      return exists(
        select(other.c.i)
          .where(other.c.i.eq(numbers(a)))
          .correlate(things),
      );
    },
    evaluate: ([a]) => a !== null && others.some((each) => each === a),
  },
  tupleEq: {
    operands: ["integer", "integer", "integer", "integer"],
    nulls: true,
    build: ([a, b, c, d]) => tuple(numbers(a), numbers(b)).eq(tuple(numbers(c), numbers(d))),
    evaluate: ([a, b, c, d]) => conjunction(compare(a, c, Object.is), compare(b, d, Object.is)),
  },
  tupleLt: {
    operands: ["integer", "integer", "integer", "integer"],
    nulls: true,
    build: ([a, b, c, d]) => tuple(numbers(a), numbers(b)).lt(tuple(numbers(c), numbers(d))),
    evaluate: ([a, b, c, d]) => (a !== null && a === c ? compare(b, d, less) : compare(a, c, less)),
  },
  tupleIn: {
    operands: ["integer", "integer"],
    value: fc.integer({ min: 0, max: 2 }),
    nulls: true,
    build: ([a, b], value) => tuple(numbers(a), numbers(b)).in(pairs.slice(0, Number(value))),
    evaluate: ([a, b], _, value) =>
      pairs
        .slice(0, Number(value))
        .reduce(
          (found, [c, d]) => disjunction(found, conjunction(compare(a, c, Object.is), compare(b, d, Object.is))),
          false as Value,
        ),
  },
  like: pattern((a, b) => a.like(b), false, false),
  notLike: pattern((a, b) => a.notLike(b), false, true),
  ilike: pattern((a, b) => a.ilike(b), true, false),
  notIlike: pattern((a, b) => a.notIlike(b), true, true),
  likeEscape: {
    operands: ["text"],
    value: plainTexts.filter((each) => !/[\\]/.test(each)),
    build: ([a], value) => texts(a).like(`%!%${value}_`, { escape: "!" }),
    evaluate: ([a], at, value) =>
      matches(string(a), `%\\%${value}_`, { ignoresCase: at.world.likeIgnoresCase, escape: "\\" }, at),
  },
  contains: plainPattern((a, each) => a.contains(each, autoescape), contains, false),
  startsWith: plainPattern((a, each) => a.startsWith(each, autoescape), startsWith, false),
  endsWith: plainPattern((a, each) => a.endsWith(each, { escape: "^", ...autoescape }), endsWith, false),
  icontains: plainPattern((a, each) => a.icontains(each, autoescape), contains, true),
  istartsWith: plainPattern((a, each) => a.istartsWith(each, autoescape), startsWith, true),
  iendsWith: plainPattern((a, each) => a.iendsWith(each, autoescape), endsWith, true),
  and: {
    operands: ["boolean", "boolean", "boolean"],
    nulls: true,
    build: ([a, b, c]) => and(truths(a), truths(b), truths(c)),
    evaluate: ([a, b, c]) => conjunction(conjunction(a, b), c),
  },
  or: {
    operands: ["boolean", "boolean"],
    nulls: true,
    build: ([a, b]) => or(truths(a), truths(b)),
    evaluate: ([a, b]) => disjunction(a, b),
  },
  not: { operands: ["boolean"], build: ([a]) => not(truths(a)), evaluate: ([a]) => a === false },
  ...common("boolean"),
};
