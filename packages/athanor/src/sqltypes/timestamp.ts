import { isDate, refuseResult, refuseValue } from "./refuse.ts";
import { SqlType, type TypeTraits } from "./sql-type.ts";

export interface TimestampOptions {
  /** TIMESTAMP WITH TIME ZONE, where the database tells the two apart. Either way the value is an instant. */
  readonly timezone?: boolean;
}

/**
 * An instant: a Date. Databases without time zones hold it in UTC, SQLite as text `2020-01-02 03:04:05.678000`, which
 * sorts as instants do. A Date has milliseconds; further digits of what others wrote are cut off.
 */
export class TimestampType extends SqlType<Date> {
  readonly kind = "timestamp";
  readonly affinity = "timestamp";
  readonly timezone: boolean;

  constructor(options: TimestampOptions = {}) {
    super();
    this.timezone = options.timezone ?? false;
  }

  override get key(): string {
    return this.timezone ? "timestamp:timezone" : "timestamp";
  }
  override get mutable(): boolean {
    return true;
  }

  override bindProcessor(traits: TypeTraits): (value: unknown) => unknown {
    return traits.temporal === "text" ? timestampText : validDate;
  }

  override resultProcessor(traits: TypeTraits): ((value: unknown) => unknown) | null {
    return traits.temporal === "text" ? readTimestamp : null;
  }

  override snapshot(value: unknown): unknown {
    return isDate(value) ? value.getTime() : value;
  }

  override isUnchanged(snapshot: unknown, value: unknown): boolean {
    return Object.is(snapshot, this.snapshot(value));
  }
}

function validDate(value: unknown): Date {
  if (isDate(value) && !Number.isNaN(value.getTime())) return value;
  return refuseValue("timestamp()", "a Date", value);
}

/** An instant in SQLite's format, in UTC. */
export function timestampText(value: unknown): string {
  const iso = validDate(value).toISOString();
  if (iso.length !== 24) throw new RangeError("timestamp() takes a Date of the years 0 to 9999");
  return `${iso.slice(0, 10)} ${iso.slice(11, 23)}000`;
}

const timestampForm =
  /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?(?:\s*(Z|[+-]\d{2}(?::?\d{2})?))?$/;

/** Reads an instant from text: with or without time, fraction and offset; without an offset it is UTC. */
export function readTimestamp(value: unknown): Date {
  if (typeof value !== "string") return refuseResult("timestamp()", "dates with times as text", value);
  const match = timestampForm.exec(value);
  if (match === null) return refuseTimestamp();
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "", offset] = match;
  const date = new Date(
    Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)) +
      Number(fraction.padEnd(3, "0").slice(0, 3)) -
      offsetMilliseconds(offset),
  );
  // Date.UTC takes the years 0 to 99 for 1900 to 1999.
  if (Number(year) < 100) date.setUTCFullYear(Number(year));
  return date;
}

function offsetMilliseconds(offset: string | undefined): number {
  if (offset === undefined || offset === "Z") return 0;
  const digits = offset.slice(1).replace(":", "");
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2, 4));
  return (offset.startsWith("-") ? -minutes : minutes) * 60_000;
}

function refuseTimestamp(): never {
  throw new TypeError("timestamp() reads dates with times, but the database gave a text of another form");
}
