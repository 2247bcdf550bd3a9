import { refuseResult } from "./refuse.ts";

const dayLength = 86_400_000;

/** Milliseconds as PostgreSQL reads an interval, exact to the microsecond: days, and seconds of the last one. */
export function isoInterval(milliseconds: number): string {
  const days = Math.trunc(milliseconds / dayLength);
  const micros = Math.round((milliseconds - days * dayLength) * 1000);
  const seconds = Math.trunc(micros / 1_000_000);
  const fraction = String(Math.abs(micros % 1_000_000)).padStart(6, "0");
  return `${days} days ${micros < 0 && seconds === 0 ? "-0" : seconds}.${fraction} seconds`;
}

/** The parts of a length of time; each has a sign of its own. */
export interface IntervalParts {
  readonly years: number;
  readonly months: number;
  readonly days: number;
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
  readonly microseconds: number;
}

const partsForm =
  /^(?:([+-]?\d+) years? ?)?(?:([+-]?\d+) mons? ?)?(?:([+-]?\d+) days? ?)?(?:([+-]?)(\d+):(\d{2}):(\d{2})(?:\.(\d{1,6}))?)?$/;

/** Reads PostgreSQL's own form: `1 year 2 mons -3 days +04:05:06.789`; null where the text is none. */
export function intervalParts(text: string): IntervalParts | null {
  const match = text === "" ? null : partsForm.exec(text);
  if (match === null) return null;
  const [, years = "0", months = "0", days = "0", sign = "", hours = "0", minutes = "0", seconds = "0", fraction = ""] =
    match;
  const signed = (digits: string) => (sign === "-" && Number(digits) !== 0 ? -Number(digits) : Number(digits));
  return {
    years: Number(years),
    months: Number(months),
    days: Number(days),
    hours: signed(hours),
    minutes: signed(minutes),
    seconds: signed(seconds),
    microseconds: signed(fraction.padEnd(6, "0")),
  };
}

/** An interval in milliseconds. */
export function readIsoInterval(value: unknown): number {
  if (typeof value !== "string") return refuseResult("interval()", "lengths of time as text", value);
  const parts = intervalParts(value);
  if (parts === null) {
    throw new TypeError("interval() reads lengths of time, but the database gave a text of another form");
  }
  const seconds = (parts.hours * 60 + parts.minutes) * 60 + parts.seconds;
  const days = parts.years * 365 + parts.months * 30 + parts.days;
  return days * dayLength + seconds * 1000 + parts.microseconds / 1000;
}
