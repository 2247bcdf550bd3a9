import type { LaterCases } from "./expressions.ts";
import type { Trace } from "./trace.ts";

/** A scenario of the oracle in TypeScript: it works with what the trace gives it, and tells facts. */
export type Scenario = (t: Trace) => void | Promise<void>;

/** Where a scenario goes another way than SQLAlchemy, and why. */
export interface ScenarioDeviation {
  readonly reason: string;
  /** Facts that differ, with the values they have here. */
  readonly facts?: Readonly<Record<string, unknown>>;
  /** The statements are others; their number is not larger. */
  readonly statements?: true;
  /** How often each, where it differs. */
  readonly transactions?: Readonly<Partial<Record<"BEGIN" | "COMMIT" | "ROLLBACK", number>>>;
}

/** The scenarios of one area. Each id of the oracle is a scenario or listed in `later`. */
export interface ScenarioArea {
  readonly name: string;
  readonly scenarios: Readonly<Record<string, Scenario>>;
  readonly deviations?: Readonly<Record<string, ScenarioDeviation>>;
  readonly later?: readonly LaterCases[];
}
