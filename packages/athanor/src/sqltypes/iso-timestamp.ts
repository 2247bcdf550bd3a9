import { refuseResult } from "./refuse.ts";

/** An instant in UTC, as PostgreSQL reads it: years beyond 9999 have no sign, those before year 1 are `BC`. */
export function isoTimestamp(date: Date): string {
  const year = date.getUTCFullYear();
  const iso = date.toISOString();
  if (year > 0 && year < 10_000) return iso;
  const rest = iso.slice(iso.indexOf("-", 1));
  return year > 0 ? `${year}${rest}` : `${String(1 - year).padStart(4, "0")}${rest} BC`;
}

const isoForm =
  /^(\d{4,6})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))?)?(?:([+-])(\d{2})(?::(\d{2}))?(?::(\d{2}))?|Z)?( BC)?$/;

/**
 * Reads an instant from text: `2020-01-02 03:04:05.678901+05:30`. Without an offset it is UTC. A Date has milliseconds;
 * further digits are cut off.
 */
export function readIsoTimestamp(value: unknown): Date {
  if (typeof value !== "string") return refuseResult("timestamp()", "dates with times as text", value);
  const instant = commonForm(value);
  return Number.isNaN(instant) ? readAnyForm(value) : new Date(instant);
}

/** `YYYY-MM-DD HH:MM:SS`, a fraction and an offset of whole hours behind it or not; NaN for every other form. */
function commonForm(text: string): number {
  const { length } = text;
  if (length < 19 || text[4] !== "-" || text[7] !== "-" || text[10] !== " ") return Number.NaN;
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  // Date.UTC takes the years 0 to 99 for 1900 to 1999.
  if (year < 100) return Number.NaN;
  let end = 19;
  let milliseconds = 0;
  if (text[19] === ".") {
    for (let weight = 100; ; weight /= 10) {
      end += 1;
      const value = text.charCodeAt(end) - 48;
      if (!(value >= 0 && value <= 9)) break;
      if (weight >= 1) milliseconds += value * weight;
    }
  }
  let hours = 0;
  if (end < length) {
    const sign = text[end];
    if (length !== end + 3 || (sign !== "+" && sign !== "-")) return Number.NaN;
    hours = sign === "-" ? -twoDigits(text, end + 1) : twoDigits(text, end + 1);
  }
  return Date.UTC(
    year,
    twoDigits(text, 5) - 1,
    twoDigits(text, 8),
    twoDigits(text, 11) - hours,
    twoDigits(text, 14),
    twoDigits(text, 17),
    milliseconds,
  );
}

function twoDigits(text: string, index: number): number {
  const tens = text.charCodeAt(index) - 48;
  const ones = text.charCodeAt(index + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

function readAnyForm(text: string): Date {
  const match = isoForm.exec(text);
  if (match === null) throw new TypeError(beyondDate(text));
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "", sign, ...rest] = match;
  const [offsetHours = "0", offsetMinutes = "0", offsetSeconds = "0", era] = rest;
  const date = new Date(0);
  date.setUTCFullYear(era === undefined ? Number(year) : 1 - Number(year), Number(month) - 1, Number(day));
  date.setUTCHours(Number(hour), Number(minute), Number(second), Number(fraction.padEnd(3, "0").slice(0, 3)));
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60 + Number(offsetSeconds);
  const instant = date.getTime() - (sign === "-" ? -offset : offset) * 1000;
  if (Number.isNaN(new Date(instant).getTime())) throw new TypeError(beyondDate(text));
  return new Date(instant);
}

function beyondDate(text: string): string {
  return /^-?infinity$|^\d{6}-/.test(text)
    ? `timestamp() reads instants that a Date holds, and the database gave ${text.slice(0, 10)}; read the column as text`
    : "timestamp() reads dates with times, but the database gave a text of another form";
}
