/** Random work is the same each time; `ATHANOR_SEED` chooses other work, `ATHANOR_RUNS` more of it. */
export const seed = Number(process.env["ATHANOR_SEED"] ?? 20_250_131);

/** For fast-check: so many runs by default. A failure says its seed and path. */
export function runs(count: number): { readonly numRuns: number; readonly seed: number } {
  return { numRuns: Math.round(count * Number(process.env["ATHANOR_RUNS"] ?? 1)), seed };
}
