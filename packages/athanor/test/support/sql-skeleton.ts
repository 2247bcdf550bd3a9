/** How a database reads quotes. */
export interface QuotingRules {
  readonly identifierQuotes: string;
  /** A backslash inside a string takes the meaning of what follows. */
  readonly backslashEscapes: boolean;
  /** `$tag$ … $tag$` is a string. */
  readonly dollarQuotes: boolean;
  /** `E'…'` is a string with backslashes. */
  readonly escapeStrings: boolean;
}

export const sqliteRules: QuotingRules = {
  identifierQuotes: '"`[',
  backslashEscapes: false,
  dollarQuotes: false,
  escapeStrings: false,
};
/** With standard_conforming_strings, as it is by default. */
export const postgresqlRules: QuotingRules = {
  identifierQuotes: '"',
  backslashEscapes: false,
  dollarQuotes: true,
  escapeStrings: true,
};
export const mysqlRules: QuotingRules = {
  identifierQuotes: "`",
  backslashEscapes: true,
  dollarQuotes: false,
  escapeStrings: false,
};
export const mysqlWithoutBackslashes: QuotingRules = { ...mysqlRules, backslashEscapes: false };

/**
 * A statement with every quoted name and every string in it replaced by a mark, as a database reads it. What is left does
 * not depend on the names and values, or one of them has broken out. Throws where a quote or a comment has no end.
 */
export function skeleton(sql: string, rules: QuotingRules): string {
  let text = "";
  let i = 0;
  while (i < sql.length) {
    const rest = sql.slice(i);
    const token = stringToken(rest, rules) ?? identifierToken(rest, rules);
    if (token !== null) {
      text += token.mark;
      i += token.length;
    } else if (/^(--|\/\*|#(?![->#])|;)/.test(rest)) throw new SyntaxError(`A comment or a second statement: ${rest}`);
    else {
      text += sql[i];
      i += 1;
    }
  }
  return text;
}

interface Token {
  readonly mark: string;
  readonly length: number;
}

function stringToken(rest: string, { backslashEscapes, dollarQuotes, escapeStrings }: QuotingRules): Token | null {
  const prefix = escapeStrings ? (/^[eE](?=')/.exec(rest)?.[0] ?? "") : "";
  if (rest[prefix.length] === "'") {
    return {
      mark: "'…'",
      length: prefix.length + quoted(rest.slice(prefix.length), "'", backslashEscapes || prefix !== ""),
    };
  }
  const tag = dollarQuotes ? /^\$(?:[A-Za-z_]\w*)?\$/.exec(rest)?.[0] : undefined;
  if (tag === undefined) return null;
  const end = rest.indexOf(tag, tag.length);
  if (end < 0) throw new SyntaxError(`A string without an end: ${rest}`);
  return { mark: "'…'", length: end + tag.length };
}

function identifierToken(rest: string, { identifierQuotes }: QuotingRules): Token | null {
  const first = rest[0] ?? "";
  if (!identifierQuotes.includes(first)) return null;
  if (first !== "[") return { mark: "<…>", length: quoted(rest, first, false) };
  const end = rest.indexOf("]");
  return end < 0 ? null : { mark: "<…>", length: end + 1 };
}

/** The length of what begins with a quote. */
function quoted(rest: string, quote: string, backslashes: boolean): number {
  for (let i = 1; i < rest.length; i += 1) {
    if (backslashes && rest[i] === "\\") i += 1;
    else if (rest[i] === quote) {
      if (rest[i + 1] !== quote) return i + 1;
      i += 1;
    }
  }
  throw new SyntaxError(`A quote without an end: ${rest}`);
}
