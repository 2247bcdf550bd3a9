/** What may contain a question mark that is no parameter; `--` begins a comment only before white space. */
const parts =
  /'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`(?:[^`]|``)*`|(?:#|--(?=\s|$))[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|(?<marker>\?)/gsu;

/** The number of `?` in a statement. */
export function parameterCount(sql: string): number {
  let count = 0;
  for (const { groups } of sql.matchAll(parts)) if (groups?.["marker"] !== undefined) count += 1;
  return count;
}
