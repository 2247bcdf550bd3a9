import { casesOf } from "../expressions.ts";
import type { Area } from "../statement-case.ts";

const whole = (issue: number, reason: string, ...names: readonly string[]): readonly Area[] =>
  names.map((name) => ({ name, cases: {}, later: [{ issue, reason, ids: casesOf(name).map(({ id }) => id) }] }));

/** Areas of which nothing is tested here. */
export const laterAreas: readonly Area[] = [
  ...whole(2, "with models: orm-expressions.test.ts", "orm-select", "orm-criteria", "orm-dml", "orm-inheritance"),
  ...whole(2, "with models: orm/loading-oracle.test.ts", "orm-loading"),
];
