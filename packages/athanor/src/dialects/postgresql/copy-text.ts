// The text format of COPY: a line for each row, tabs between the values, backslashes before what would be mistaken.
// https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.2

const escapes: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
};
const unescapes: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };

// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what has to be escaped
const escapable = /[\\\u0008-\u000d]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the same
const allEscapable = /[\\\u0008-\u000d]/g;

/** A value in the driver's form as it stands in a line. */
export function copyField(value: unknown): string {
  if (value === null) return "\\N";
  if (typeof value === "number") return String(value);
  if (value instanceof Uint8Array)
    return `\\\\x${Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  const text = String(value);
  // Most texts have nothing to escape, and to find that out is cheaper than to replace nothing.
  return escapable.test(text) ? text.replace(allEscapable, (character) => escapes[character] ?? character) : text;
}

/** The values of a line, without its end: what the readers of its columns make of their texts, and null. */
export function copyFields(line: string, readers: readonly ((text: string) => unknown)[] = []): unknown[] {
  const fields: unknown[] = line.split("\t");
  // Mostly there is nothing to undo in the whole line, NULL included.
  const isPlain = !line.includes("\\");
  for (let i = 0; i < fields.length; i += 1) {
    const text = isPlain ? (fields[i] as string) : unescaped(fields[i] as string);
    const read = readers[i];
    fields[i] = text === null || read === undefined ? text : read(text);
  }
  return fields;
}

function unescaped(field: string): string | null {
  if (field === "\\N") return null;
  if (!field.includes("\\")) return field;
  return field.replace(/\\(.)/gs, (_, character: string) => unescapes[character] ?? character);
}

/** Lines out of pieces of any length; a line that is not ended yet is kept for the next piece. */
export class LineReader {
  readonly #decoder = new TextDecoder();
  #rest = "";

  read(piece: Uint8Array): string[] {
    const lines = (this.#rest + this.#decoder.decode(piece, { stream: true })).split("\n");
    this.#rest = lines.pop() ?? "";
    return lines;
  }
}
