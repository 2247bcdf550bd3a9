/** Parameters as people read them in a log line or a message: long values cut, long lists shortened. */
const longestText = 300;
const mostSets = 10;
const mostValues = 100;

/** One set of parameters, positional or by name. */
export function parametersText(parameters: readonly unknown[] | Readonly<Record<string, unknown>>): string {
  if (!Array.isArray(parameters)) {
    const named = parameters as Readonly<Record<string, unknown>>;
    return `{${Object.keys(named)
      .map((key) => `${key}: ${valueText(named[key])}`)
      .join(", ")}}`;
  }
  return listText(parameters, mostValues, valueText);
}

/** The parameters of a batch: the first sets and the last ones. */
export function parameterSetsText(sets: readonly (readonly unknown[])[]): string {
  return listText(sets, mostSets, parametersText);
}

function listText<T>(items: readonly T[], most: number, text: (item: T) => string): string {
  if (items.length <= most) return `[${items.map(text).join(", ")}]`;
  const tail = 2;
  const shown = [
    ...items.slice(0, most - tail).map(text),
    `… ${items.length - most} more of ${items.length} …`,
    ...items.slice(-tail).map(text),
  ];
  return `[${shown.join(", ")}]`;
}

function valueText(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(shortened(value));
    case "bigint":
      return `${value}n`;
    case "object":
      break;
    default:
      return String(value);
  }
  if (value === null) return "null";
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return `<${value.byteLength} bytes>`;
  if (Array.isArray(value)) return listText<unknown>(value, mostValues, valueText);
  try {
    return shortened(JSON.stringify(value) ?? String(value));
  } catch {
    return `<${value.constructor?.name ?? "object"}>`;
  }
}

function shortened(text: string): string {
  if (text.length <= longestText) return text;
  const end = Math.floor(longestText / 2);
  return `${text.slice(0, end)} … (${text.length - 2 * end} characters left out) … ${text.slice(-end)}`;
}
