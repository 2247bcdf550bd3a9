import { sameValue } from "./compare-values.ts";

/** Whether a value is what the oracle says, where it is read as the driver gives it: dates and documents may be text. */
export function sameStored(expected: unknown, actual: unknown): boolean {
  if (sameValue(expected, actual)) return true;
  if (typeof actual !== "string" || typeof expected !== "object" || expected === null) return false;
  const [entry] = Object.entries(expected);
  if (entry?.[0] === "$datetime") return Date.parse(`${actual}Z`) === Date.parse(`${entry[1]}Z`);
  if (entry?.[0] === "$date" || entry?.[0] === "$time") return actual.startsWith(String(entry[1]));
  try {
    return sameValue(expected, JSON.parse(actual));
  } catch {
    return false;
  }
}
