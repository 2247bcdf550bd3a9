import fc from "fast-check";
import { func, text } from "../core.ts";
import {
  binary,
  column,
  common,
  constant,
  numbers,
  type Operators,
  string,
  type Texts,
  texts,
  unary,
} from "./operator.ts";

/** Short texts of letters, wildcards, and what has a meaning in SQL. */
export const plainTexts = fc.string({
  unit: fc.constantFrom(..."aAbBpP%_/\\'\"; -:?$éÉ☃".split("")),
  maxLength: 4,
});

export const textOperators: Operators = {
  s: column("s"),
  t: column("t"),
  text: constant(plainTexts),
  concat: binary<Texts, string>(
    "text",
    (a, b) => a.concat(b),
    (a, b) => a + b,
  ),
  add: binary<Texts, string>(
    "text",
    (a, b) => a.add(b),
    (a, b) => a + b,
  ),
  addPlain: {
    operands: ["text"],
    value: plainTexts,
    build: ([a], value) => texts(a).add(String(value)),
    evaluate: ([a], _, value) => string(a) + String(value),
  },
  concatFunction: {
    operands: ["text", "text"],
    nulls: true,
    build: ([a, b]) => func.concat(texts(a), "/", texts(b)),
    evaluate: ([a = null, b = null], { world }) =>
      world.concatIgnoresNull || (a !== null && b !== null) ? `${a ?? ""}/${b ?? ""}` : null,
  },
  lower: unary<Texts, string>(
    "text",
    (a) => func.lower(a),
    (a, { world }) => world.lower(a),
  ),
  upper: unary<Texts, string>(
    "text",
    (a) => func.upper(a),
    (a, { world }) => world.upper(a),
  ),
  trim: unary<Texts, string>(
    "text",
    (a) => func.trim(a),
    (a) => a.replace(/^ +| +$/g, ""),
  ),
  replace: {
    operands: ["text"],
    value: plainTexts.filter((each) => each !== ""),
    build: ([a], value) => func.replace(texts(a), String(value), "<>"),
    evaluate: ([a], _, value) => string(a).replaceAll(String(value), "<>"),
  },
  substr: {
    operands: ["text"],
    value: fc.integer({ min: 1, max: 4 }),
    build: ([a], value) => func.substr(texts(a), Number(value), 2),
    evaluate: ([a], _, value) => [...string(a)].slice(Number(value) - 1, Number(value) + 1).join(""),
  },
  nullif: {
    operands: ["text", "text"],
    nulls: true,
    build: ([a, b]) => func.nullif(texts(a), texts(b)),
    evaluate: ([a = null, b]) => (a === b ? null : a),
  },
  castInteger: {
    operands: ["integer"],
    build: ([a]) => numbers(a).cast(text()),
    evaluate: ([a]) => String(a),
  },
  ...common("text"),
};
