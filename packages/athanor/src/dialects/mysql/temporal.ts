import { refuseResult, refuseValue } from "../../sqltypes/refuse.ts";
import { SqlType, type TypeTraits } from "../../sqltypes/sql-type.ts";
import { TimestampType } from "../../sqltypes/timestamp.ts";

/** What a day that is none becomes: `0000-00-00`, and `2024-00-00`, which old servers and modes let in. */
export type ZeroDates = "error" | "null";

const zeroForm = /^\d{4}-(?:00-\d{2}|\d{2}-00)/;

function isZeroDate(value: unknown): boolean {
  return typeof value === "string" && zeroForm.test(value);
}

/** An instant in UTC, as a Date: to the millisecond. */
export class DateTimeType extends TimestampType {
  readonly zeroDates: ZeroDates;

  constructor(zeroDates: ZeroDates) {
    super();
    this.zeroDates = zeroDates;
  }
  override get key(): string {
    return `datetime:${this.zeroDates}`;
  }
  override resultProcessor(traits: TypeTraits): ((value: unknown) => unknown) | null {
    const read = super.resultProcessor(traits);
    if (this.zeroDates === "error" || read === null) return read;
    return (value) => (isZeroDate(value) ? null : read(value));
  }
}

const dateTimeForm = /^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?$/;

/** A day with a time of day as the database writes it, to the microsecond: `2024-02-29 23:59:59.999999`. */
export class DateTimeTextType extends SqlType<string> {
  readonly kind = "datetimeText";
  readonly affinity = "timestamp";
  readonly zeroDates: ZeroDates;

  constructor(zeroDates: ZeroDates) {
    super();
    this.zeroDates = zeroDates;
  }
  override get key(): string {
    return `datetimeText:${this.zeroDates}`;
  }
  override bindProcessor(_traits: TypeTraits): (value: unknown) => unknown {
    return (value) =>
      typeof value === "string" && dateTimeForm.test(value)
        ? value
        : refuseValue("datetime()", 'a text "YYYY-MM-DD HH:MM:SS.ffffff"', value);
  }
  override resultProcessor(_traits: TypeTraits): ((value: unknown) => unknown) | null {
    return this.zeroDates === "error" ? null : (value) => (isZeroDate(value) ? null : value);
  }
}

const timeForm = /^(-)?(\d{1,3}):(\d{2}):(\d{2})(?:\.(\d{1,6}))?$/;

/** A length of time, as text: from `-838:59:59` to `838:59:59`, with up to six digits of a second's fraction. */
export class LongTimeType extends SqlType<string> {
  readonly kind = "longTime";
  readonly affinity = "time";

  override bindProcessor(_traits: TypeTraits): (value: unknown) => unknown {
    return (value) => fullTime(value) ?? refuseValue("time()", 'a text "HHH:MM:SS" up to 838:59:59', value);
  }
  override resultProcessor(_traits: TypeTraits): (value: unknown) => unknown {
    return (value) => {
      const text = fullTime(value);
      if (text === null) return refuseResult("time()", "lengths of time as text", value);
      return text.endsWith(".000000") ? text.slice(0, -7) : text.replace(/0+$/, "");
    };
  }
  override isUnchanged(snapshot: unknown, value: unknown): boolean {
    return Object.is(snapshot, value) || (fullTime(snapshot) !== null && fullTime(snapshot) === fullTime(value));
  }
}

/** In the form `-HH:MM:SS.ffffff`; null where it is no length of time that the database can keep. */
function fullTime(value: unknown): string | null {
  const match = typeof value === "string" ? timeForm.exec(value) : null;
  if (match === null) return null;
  const [, sign = "", hours = "", minutes = "", seconds = "", fraction = ""] = match;
  if (Number(hours) > 838 || Number(minutes) > 59 || Number(seconds) > 59) return null;
  return `${sign}${String(Number(hours)).padStart(2, "0")}:${minutes}:${seconds}.${fraction.padEnd(6, "0")}`;
}
