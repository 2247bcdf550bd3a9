import { isoInterval, readIsoInterval } from "./iso-interval.ts";
import { refuseResult, refuseValue } from "./refuse.ts";
import { SqlType, type TypeTraits } from "./sql-type.ts";

const epochForm = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})(?:\.(\d{1,6}))?$/;

/**
 * A length of time: a number of milliseconds, exact to the microsecond. Databases without such a type hold it as the
 * instant that far from 1970-01-01, as SQLAlchemy does (`1970-01-02 00:00:00.000000` is one day). Where the database counts in
 * months, a month is read as 30 days and a year as 365.
 */
export class IntervalType extends SqlType<number> {
  readonly kind = "interval";
  readonly affinity = "interval";

  override bindProcessor(traits: TypeTraits): (value: unknown) => unknown {
    if (traits.temporal === "iso") return (value) => isoInterval(finiteNumber(value));
    return traits.temporal === "text" ? intervalText : finiteNumber;
  }

  override resultProcessor(traits: TypeTraits): ((value: unknown) => unknown) | null {
    if (traits.temporal === "iso") return readIsoInterval;
    return traits.temporal === "text" ? readInterval : null;
  }
}

function finiteNumber(value: unknown): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  return refuseValue("interval()", "a number of milliseconds", value);
}

function intervalText(value: unknown): string {
  const milliseconds = finiteNumber(value);
  let whole = Math.floor(milliseconds);
  let micros = Math.round((milliseconds - whole) * 1000);
  if (micros === 1000) {
    whole += 1;
    micros = 0;
  }
  const date = new Date(whole);
  const iso = Number.isNaN(date.getTime()) ? "" : date.toISOString();
  if (iso.length !== 24) throw new RangeError("interval() takes at most some 8,000 years where it is stored as text");
  return `${iso.slice(0, 10)} ${iso.slice(11, 23)}${String(micros).padStart(3, "0")}`;
}

function readInterval(value: unknown): number {
  if (typeof value !== "string") return refuseResult("interval()", "lengths of time as text", value);
  const match = epochForm.exec(value);
  if (match === null) {
    throw new TypeError("interval() reads lengths of time, but the database gave a text of another form");
  }
  const [, day = "", time = "", fraction = ""] = match;
  return Date.parse(`${day}T${time}Z`) + Number(fraction.padEnd(6, "0")) / 1000;
}
