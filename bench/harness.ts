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
/** Milliseconds after which work that takes seconds is warm, and after which three rounds of it are enough. */
const longWarmUp = 3000;
const fewestLongRounds = 3;
const mostRounds = 100;

/** Milliseconds for a work after the warm-up; more, while the best times have not been reached several times. */
const timeForWork = 1500;
const mostTimeForWork = 5000;

export async function compare({ subject, baseline }: Comparison): Promise<Compared> {
  await warmUp(subject);
  await warmUp(baseline);
  const times = { subject: [] as number[], baseline: [] as number[] };
  const start = performance.now();
  let rounds = 0;
  const isDone = (): boolean => {
    const time = performance.now() - start;
    if (rounds < (time > mostTimeForWork ? fewestLongRounds : fewestRounds)) return false;
    if (rounds >= mostRounds || time > mostTimeForWork) return true;
    return time > timeForWork && isSettled(times.subject) && isSettled(times.baseline);
  };
  while (!isDone()) {
    times.subject.push(await timed(subject));
    times.baseline.push(await timed(baseline));
    rounds += 1;
  }
  const [ours, theirs] = [timing(times.subject), timing(times.baseline)];
  return { ratio: ours.best / theirs.best, subject: ours, baseline: theirs, rounds };
}

/** Whether the best time is no accident: others have come close to it. */
function isSettled(times: readonly number[]): boolean {
  const best = Math.min(...times);
  return times.filter((time) => time <= best * 1.03).length >= 3;
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
  for (let i = 0; (i < warmUps && time < longWarmUp) || time < warmUpTime; i += 1) time += await timed(side);
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
