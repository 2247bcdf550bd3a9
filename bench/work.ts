import type { DriverName } from "./database.ts";
import type { Timing } from "./harness.ts";

export interface Measurement {
  /** What is held against the budget, in its unit. */
  readonly value: number;
  readonly subject?: Timing;
  readonly baseline?: Timing;
}

/** One line of the budget table. */
export interface Work {
  readonly name: string;
  readonly budget: number;
  readonly unit: "×" | "ms" | "KB";
  /** What `×` multiplies. */
  readonly baseline?: string;
  /** It does not depend on the driver. */
  readonly withoutDriver?: boolean;
  /** It needs what the built package keeps to itself. */
  readonly onSources?: boolean;
  measure(driver: DriverName): Promise<Measurement>;
}
