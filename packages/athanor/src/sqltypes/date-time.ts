import { describeValue, isDate, refuseResult, refuseValue } from "./refuse.ts";
import { SqlType, type TypeTraits } from "./sql-type.ts";

const dateForm = /^\d{4}-\d{2}-\d{2}$/;
const timeForm = /^(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?$/;

/** A day of the calendar, as text `YYYY-MM-DD`: a Date would be an instant, and another day elsewhere. */
export class DateType extends SqlType<string> {
  readonly kind = "date";
  readonly affinity = "date";

  override bindProcessor(traits: TypeTraits): (value: unknown) => unknown {
    return traits.temporal === "iso" ? (value) => (isBeyondCalendar(value) ? value : bindDate(value)) : bindDate;
  }

  override resultProcessor(traits: TypeTraits): ((value: unknown) => unknown) | null {
    return traits.temporal === "text" ? readDate : null;
  }
}

/**
 * A time of day, as text `HH:MM:SS` with up to six digits of a second's fraction. It is read back without trailing
 * zeros of the fraction.
 */
export class TimeType extends SqlType<string> {
  readonly kind = "time";
  readonly affinity = "time";

  override bindProcessor(traits: TypeTraits): (value: unknown) => unknown {
    return traits.temporal === "text" ? timeText : (value) => readTime(timeText(value));
  }

  override resultProcessor(traits: TypeTraits): ((value: unknown) => unknown) | null {
    return traits.temporal === "text" ? readTime : null;
  }

  override isUnchanged(snapshot: unknown, value: unknown): boolean {
    if (Object.is(snapshot, value)) return true;
    return typeof snapshot === "string" && typeof value === "string" && fullTime(snapshot) === fullTime(value);
  }
}

/** Days that only some databases have: of years with more digits, before Christ, and the ends of time. */
function isBeyondCalendar(value: unknown): boolean {
  return typeof value === "string" && /^(?:-?infinity|\d{5,7}-\d{2}-\d{2}|\d{4,7}-\d{2}-\d{2} BC)$/.test(value);
}

function bindDate(value: unknown): string {
  if (typeof value === "string" && isCalendarDay(value)) return value;
  if (isDate(value)) {
    throw new TypeError(
      `date() takes a day as text "YYYY-MM-DD", not ${describeValue(value)}, which is another day elsewhere; ` +
        "for an instant use timestamp()",
    );
  }
  if (typeof value === "string") throw new TypeError('date() takes a day as text "YYYY-MM-DD", and the string is none');
  return refuseValue("date()", 'a day as text "YYYY-MM-DD"', value);
}

const monthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isCalendarDay(text: string): boolean {
  if (!dateForm.test(text)) return false;
  const year = Number(text.slice(0, 4));
  const month = Number(text.slice(5, 7));
  const day = Number(text.slice(8));
  const leapDay = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 1 : 0;
  return day >= 1 && day <= (monthLengths[month - 1] ?? 0) + leapDay;
}

function readDate(value: unknown): string {
  if (typeof value !== "string") return refuseResult("date()", "days as text", value);
  // Others store a day with the time 00:00:00.
  return value.length > 10 && /^\d{4}-\d{2}-\d{2}[ T]/.test(value) ? value.slice(0, 10) : value;
}

/** A time of day in the form `HH:MM:SS.ffffff`, which sorts as times do; null where the text is none. */
function fullTime(text: string): string | null {
  const match = timeForm.exec(text);
  if (match === null) return null;
  const [, hour = "", minute = "", second = "00", fraction = ""] = match;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  return `${hour}:${minute}:${second}.${fraction.padEnd(6, "0")}`;
}

function timeText(value: unknown): string {
  if (typeof value !== "string") return refuseValue("time()", 'a time of day as text "HH:MM:SS"', value);
  const text = fullTime(value);
  if (text === null) throw new TypeError('time() takes a time of day as text "HH:MM:SS", and the string is none');
  return text;
}

function readTime(value: unknown): string {
  if (typeof value !== "string") return refuseResult("time()", "times of day as text", value);
  const text = fullTime(value);
  if (text === null) throw new TypeError("time() reads times of day, but the database gave a text of another form");
  return text.endsWith(".000000") ? text.slice(0, 8) : text.replace(/0+$/, "");
}
