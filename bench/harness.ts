// Measures a subject beside its baseline: in turns, so that whatever else the machine does disturbs both alike.

export interface Side {
  /** What is measured. */
  run(): unknown;
  /** What has to be done before each run, and is not measured. */
  prepare?(): unknown;
}

export interface Comparison {
  readonly subject: Side;
  readonly baseline: Side;
}

export interface Timing {
  /** Milliseconds of the quickest run: the one that was disturbed least. */
  readonly best: number;
  readonly median: number;
}

export interface Compared {
  readonly ratio: number;
  readonly subject: Timing;
  readonly baseline: Timing;
  readonly rounds: number;
}

/** Milliseconds of warm-up for each side, and runs at least: quick work needs many until it is compiled. */
const warmUpTime = 600;
const warmUps = 3;
const fewestRounds = 5;
const mostRounds = 100;

/** Takes about so many milliseconds after the warm-up. */
const timeForWork = 2000;

export async function compare({ subject, baseline }: Comparison): Promise<Compared> {
  await warmUp(subject);
  await warmUp(baseline);
  const times = { subject: [] as number[], baseline: [] as number[] };
  const start = performance.now();
  let rounds = 0;
  while (rounds < fewestRounds || (rounds < mostRounds && performance.now() - start < timeForWork)) {
    times.subject.push(await timed(subject));
    times.baseline.push(await timed(baseline));
    rounds += 1;
  }
  const [ours, theirs] = [timing(times.subject), timing(times.baseline)];
  return { ratio: ours.best / theirs.best, subject: ours, baseline: theirs, rounds };
}

/** Measures something that is held to a time of its own. */
export async function measure(subject: Side, rounds = 20): Promise<Timing> {
  await warmUp(subject);
  const times: number[] = [];
  for (let i = 0; i < rounds; i += 1) times.push(await timed(subject));
  return timing(times);
}

async function warmUp(side: Side): Promise<void> {
  let time = 0;
  for (let i = 0; i < warmUps || time < warmUpTime; i += 1) time += await timed(side);
}

async function timed(side: Side): Promise<number> {
  await side.prepare?.();
  // Each side pays for its own garbage only. A full collection would throw away compiled code, too.
  globalThis.gc?.({ type: "minor" });
  const start = performance.now();
  await side.run();
  return performance.now() - start;
}

export function timing(times: readonly number[]): Timing {
  const sorted = times.toSorted((a, b) => a - b);
  return { best: sorted[0] ?? Number.NaN, median: sorted[sorted.length >> 1] ?? Number.NaN };
}
