/**
 * Brings two spellings of one statement to the same form, as the oracle's README allows under "Comparing": whitespace,
 * keyword case, quoting, parameter style, generated names, casts behind parameters, redundant parentheses, `!=`.
 * What it leaves different is different.
 */

type Token =
  | { readonly kind: "word"; readonly text: string }
  | { readonly kind: "name"; readonly text: string }
  | { readonly kind: "string" | "number" | "symbol" | "parameter"; readonly text: string };

const tokenForm =
  /\s+|'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\$\d+|%\(\w+\)s|%s|\?|(?<![:\w]):(?:[A-Za-z_]\w*|\d+_\d+)|\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|[A-Za-z_]\w*|::|<=>|->>|->|#>>|#>|<@|@>|\|\||<<|>>|<=|>=|<>|!=|&&|[^\s]/g;

function tokenise(sql: string): Token[] {
  const tokens: Token[] = [];
  for (const [text] of sql.matchAll(tokenForm)) {
    const first = text[0] ?? "";
    if (/\s/.test(first)) continue;
    if (first === "'") tokens.push({ kind: "string", text });
    else if (first === '"' || first === "`") {
      tokens.push({ kind: "name", text: text.slice(1, -1).replaceAll(first + first, first) });
    } else if (/^(\$\d+|%s|%\(\w+\)s|\?|:\w+)$/.test(text)) tokens.push({ kind: "parameter", text: "?" });
    else if (/\d/.test(first)) tokens.push({ kind: "number", text: text.toLowerCase() });
    else if (/[A-Za-z_]/.test(first)) tokens.push({ kind: "word", text: text.toLowerCase() });
    else tokens.push({ kind: "symbol", text: text === "!=" ? "<>" : text });
  }
  return tokens;
}

// ── what drivers and compilers add ───────────────────────────────────────────

/** Drops `::TYPE` behind parameters, which a PostgreSQL driver adds. */
function withoutParameterCasts(tokens: readonly Token[]): Token[] {
  const kept: Token[] = [];
  for (let i = 0; i < tokens.length; i += 1) {
    const token = tokens[i];
    if (token === undefined) break;
    if (token.text !== "::" || kept.at(-1)?.kind !== "parameter") {
      kept.push(token);
      continue;
    }
    i += 1;
    while (
      ["word", "name"].includes(tokens[i + 1]?.kind ?? "") &&
      /^(precision|varying|with|without|time|zone)$/.test(tokens[i + 1]?.text ?? "")
    )
      i += 1;
    if (tokens[i + 1]?.text === "(") while (tokens[i]?.text !== ")" && i < tokens.length) i += 1;
    while (tokens[i + 1]?.text === "[") i += 2;
  }
  return kept;
}

/** Generated labels and aliases (`anon_1`, `users_1`, `id__1`) become `~1`, `~2` … in the order of appearance. */
function withPlainGeneratedNames(tokens: readonly Token[]): Token[] {
  const names = new Map<string, string>();
  return tokens.map((token) => {
    if ((token.kind !== "word" && token.kind !== "name") || !/^[A-Za-z_]\w*_\d+$/.test(token.text)) return token;
    const known = names.get(token.text) ?? `~${names.size + 1}`;
    names.set(token.text, known);
    return { kind: "name", text: known };
  });
}

// ── parentheses ──────────────────────────────────────────────────────────────

type Part = Token | Group;
interface Group {
  readonly kind: "group";
  readonly parts: readonly Part[];
}

function nest(tokens: readonly Token[]): Part[] {
  const stack: Part[][] = [[]];
  for (const token of tokens) {
    if (token.kind === "symbol" && token.text === "(") stack.push([]);
    else if (token.kind === "symbol" && token.text === ")" && stack.length > 1) {
      const parts = stack.pop() ?? [];
      stack.at(-1)?.push({ kind: "group", parts });
    } else stack.at(-1)?.push(token);
  }
  return stack.flat();
}

/** How tightly an operator binds; what is no operator binds nothing. */
const precedences: Readonly<Record<string, number>> = {
  or: 1,
  and: 2,
  not: 3,
  "=": 5,
  "<>": 5,
  "<": 5,
  ">": 5,
  "<=": 5,
  ">=": 5,
  "<=>": 5,
  is: 5,
  in: 5,
  like: 5,
  ilike: 5,
  glob: 5,
  regexp: 5,
  match: 5,
  between: 5,
  "&": 6,
  "|": 6,
  "<<": 6,
  ">>": 6,
  "+": 7,
  "-": 7,
  "*": 8,
  "/": 8,
  "%": 8,
  "||": 9,
  "->": 9,
  "->>": 9,
  "#>": 9,
  "#>>": 9,
  collate: 10,
};
const associative = new Set(["and", "or", "+", "*", "||"]);
/** Words behind which parentheses enclose an expression; behind other words they belong to the word (a function, a list). */
const beforeExpression = new Set(
  "where on having and or not when then else case select by distinct between set limit offset returning".split(" "),
);

function operatorOf(part: Part | undefined): string | null {
  return part !== undefined &&
    part.kind !== "group" &&
    (part.kind === "symbol" || part.kind === "word") &&
    part.text in precedences
    ? part.text
    : null;
}

/** The loosest operator at the top of an expression; Infinity for an atom, null for what is no expression. */
function loosest(parts: readonly Part[]): { precedence: number; operators: ReadonlySet<string> } | null {
  const operators = new Set<string>();
  let precedence = Number.POSITIVE_INFINITY;
  for (const part of parts) {
    if (part.kind === "group") continue;
    if (part.text === "," || part.text === "select" || part.text === "with" || part.text === "values") return null;
    const operator = operatorOf(part);
    if (operator === null) continue;
    operators.add(operator);
    precedence = Math.min(precedence, precedences[operator] ?? 0);
  }
  // Several words in a row that are no operators (CASE … END, x AS y) hold together only by their parentheses.
  const words = parts.filter(
    (part) => part.kind === "word" && operatorOf(part) === null && part.text !== "null",
  ).length;
  if (operators.size === 0 && parts.length > 1 && words > 1 && !isReference(parts)) return null;
  return { precedence, operators };
}

function isReference(parts: readonly Part[]): boolean {
  return parts.every(
    (part) => part.kind === "word" || part.kind === "name" || (part.kind === "symbol" && part.text === "."),
  );
}

function isRedundant(group: Group, before: Part | undefined, after: Part | undefined): boolean {
  const [only, another] = group.parts;
  const opensList =
    before !== undefined && before.kind !== "group" && before.kind !== "symbol" && !beforeExpression.has(before.text);
  if (opensList || before?.kind === "group") return false;
  if (only === undefined) return false;
  if (before?.kind === "word" && before.text === "in") return false;
  if (another === undefined && only.kind === "group") return true;
  const inner = loosest(group.parts);
  if (inner === null) return false;
  const neighbours = [operatorOf(before), operatorOf(after)];
  // `NOT (…)`, and the minus of `a - (b + c)`, bind by position.
  return neighbours.every((operator) => {
    if (operator === null) return true;
    const outer = precedences[operator] ?? 0;
    return (
      inner.precedence > outer ||
      (inner.precedence === outer &&
        associative.has(operator) &&
        inner.operators.size === 1 &&
        inner.operators.has(operator))
    );
  });
}

function withoutRedundantGroups(parts: readonly Part[]): Part[] {
  const result: Part[] = [];
  parts.forEach((part, i) => {
    if (part.kind !== "group") {
      result.push(part);
      return;
    }
    const group: Group = { kind: "group", parts: withoutRedundantGroups(part.parts) };
    if (isRedundant(group, result.at(-1), parts[i + 1])) result.push(...group.parts);
    else result.push(group);
  });
  return result;
}

function print(parts: readonly Part[]): string {
  return parts.map((part) => (part.kind === "group" ? `( ${print(part.parts)} )` : printToken(part))).join(" ");
}

/** Quotes stay around names that need them. */
function printToken(token: Token): string {
  return token.kind !== "name" || /^(~\d+|[a-z_]\w*)$/.test(token.text) ? token.text : `"${token.text}"`;
}

/** A statement in normal form: equal for two spellings of the same statement. */
export function normaliseSql(sql: string): string {
  const tokens = withPlainGeneratedNames(withoutParameterCasts(tokenise(sql.trim().replace(/;$/, ""))));
  return print(withoutRedundantGroups(nest(tokens)))
    .replaceAll(" . ", ".")
    .replace(/\s+/g, " ")
    .trim();
}
