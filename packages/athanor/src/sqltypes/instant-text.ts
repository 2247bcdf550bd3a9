import { readIsoTimestamp } from "./iso-timestamp.ts";
import { refuseResult, refuseValue } from "./refuse.ts";
import { SqlType, type TypeTraits } from "./sql-type.ts";
import { readTimestamp, timestampText } from "./timestamp.ts";

const form =
  /^(?<day>\d{4}-\d{2}-\d{2})[T ](?<time>\d{2}:\d{2}(?::\d{2})?)(?:\.(?<fraction>\d{1,9}))?\s*(?<offset>Z|[+-]\d{2}(?::?\d{2})?)?$/i;

/**
 * An instant as text in ISO 8601, with every digit of a second's fraction that the database keeps:
 * `2024-02-29T12:30:00.123456Z`. It is given with any offset, without one in UTC, and read in UTC. PostgreSQL's `infinity`
 * and `-infinity` are given and read as they are.
 */
export class InstantTextType extends SqlType<string> {
  readonly kind = "timestamp";
  readonly affinity = "timestamp";
  readonly timezone: boolean;

  constructor(options: { readonly timezone?: boolean } = {}) {
    super();
    this.timezone = options.timezone ?? false;
  }

  override get key(): string {
    return this.timezone ? "timestamp:timezone:string" : "timestamp:string";
  }

  override bindProcessor(traits: TypeTraits): (value: unknown) => string {
    if (traits.temporal !== "iso") return inUtc;
    // Without an offset, the server would take the session's time zone.
    return (value) => (isInfinite(value) ? value : `${inUtc(value)}+00`);
  }

  override resultProcessor(traits: TypeTraits): (value: unknown) => string {
    const read = traits.temporal === "iso" ? readIsoTimestamp : readTimestamp;
    return (value) => {
      if (typeof value !== "string") return refuseResult('timestamp({ mode: "string" })', "dates with times", value);
      return isInfinite(value) ? value : isoText(read(value), value);
    };
  }

  override isUnchanged(snapshot: unknown, value: unknown): boolean {
    if (Object.is(snapshot, value)) return true;
    const before = instantKey(snapshot);
    return before !== null && before === instantKey(value);
  }
}

function isInfinite(value: unknown): value is string {
  return value === "infinity" || value === "-infinity";
}

/** `YYYY-MM-DD HH:MM:SS.ffffff`, in UTC. */
function inUtc(value: unknown): string {
  const text = typeof value === "string" ? normalized(value) : null;
  if (text !== null) return text;
  return refuseValue('timestamp({ mode: "string" })', 'an instant as text, such as "2024-02-29T12:30:00.5Z"', value);
}

function normalized(text: string): string | null {
  const parts = form.exec(text)?.groups;
  if (parts === undefined) return null;
  const { day = "", time = "", fraction = "", offset = "Z" } = parts;
  if (/[1-9]/.test(fraction.slice(6))) {
    throw new RangeError('timestamp({ mode: "string" }) takes microseconds, and the text has more digits');
  }
  const zone = /^z$/i.test(offset) ? "Z" : `${offset.slice(0, 3)}:${offset.slice(3).replace(":", "") || "00"}`;
  const seconds = time.length === 5 ? `${time}:00` : time;
  const date = new Date(`${day}T${seconds}${zone}`);
  // JavaScript takes the 30th of February for the 1st of March.
  if (Number.isNaN(date.getTime()) || new Date(`${day}T00:00:00Z`).toISOString().slice(0, 10) !== day) return null;
  return `${timestampText(date).slice(0, 19)}.${fraction.padEnd(6, "0").slice(0, 6)}`;
}

function instantKey(value: unknown): string | null {
  if (typeof value !== "string") return null;
  return isInfinite(value) ? value : normalized(value);
}

/** The instant in ISO 8601, with the fraction of the text that it was read from. */
function isoText(date: Date, text: string): string {
  const fraction = (/\.(\d+)/.exec(text)?.[1] ?? "").slice(0, 6).replace(/0+$/, "");
  const seconds = date.toISOString().slice(0, -5);
  return `${seconds}${fraction === "" ? "" : `.${fraction}`}Z`;
}
