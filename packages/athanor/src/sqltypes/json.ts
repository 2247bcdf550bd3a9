import { refuseResult, refuseValue } from "./refuse.ts";
import { SqlType, type TypeTraits } from "./sql-type.ts";

/** The JSON value null, as opposed to SQL's NULL, which a plain `null` means. It is read back as `null`. */
export const jsonNull: unique symbol = /* @__PURE__ */ Symbol("athanor.jsonNull");

export interface JsonOptions {
  /** A plain `null` is SQL's NULL. Otherwise it is stored as the JSON value null. Default true. */
  readonly noneAsNull?: boolean;
}

/** Any JSON value. Changes inside a value are noticed: it is compared by its text. */
export class JsonType<T = unknown> extends SqlType<T> {
  readonly kind: string = "json";
  readonly affinity = "json";
  /** A plain `null` is SQL's NULL; otherwise it is JSON's, and `nullValue()` is SQL's. */
  readonly noneAsNull: boolean;

  constructor(options: JsonOptions = {}) {
    super();
    this.noneAsNull = options.noneAsNull ?? true;
  }

  override get key(): string {
    return this.noneAsNull ? this.kind : `${this.kind}:null`;
  }
  override get bindsNull(): boolean {
    return !this.noneAsNull;
  }
  override get mutable(): boolean {
    return true;
  }

  override bindProcessor(_traits: TypeTraits): (value: unknown) => unknown {
    return (value) => (value === jsonNull ? "null" : jsonText(value));
  }

  override resultProcessor(traits: TypeTraits): ((value: unknown) => unknown) | null {
    return traits.nativeJson ? null : readJson;
  }

  override snapshot(value: unknown): unknown {
    return value === null || value === undefined ? value : (JSON.stringify(value) ?? value);
  }

  override restore(snapshot: unknown): unknown {
    return typeof snapshot === "string" ? JSON.parse(snapshot) : snapshot;
  }

  override isUnchanged(snapshot: unknown, value: unknown): boolean {
    return Object.is(snapshot, this.snapshot(value));
  }
}

/** A value as JSON text; what JSON has no form for (undefined, functions, NaN at the top) is refused. */
export function jsonText(value: unknown): string {
  if (typeof value === "number" && !Number.isFinite(value)) return refuseValue("json()", "a JSON value", value);
  const text: string | undefined = JSON.stringify(value);
  return text === undefined ? refuseValue("json()", "a JSON value", value) : text;
}

function readJson(value: unknown): unknown {
  if (typeof value === "string") return JSON.parse(value);
  // A column with number affinity keeps the JSON text of a number as a number.
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  return refuseResult("json()", "JSON text", value);
}
