import { IdentifierError } from "../../errors/errors.ts";
import { reservedWords } from "./reserved-words.ts";

const simpleName = /^[a-z_][a-z0-9_$]*$/;

/** An identifier with quotes where it needs them, or always. */
export function quoteIdentifier(identifier: string, always: boolean = false): string {
  if (!always && simpleName.test(identifier) && !reservedWords.has(identifier)) return identifier;
  if (identifier === "" || identifier.includes("\u0000")) {
    throw new IdentifierError(`${JSON.stringify(identifier)} is no identifier: it is empty or contains NUL.`);
  }
  return `"${identifier.replaceAll('"', '""')}"`;
}
