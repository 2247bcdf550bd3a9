import type { Listenable } from "../../events/listeners.ts";
import { integer, json, timestamp, varchar } from "../../schema/column-types.ts";
import { className } from "../instrumentation/entity.ts";
import { mixin } from "../mapping/mixin.ts";
import type { SessionEvents } from "../session/session-events.ts";
import { type ListenedModel, onRowChanges, type RowChange, type Values } from "./row-changes.ts";

/** A value as JSON has it: large numbers and decimals as text, times in ISO 8601, bytes in base 64. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

/** Of each attribute that has changed, what it held and what it holds; null where there is nothing. */
export type AuditedChanges = Readonly<Record<string, readonly [before: JsonValue, after: JsonValue]>>;

/**
 * The columns of an audit trail, for a model of your own:
 * `class AuditEntry extends Base.model("audit_entries", AuditRecord, {}) { static { map(this); } }`.
 */
export const AuditRecord = mixin({
  id: integer().primaryKey(),
  at: timestamp(),
  /** Who did it. */
  by: varchar(255).nullable(),
  action: varchar(10),
  /** The class whose row it was. */
  model: varchar(255),
  /** Its primary key, by attribute. */
  key: json<Readonly<Record<string, JsonValue>>>(),
  changes: json<AuditedChanges>(),
});

/** What an entry is made of. */
export interface AuditValues {
  readonly at: Date;
  readonly by: string | null;
  readonly action: RowChange["kind"];
  readonly model: string;
  readonly key: Readonly<Record<string, JsonValue>>;
  readonly changes: AuditedChanges;
}

export interface AuditOptions<S> {
  /** The classes whose rows are watched, with those that inherit from them. */
  readonly of: readonly ListenedModel[];
  /** Who is at work. Default: nobody. */
  readonly by?: (session: S) => string | null;
  /** Attributes that are not written down, such as hashes of passwords. */
  readonly except?: readonly string[];
  /** The clock. Default: the system's. */
  readonly now?: () => Date;
}

/**
 * Writes down who has changed what: an entry for each row that a flush inserts, updates or deletes, in the transaction of the
 * change, so that neither is there without the other.
 *
 * @example auditTrail(sessions, AuditEntry, { of: [Invoice, Account], by: (session) => String(session.info.user) })
 */
export function auditTrail<S extends { add(object: object): void }>(
  sessions: Listenable<SessionEvents<S>>,
  entry: new (values: AuditValues) => object,
  { of, by = () => null, except = [], now = () => new Date() }: AuditOptions<S>,
): void {
  onRowChanges(sessions, of, (changes, session) => {
    const [at, who] = [now(), by(session)];
    for (const change of changes) {
      const audited = change.changed.filter((name) => !except.includes(name));
      if (audited.length === 0) continue;
      const pairs = audited.map((name) => [name, [jsonOf(change.before[name]), jsonOf(change.after[name])]] as const);
      const model = className(change.model);
      session.add(
        new entry({
          at,
          by: who,
          action: change.kind,
          model,
          key: jsonObject(change.key),
          changes: Object.fromEntries(pairs),
        }),
      );
    }
  });
}

function jsonOf(value: unknown): JsonValue {
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return btoa(Array.from(value, (byte) => String.fromCharCode(byte)).join(""));
  if (Array.isArray(value)) return value.map(jsonOf);
  if (value instanceof Set) return Array.from(value, jsonOf);
  if (typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype)
    return jsonObject(value as Values);
  return String(value);
}

function jsonObject(values: Values): Readonly<Record<string, JsonValue>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, jsonOf(value)]));
}
