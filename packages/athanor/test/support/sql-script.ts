import { readFileSync } from "node:fs";
import type { Engine } from "athanor";

// A comment, text in quotes (PostgreSQL's dollar quotes among them), or the end of a statement.
const pieces = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\]|''|\\[\s\S])*'|"(?:[^"]|"")*"|`[^`]*`|(\$\w*\$)[\s\S]*?\1|(;)/g;

/** The statements of an SQL script, without comments and without what is meant for a client (`\c database`). */
export function statementsOf(script: string): readonly string[] {
  const sql = script.replaceAll(/^\\.*$/gm, "");
  const statements: string[] = [];
  let statement = "";
  let start = 0;
  for (const match of sql.matchAll(pieces)) {
    const [piece, , end] = match;
    const isComment = piece.startsWith("--") || piece.startsWith("/*");
    if (!isComment && end === undefined) continue;
    statement += sql.slice(start, match.index);
    start = match.index + piece.length;
    if (end === undefined) continue;
    statements.push(statement.trim());
    statement = "";
  }
  return [...statements, (statement + sql.slice(start)).trim()].filter((each) => each !== "");
}

/** Runs a script on a database that is empty: what makes or chooses databases, or sets a session up, is left out. */
export async function runScript(engine: Engine, path: string): Promise<void> {
  const statements = statementsOf(readFileSync(path, "utf8")).filter(
    (statement) => !/^(?:(?:CREATE|DROP) DATABASE|USE|SET)\b/i.test(statement),
  );
  await engine.begin(async (connection) => {
    for (const statement of statements) await connection.execDriverSql(statement);
  });
}
