// Measures one work of one ORM in a process of its own:
// `node --expose-gc bench/orms/run-work.ts select-entities mikro-orm sqlite`; `driver` in place of an ORM for what the driver
// is measured for alone. What the ORM gives is compared with what the driver gives before anything is timed.
import { compare, measure } from "../harness.ts";
import type { Measurement } from "../work.ts";
import type { DatabaseName, Operations } from "./operations.ts";
import { type PeerName, peerOf } from "./peers.ts";
import { openPlaces, type Places } from "./places.ts";
import { type LoneWork, loneWorks, type OrmWork, type Side, works } from "./works.ts";

/** Null: the ORM has nothing of the kind. */
type Measured = Measurement | null;

const [name = "", peerName = "athanor", database = "sqlite"] = process.argv.slice(2);
console.log(JSON.stringify(await measureWork(name, peerName as PeerName | "driver", database as DatabaseName)));

async function measureWork(work: string, peer: PeerName | "driver", on: DatabaseName): Promise<Measured> {
  const [compared, lone] = [works[work], loneWorks[work]];
  const filling = compared ?? lone;
  if (filling === undefined) throw new Error(`There is no work ${work}.`);
  const places = await openPlaces(on, filling);
  try {
    if (peer === "driver") return { value: await bytesOf(() => places.baseline.people(), filling.people ?? 0) };
    const operations = await (await peerOf(peer)).open(places.place);
    try {
      if (compared !== undefined) return await beside(places, operations, compared);
      return lone === undefined ? null : await alone(operations, lone);
    } finally {
      await operations.close();
    }
  } finally {
    await places.close();
  }
}

async function beside(places: Places, operations: Operations, work: OrmWork): Promise<Measured> {
  const { baseline } = places;
  const prepare = (side: "place" | "baseline") => () => places.empty(side, work.emptied ?? []);
  const seen = async (side: Side): Promise<readonly string[]> => {
    const isBaseline = side === baseline;
    await prepare(isBaseline ? "baseline" : "place")();
    const result = await work.run(side);
    const stored = isBaseline ? baseline.stored : places.stored;
    const facts = work.facts?.(result) ?? [];
    return [...facts, ...(work.stored === undefined ? [] : await stored(work.stored))].map((fact) =>
      JSON.stringify(fact),
    );
  };
  assertSame(await seen(operations), await seen(baseline));
  const { ratio, ...timings } = await compare({
    subject: { prepare: prepare("place"), run: () => work.run(operations) },
    baseline: { prepare: prepare("baseline"), run: () => work.run(baseline) },
  });
  return { value: ratio, ...timings };
}

function assertSame(given: readonly string[], expected: readonly string[]): void {
  if (expected.length === 0) throw new Error("The driver has given nothing to compare with.");
  const index = expected.findIndex((fact, i) => fact !== given[i]);
  if (index < 0 && given.length === expected.length) return;
  const at = Math.max(index, 0);
  throw new Error(
    `Not what the driver gives, ${given.length} facts for ${expected.length}, from the ${at}th on:\n${given[at]}\n${expected[at]}`,
  );
}

async function alone(operations: Operations, { unit, people }: LoneWork): Promise<Measured> {
  const { holdPeople } = operations;
  if (unit === "bytes") return { value: await bytesOf(() => (holdPeople ?? operations.people)(), people) };
  if (holdPeople === undefined) return null;
  const flush = await holdPeople();
  const subject = await measure({ run: flush });
  return { value: subject.best, subject };
}

/** The bytes that each of `count` objects takes. */
async function bytesOf(load: () => unknown, count: number): Promise<number> {
  // What is compiled and kept once is no part of it.
  await warm(load);
  const before = heapUsed();
  const held = await load();
  const bytes = heapUsed() - before;
  if (held === null) throw new Error("Nothing was loaded.");
  return bytes / count;
}

/** In a function of its own, whose variables hold nothing afterwards. */
async function warm(load: () => unknown): Promise<void> {
  await load();
}

function heapUsed(): number {
  for (let i = 0; i < 4; i += 1) globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
