import type { DriverName } from "./database.ts";
import type { Measurement, Work } from "./work.ts";

export interface Outcome extends Omit<Work, "measure" | "withoutDriver" | "onSources"> {
  /** Of work that does not depend on the driver, there is one. */
  readonly measurements: Readonly<Partial<Record<DriverName, Measurement>>>;
}

/** Prints works with their budgets; the first driver decides whether a budget is met. */
export function printTable(outcomes: readonly Outcome[], drivers: readonly DriverName[]): void {
  const lines = outcomes.map(({ name, budget, unit, baseline, measurements }) => {
    const [decisive] = Object.values(measurements);
    return [
      name,
      `${budget} ${unit}${baseline === undefined ? "" : ` ${baseline}`}`,
      ...drivers.map((driver) => shown(measurements[driver])),
      decisive !== undefined && decisive.value <= budget ? "pass" : "MISS",
    ];
  });
  const table = [["work", "at most", ...drivers, ""], ...lines];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0))) ?? [];
  for (const line of table)
    console.log(
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    );
}

function shown(measurement: Measurement | undefined): string {
  return measurement === undefined ? "" : measurement.value.toFixed(2);
}
