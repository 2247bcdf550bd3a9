import { or, select } from "athanor";
import { openPair } from "../database.ts";
import { compare } from "../harness.ts";
import { Customer, Order } from "../models.ts";
import type { Work } from "../work.ts";

const times = 2_000;

/** The compiler's own room: users reach it through execution only, which would measure the driver as well. */
interface Execution {
  prepare(statement: unknown): Prepared;
  compiledFor(engine: object, prepared: Prepared, parameterKeys: null): Compiled;
  valuesOf(binds: readonly unknown[]): readonly unknown[];
}
interface Prepared {
  readonly key: { readonly binds: readonly unknown[] };
}
interface Compiled {
  bind(values: readonly unknown[], parameters: null): unknown;
}
interface Peer {
  buildAndCompile(city: string, total: number, limit: number): unknown;
}

export const buildSelect: Work = {
  name: "building and compiling a medium SELECT, cache hit",
  budget: 0.25,
  unit: "×",
  baseline: "Kysely",
  withoutDriver: true,
  async measure() {
    const core = new URL("engine/execution.js", import.meta.resolve("athanor")).href;
    const execution = (await import(core)) as Execution;
    // By a name that the compiler cannot follow: peers are installed for measuring only.
    const peer = (await import(new URL("../peers/kysely.ts", import.meta.url).href)) as Peer;
    const { engine, close } = await openPair("node-sqlite");
    const compiling = (engine as unknown as { readonly $core: object }).$core;
    const { ratio, ...timings } = await compare({
      subject: {
        run() {
          for (let n = 0; n < times; n += 1) {
            const prepared = execution.prepare(build("Prague", n, 10));
            execution.compiledFor(compiling, prepared, null).bind(execution.valuesOf(prepared.key.binds), null);
          }
        },
      },
      baseline: {
        run() {
          for (let n = 0; n < times; n += 1) peer.buildAndCompile("Prague", n, 10);
        },
      },
    });
    await close();
    return { value: ratio, ...timings };
  },
};

function build(city: string, total: number, limit: number): unknown {
  return select(Customer.id, Customer.name, Order.status, Order.total)
    .join(Order, Order.customerId.eq(Customer.id))
    .where(
      Customer.city.eq(city),
      Order.status.in(["open", "paid"]),
      or(Order.total.gt(total), Customer.name.like("A%")),
    )
    .orderBy(Order.total.desc(), Customer.id)
    .limit(limit);
}
