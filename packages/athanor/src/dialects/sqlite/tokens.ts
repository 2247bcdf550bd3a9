/** A token of SQLite's SQL, with where it stands in the text. */
export interface Token {
  /** `name`: an identifier in quotes; `word`: one without, or a keyword. */
  readonly kind: "word" | "name" | "string" | "number" | "blob" | "symbol";
  /** What it means: identifiers and strings without their quotes. */
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

// In the order in which they are tried: comments and white space first, an operator of any length last, sign by sign.
const form =
  /(\s+|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|([xX]'[^']*')|('(?:[^']|'')*')|("(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])|(0[xX][\da-fA-F]+|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)|([A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)|([\s\S])/gy;

/** Splits SQL into tokens; comments and white space are left out. */
export function tokensOf(sql: string): readonly Token[] {
  const tokens: Token[] = [];
  for (const match of sql.matchAll(form)) {
    const [text, space, blob, string, name, number, word] = match;
    if (space !== undefined) continue;
    const place = { start: match.index, end: match.index + text.length };
    if (blob !== undefined) tokens.push({ kind: "blob", value: text, ...place });
    else if (string !== undefined)
      tokens.push({ kind: "string", value: text.slice(1, -1).replaceAll("''", "'"), ...place });
    else if (name !== undefined) tokens.push({ kind: "name", value: unquoted(text), ...place });
    else if (number !== undefined) tokens.push({ kind: "number", value: text, ...place });
    else tokens.push({ kind: word === undefined ? "symbol" : "word", value: text, ...place });
  }
  return tokens;
}

function unquoted(text: string): string {
  const quote = text[0] ?? "";
  const inner = text.slice(1, -1);
  return quote === "[" ? inner : inner.replaceAll(quote + quote, quote);
}

/** Walks along the tokens of a statement. */
export class TokenReader {
  readonly sql: string;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(sql: string) {
    this.sql = sql;
    this.#tokens = tokensOf(sql);
  }

  get done(): boolean {
    return this.#at >= this.#tokens.length;
  }
  peek(offset: number = 0): Token | undefined {
    return this.#tokens[this.#at + offset];
  }
  next(): Token | undefined {
    const token = this.peek();
    this.#at += 1;
    return token;
  }

  /** Whether these keywords come next. */
  sees(...words: readonly string[]): boolean {
    return words.every((word, i) => {
      const token = this.peek(i);
      return token?.kind === "word" && token.value.toUpperCase() === word;
    });
  }
  seesSymbol(symbol: string): boolean {
    const token = this.peek();
    return token?.kind === "symbol" && token.value === symbol;
  }
  /** Passes over these keywords, if they come next. */
  take(...words: readonly string[]): boolean {
    if (!this.sees(...words)) return false;
    this.#at += words.length;
    return true;
  }
  takeSymbol(symbol: string): boolean {
    if (!this.seesSymbol(symbol)) return false;
    this.#at += 1;
    return true;
  }

  /** An identifier, with or without quotes; SQLite takes strings for identifiers as well. */
  name(): string {
    return this.next()?.value ?? "";
  }

  /** Passes over what stands in parentheses, and gives its text; null where there are none. */
  parenthesized(): string | null {
    const open = this.peek();
    if (open === undefined || !this.takeSymbol("(")) return null;
    for (let depth = 1; !this.done; ) {
      const token = this.next();
      if (token?.kind !== "symbol") continue;
      if (token.value === "(") depth += 1;
      if (token.value === ")") depth -= 1;
      if (depth === 0) return this.sql.slice(open.end, token.start).trim();
    }
    return this.sql.slice(open.end).trim();
  }

  /** Passes over elements in parentheses, separated by commas; the text of each. */
  elements(): readonly string[] {
    if (!this.takeSymbol("(")) return [];
    const elements: string[] = [];
    let start = this.peek()?.start ?? this.sql.length;
    for (let depth = 1; !this.done; ) {
      const token = this.next();
      if (token?.kind !== "symbol") continue;
      if (token.value === "(") depth += 1;
      if (token.value === ")") depth -= 1;
      if (depth > 1 || (depth === 1 && token.value !== ",")) continue;
      elements.push(this.sql.slice(start, token.start).trim());
      start = token.end;
      if (depth === 0) break;
    }
    return elements;
  }

  /** Passes over column names in parentheses, each perhaps with a collation and a direction. */
  columnNames(): readonly string[] {
    return this.elements().map((element) => tokensOf(element)[0]?.value ?? "");
  }
}

/** Whether a text is one literal, keyword or name, or stands in parentheses as a whole. */
export function isSingleTerm(sql: string): boolean {
  const reader = new TokenReader(sql);
  if (reader.seesSymbol("(")) {
    reader.parenthesized();
    return reader.done;
  }
  const signed = reader.takeSymbol("-") || reader.takeSymbol("+");
  const token = reader.next();
  return reader.done && token !== undefined && (signed ? token.kind === "number" : token.kind !== "symbol");
}
