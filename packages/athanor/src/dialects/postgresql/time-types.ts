import { type IntervalParts, intervalParts } from "../../sqltypes/iso-interval.ts";
import { refuseResult, refuseValue } from "../../sqltypes/refuse.ts";
import { type Affinity, SqlType, type TypeTraits } from "../../sqltypes/sql-type.ts";

/** What an interval consists of. PostgreSQL keeps months, days and time apart; each may be negative. */
export type Interval = IntervalParts;

const partNames = ["years", "months", "days", "hours", "minutes", "seconds", "microseconds"] as const;

/** An interval as an object of its parts: nothing is taken for a month of 30 days. */
export class IntervalPartsType extends SqlType<Partial<Interval>> {
  readonly kind = "intervalParts";
  /** As DDL and CAST write it. */
  readonly name: string;
  readonly affinity: Affinity = "interval";

  constructor(fields: string | null, precision: number | null) {
    super();
    this.name = `INTERVAL${fields === null ? "" : ` ${fields}`}${precision === null ? "" : `(${precision})`}`;
  }
  override get key(): string {
    return `postgresql:${this.name}`;
  }
  override get mutable(): boolean {
    return true;
  }
  override snapshot(value: unknown): unknown {
    return typeof value === "object" && value !== null ? { ...value } : value;
  }
  override restore(snapshot: unknown): unknown {
    return this.snapshot(snapshot);
  }
  override isUnchanged(snapshot: unknown, value: unknown): boolean {
    if (!isParts(snapshot) || !isParts(value)) return Object.is(snapshot, value);
    return partNames.every((name) => (snapshot[name] ?? 0) === (value[name] ?? 0));
  }

  override bindProcessor(_traits: TypeTraits): (value: unknown) => unknown {
    return (value) =>
      isParts(value) ? partsText(value) : refuseValue("interval()", `an object of ${partNames.join(", ")}`, value);
  }
  override resultProcessor(_traits: TypeTraits): (value: unknown) => unknown {
    return (value) => {
      const parts = typeof value === "string" ? intervalParts(value) : null;
      return parts ?? refuseResult("interval()", "PostgreSQL's intervals as text", value);
    };
  }
}

function isParts(value: unknown): value is Partial<Interval> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.entries(value).every(
    ([name, each]) => (partNames as readonly string[]).includes(name) && Number.isSafeInteger(each),
  );
}

function partsText(parts: Partial<Interval>): string {
  return partNames.map((name) => `${parts[name] ?? 0} ${name}`).join(" ");
}
