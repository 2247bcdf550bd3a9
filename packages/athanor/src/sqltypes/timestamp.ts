import { isoTimestamp, readIsoTimestamp } from "./iso-timestamp.ts";
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
    if (traits.temporal === "iso") return (value) => isoTimestamp(validDate(value));
    return traits.temporal === "text" ? timestampText : validDate;
  }

  override resultProcessor(traits: TypeTraits): ((value: unknown) => unknown) | null {
    if (traits.temporal === "iso") return readIsoTimestamp;
    return traits.temporal === "text" ? readTimestamp : null;
  }

  override snapshot(value: unknown): unknown {
    return isDate(value) ? value.getTime() : value;
  }

  override restore(snapshot: unknown): unknown {
    return typeof snapshot === "number" ? new Date(snapshot) : snapshot;
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
  const date = validDate(value);
  const year = date.getUTCFullYear();
  if (year < 0 || year > 9999) throw new RangeError("timestamp() takes a Date of the years 0 to 9999");
  const day = `${pad(Math.floor(year / 100))}${pad(year % 100)}-${pad(date.getUTCMonth() + 1)}-${pad(date.getUTCDate())}`;
  const time = `${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}:${pad(date.getUTCSeconds())}`;
  const milliseconds = date.getUTCMilliseconds();
  return `${day} ${time}.${Math.floor(milliseconds / 100)}${pad(milliseconds % 100)}000`;
}

function pad(number: number): string {
  return number < 10 ? `0${number}` : `${number}`;
}

const timestampForm =
  /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?(?:\s*(Z|[+-]\d{2}(?::?\d{2})?))?$/;

/** Reads an instant from text: with or without time, fraction and offset; without an offset it is UTC. */
export function readTimestamp(value: unknown): Date {
  if (typeof value !== "string") return refuseResult("timestamp()", "dates with times as text", value);
  const instant = ownFormat(value);
  return Number.isNaN(instant) ? readAnyFormat(value) : new Date(instant);
}

/** Our own format `YYYY-MM-DD HH:MM:SS.ffffff`, and CURRENT_TIMESTAMP's without a fraction; NaN for every other. */
function ownFormat(text: string): number {
  const { length } = text;
  if ((length !== 26 && length !== 19) || text[4] !== "-" || text[7] !== "-" || text[10] !== " ") return Number.NaN;
  if (text[13] !== ":" || text[16] !== ":" || (length === 26 && text[19] !== ".")) return Number.NaN;
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  // Date.UTC takes the years 0 to 99 for 1900 to 1999.
  if (year < 100) return Number.NaN;
  const [month, day] = [twoDigits(text, 5), twoDigits(text, 8)];
  if (month === 0 || day === 0) return Number.NaN;
  const milliseconds = length === 26 ? twoDigits(text, 20) * 10 + digit(text, 22) : 0;
  return Date.UTC(year, month - 1, day, twoDigits(text, 11), twoDigits(text, 14), twoDigits(text, 17), milliseconds);
}

function digit(text: string, index: number): number {
  const value = text.charCodeAt(index) - 48;
  return value >= 0 && value <= 9 ? value : Number.NaN;
}

function twoDigits(text: string, index: number): number {
  return digit(text, index) * 10 + digit(text, index + 1);
}

function readAnyFormat(text: string): Date {
  const match = timestampForm.exec(text);
  if (match === null) {
    throw new TypeError("timestamp() reads dates with times, but the database gave a text of another form");
  }
  if (/^\d{4}-(?:00|\d{2}-00)/.test(text)) {
    throw new TypeError(
      "timestamp() reads days of the calendar, and the database gave one with a month or a day of zero; " +
        'on MySQL, declare the column as datetime({ zeroDates: "null" }) of athanor/mysql',
    );
  }
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "", offset] = match;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  date.setUTCHours(Number(hour), Number(minute), Number(second), Number(fraction.padEnd(3, "0").slice(0, 3)));
  return new Date(date.getTime() - offsetMilliseconds(offset));
}

function offsetMilliseconds(offset: string | undefined): number {
  if (offset === undefined || offset === "Z") return 0;
  const digits = offset.slice(1).replace(":", "");
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2, 4));
  return (offset.startsWith("-") ? -minutes : minutes) * 60_000;
}
