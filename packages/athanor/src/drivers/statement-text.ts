// What the text of a statement tells where SQLite's drivers do not.

const insertForm = /^(?:\s|--[^\n]*\n|\/\*.*?\*\/)*(?:insert|replace|with\b.*?\b(?:insert|replace)\s+into)\b/is;
const updateForm = /\bon\s+conflict\b.*\bdo\s+update\b/is;
const starForm = /(?:\bselect|\bdistinct|\ball|\breturning|,|\.)\s*\*/i;
// Its body holds statements.
const triggerForm = /\bcreate\s+(?:temp(?:orary)?\s+)?trigger\b/i;
/** What may contain anything, and parameters. */
const parts =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|(?<marker>\?\d*|[:@$][\p{L}_]+)/gu;

/** The statement inserts, and a row that it changes is one that it has inserted: its row id is the last one. */
export function generatesKeys(sql: string): boolean {
  return insertForm.test(sql) && !updateForm.test(sql);
}

/** The statement has a star, which stands for other columns when the table has changed. */
export function hasStar(sql: string): boolean {
  return starForm.test(sql);
}

/** The number of `?` in the statement; null where parameters are numbered or named. */
export function parameterCount(sql: string): number | null {
  let count = 0;
  for (const { groups } of sql.matchAll(parts)) {
    const marker = groups?.["marker"];
    if (marker === undefined) continue;
    if (marker !== "?") return null;
    count += 1;
  }
  return count;
}

/** The text holds more than one statement. */
export function isScript(sql: string): boolean {
  if (triggerForm.test(sql)) return false;
  const bare = sql.replace(parts, (part) => (part.startsWith("--") || part.startsWith("/*") ? " " : "x"));
  return bare.split(";").filter((statement) => statement.trim() !== "").length > 1;
}

const blank = /^(?:\s|;|--[^\n]*(?:\n|$)|\/\*[\s\S]*?(?:\*\/|$))*$/;

/** The text holds comments and white space only. */
export function isBlank(sql: string): boolean {
  return blank.test(sql);
}
