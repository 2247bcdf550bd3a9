/**
 * Operators as data: how they are written, how tightly they bind, and what their negation is. Precedence decides where
 * a compiler sets parentheses; the numbers follow SQLAlchemy's table, so that the two print alike.
 */
export interface Operator {
  /** Unique, part of cache keys. */
  readonly name: string;
  /** As it is written between (or before) its operands; a compiler may override it by name. */
  readonly symbol: string;
  readonly precedence: number;
  /** `a op (b op c)` equals `a op b op c`, so that no parentheses are needed. */
  readonly associative: boolean;
  /** It answers true, false or null. */
  readonly comparison: boolean;
  /** The name of the operator that answers the opposite. */
  readonly negation: string | null;
  /**
   * Databases do not agree on how tightly it binds: next to any other operator but AND and OR it stands in parentheses,
   * and so do its operands.
   */
  readonly eager?: boolean;
}

interface OperatorOptions {
  readonly associative?: boolean;
  readonly comparison?: boolean;
  readonly negation?: string;
  readonly eager?: boolean;
}

function operator(name: string, symbol: string, precedence: number, options: OperatorOptions = {}): Operator {
  return {
    name,
    symbol,
    precedence,
    associative: options.associative ?? false,
    comparison: options.comparison ?? false,
    negation: options.negation ?? null,
    eager: options.eager ?? false,
  };
}

// No comparison is associative, `=` of truth values neither: `a = (b = c)` asks whether the answer to `b = c` is `a`.
const comparison = (name: string, symbol: string, negation: string | null): Operator =>
  operator(name, symbol, 5, { comparison: true, ...(negation === null ? {} : { negation }) });

/** Operators of documents, arrays and ranges, as PostgreSQL writes them. */
const containment = (name: string, symbol: string): Operator =>
  operator(name, symbol, 5, { comparison: true, eager: true });

/** The library's own operators by name. Operators that users give (`op("&&")`) are objects of the same shape. */
export const operators = {
  eq: comparison("eq", "=", "ne"),
  ne: comparison("ne", "!=", "eq"),
  lt: comparison("lt", "<", "ge"),
  le: comparison("le", "<=", "gt"),
  gt: comparison("gt", ">", "le"),
  ge: comparison("ge", ">=", "lt"),
  is: comparison("is", "IS", "isNot"),
  isNot: comparison("isNot", "IS NOT", "is"),
  isDistinctFrom: comparison("isDistinctFrom", "IS DISTINCT FROM", "isNotDistinctFrom"),
  isNotDistinctFrom: comparison("isNotDistinctFrom", "IS NOT DISTINCT FROM", "isDistinctFrom"),
  in: comparison("in", "IN", "notIn"),
  notIn: comparison("notIn", "NOT IN", "in"),
  like: comparison("like", "LIKE", "notLike"),
  notLike: comparison("notLike", "NOT LIKE", "like"),
  ilike: comparison("ilike", "ILIKE", "notIlike"),
  notIlike: comparison("notIlike", "NOT ILIKE", "ilike"),
  regexpMatch: comparison("regexpMatch", "REGEXP", "notRegexpMatch"),
  notRegexpMatch: comparison("notRegexpMatch", "NOT REGEXP", "regexpMatch"),
  match: comparison("match", "MATCH", "notMatch"),
  notMatch: comparison("notMatch", "NOT MATCH", "match"),
  between: comparison("between", "BETWEEN", "notBetween"),
  notBetween: comparison("notBetween", "NOT BETWEEN", "between"),
  add: operator("add", "+", 7, { associative: true }),
  sub: operator("sub", "-", 7),
  mul: operator("mul", "*", 8, { associative: true }),
  div: operator("div", "/", 8),
  intDiv: operator("intDiv", "/", 8),
  mod: operator("mod", "%", 8),
  concat: operator("concat", "||", 6, { associative: true }),
  bitAnd: operator("bitAnd", "&", 7),
  bitOr: operator("bitOr", "|", 7),
  bitXor: operator("bitXor", "^", 7),
  bitShiftLeft: operator("bitShiftLeft", "<<", 7),
  bitShiftRight: operator("bitShiftRight", ">>", 7),
  pow: operator("pow", "^", 9),
  // documents: an element, what a path leads to, and either as plain text
  jsonGet: operator("jsonGet", "->", 15, { eager: true }),
  jsonPath: operator("jsonPath", "#>", 15, { eager: true }),
  jsonGetText: operator("jsonGetText", "->>", 15, { eager: true }),
  jsonPathText: operator("jsonPathText", "#>>", 15, { eager: true }),
  deletePath: operator("deletePath", "#-", 15, { eager: true }),
  deleteKey: operator("deleteKey", "-", 15, { eager: true }),
  hasKey: containment("hasKey", "?"),
  hasAny: containment("hasAny", "?|"),
  hasAll: containment("hasAll", "?&"),
  pathExists: containment("pathExists", "@?"),
  pathMatch: containment("pathMatch", "@@"),
  // documents, arrays and ranges
  contains: containment("contains", "@>"),
  containedBy: containment("containedBy", "<@"),
  overlaps: containment("overlaps", "&&"),
  strictlyLeftOf: containment("strictlyLeftOf", "<<"),
  strictlyRightOf: containment("strictlyRightOf", ">>"),
  notExtendRightOf: containment("notExtendRightOf", "&<"),
  notExtendLeftOf: containment("notExtendLeftOf", "&>"),
  adjacentTo: containment("adjacentTo", "-|-"),
  regexpReplace: operator("regexpReplace", "REGEXP_REPLACE", 16),
  collate: operator("collate", "COLLATE", 4),
  // unary
  neg: operator("neg", "-", 8),
  // PostgreSQL binds it less tightly than arithmetic, and reads ~~ as LIKE.
  bitNot: operator("bitNot", "~", 7),
  not: operator("not", "NOT", 5),
  exists: operator("exists", "EXISTS", 16, { comparison: true }),
  distinct: operator("distinct", "DISTINCT", 5),
  any: operator("any", "ANY", 15),
  all: operator("all", "ALL", 15),
  asc: operator("asc", "ASC", 3),
  desc: operator("desc", "DESC", 3),
  nullsFirst: operator("nullsFirst", "NULLS FIRST", 3),
  nullsLast: operator("nullsLast", "NULLS LAST", 3),
  // lists
  and: operator("and", "AND", 3, { associative: true }),
  or: operator("or", "OR", 2, { associative: true }),
} as const satisfies Record<string, Operator>;

const byName: Readonly<Record<string, Operator>> = operators;

/** The operator that says the same with its operands exchanged: `a < b` is `b > a`. */
export function mirrored(op: Operator): Operator {
  switch (op) {
    case operators.lt:
      return operators.gt;
    case operators.le:
      return operators.ge;
    case operators.gt:
      return operators.lt;
    case operators.ge:
      return operators.le;
    default:
      return op;
  }
}

/** The operator that answers the opposite, if there is one. */
export function negationOf(op: Operator): Operator | null {
  return op.negation === null ? null : (byName[op.negation] ?? null);
}
