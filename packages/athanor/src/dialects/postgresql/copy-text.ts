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

/** A row of values in the driver's form as a line. */
export function copyLine(values: readonly unknown[]): string {
  return `${values.map(copyField).join("\t")}\n`;
}

function copyField(value: unknown): string {
  if (value === null) return "\\N";
  if (value instanceof Uint8Array)
    return `\\\\x${Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what has to be escaped
  return String(value).replace(/[\\\u0008-\u000d]/g, (character) => escapes[character] ?? character);
}

/** The values of a line, without its end: texts, and null. */
export function copyFields(line: string): (string | null)[] {
  return line.split("\t").map((field) => {
    if (field === "\\N") return null;
    if (!field.includes("\\")) return field;
    return field.replace(/\\(.)/gs, (_, character: string) => unescapes[character] ?? character);
  });
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
