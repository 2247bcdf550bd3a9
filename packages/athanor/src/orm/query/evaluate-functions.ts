import type { SqlType } from "../../sqltypes/sql-type.ts";
import { decimalArithmetic, decimalOrder, isNumber, order } from "./compare-values.ts";

/** A function of SQL, worked out here. NULL among its arguments is NULL, and does not come here. */
export type ValueFunction = (...values: readonly unknown[]) => unknown;

/** What every database answers alike. */
const exactFunctions: Readonly<Record<string, ValueFunction>> = {
  abs: (value) => {
    if (isNumber(value)) return value < 0 ? -value : value;
    return decimalOrder(value, 0) < 0 ? decimalArithmetic("-", "0", value) : value;
  },
};

/** What databases answer alike but for letters beyond ASCII, lengths in bytes, and the moment. */
const plainFunctions: Readonly<Record<string, ValueFunction>> = {
  lower: (text) => String(text).toLowerCase(),
  upper: (text) => String(text).toUpperCase(),
  length: (text) => (text instanceof Uint8Array ? text.length : [...String(text)].length),
  char_length: (text) => [...String(text)].length,
  trim: (text) => String(text).replace(/^ +| +$/g, ""),
  ltrim: (text) => String(text).replace(/^ +/, ""),
  rtrim: (text) => String(text).replace(/ +$/, ""),
  substr: (text, start, length) => part([...String(text)], Number(start), length === undefined ? null : Number(length)),
  replace: (text, from, to) => (from === "" ? text : String(text).replaceAll(String(from), String(to))),
  round: (value, digits = 0) => rounded(value, Number(digits)),
  ceil: (value) => whole(value, Math.ceil),
  floor: (value) => whole(value, Math.floor),
  sign: (value) => Math.sign(Number(value)),
  sqrt: (value) => Math.sqrt(Number(value)),
  exp: (value) => Math.exp(Number(value)),
  ln: (value) => Math.log(Number(value)),
  pow: (base, exponent) => Number(base) ** Number(exponent),
  mod: (value, divisor) => remainder(value, divisor),
  now: () => new Date(),
  current_timestamp: () => new Date(),
};

export function valueFunction(name: string, lenient: boolean): ValueFunction | null {
  const key = name.toLowerCase();
  if (Object.hasOwn(exactFunctions, key)) return exactFunctions[key] ?? null;
  return lenient && Object.hasOwn(plainFunctions, key) ? (plainFunctions[key] ?? null) : null;
}

/** What `%` and `mod()` leave: it has the sign of the dividend. Null for a division by zero. */
export function remainder(value: unknown, divisor: unknown): unknown {
  if (typeof value === "bigint" && typeof divisor === "bigint") return divisor === 0n ? null : value % divisor;
  return Number(divisor) === 0 ? null : Number(value) % Number(divisor);
}

function part(characters: readonly string[], start: number, length: number | null): string {
  const from = start > 0 ? start - 1 : start;
  return characters
    .slice(from, length === null ? undefined : (from < 0 ? characters.length + from : from) + length)
    .join("");
}

/** Half away from zero, as SQL rounds. */
function rounded(value: unknown, digits: number): unknown {
  if (typeof value === "bigint") return value;
  const factor = 10 ** digits;
  const number = Number(value);
  const result = (Math.sign(number) * Math.round(Math.abs(number) * factor)) / factor;
  return typeof value === "string" ? String(result) : result;
}

function whole(value: unknown, work: (value: number) => number): unknown {
  if (typeof value === "bigint") return value;
  const result = work(Number(value));
  return typeof value === "string" ? String(result) : result;
}

/** The order of values of a type: decimals are texts, whose order is not that of their numbers. */
export function orderFor(left: SqlType, right: SqlType): (a: unknown, b: unknown) => number {
  return left.affinity === "numeric" || right.affinity === "numeric" ? decimalOrder : order;
}

// ── LIKE ─────────────────────────────────────────────────────────────────────
const patterns = new Map<string, RegExp>();

/** Whether a text is like a pattern: `%` stands for any text, `_` for any character, unless they are escaped. */
export function isLike(text: string, pattern: string, escape: string | null, ignoresCase: boolean): boolean {
  const key = `${ignoresCase ? "i" : ""}${escape ?? ""}\0${pattern}`;
  let form = patterns.get(key);
  if (form === undefined) {
    if (patterns.size > 500) patterns.clear();
    form = new RegExp(`^${likeSource(pattern, escape)}$`, ignoresCase ? "isu" : "su");
    patterns.set(key, form);
  }
  return form.test(text);
}

function likeSource(pattern: string, escape: string | null): string {
  let source = "";
  const characters = [...pattern];
  for (let i = 0; i < characters.length; i += 1) {
    const character = characters[i] as string;
    if (character === escape && i + 1 < characters.length) {
      i += 1;
      source += literally(characters[i] as string);
    } else source += character === "%" ? ".*" : character === "_" ? "." : literally(character);
  }
  return source;
}

function literally(character: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(character) ? `\\${character}` : character;
}
