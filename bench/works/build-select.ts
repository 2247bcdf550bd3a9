import { or, select } from "athanor";
import { openPair } from "../database.ts";
import { compare } from "../harness.ts";
import { Customer, Order } from "../models.ts";
import type { Work } from "../work.ts";

const times = 2_000;

interface Peer {
  buildAndCompile(city: string, total: number, limit: number): unknown;
}

/** The same SELECT, built anew with other values each time, beside another library that builds and compiles it. */
function buildSelectBeside(name: string, file: string, budget: number): Work {
  return {
    name: "building and compiling a medium SELECT, cache hit",
    budget,
    unit: "×",
    baseline: name,
    withoutDriver: true,
    async measure() {
      // By a name that the compiler cannot follow: the others are installed for measuring only.
      const peer = (await import(new URL(`../builders/${file}`, import.meta.url).href)) as Peer;
      const { engine, close } = await openPair("node-sqlite");
      const { ratio, ...timings } = await compare({
        subject: {
          run() {
            for (let n = 0; n < times; n += 1) engine.compile(build("Prague", n, 10));
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
}

export const buildBesideKysely = buildSelectBeside("Kysely", "kysely.ts", 0.25);
export const buildBesideDrizzle = buildSelectBeside("Drizzle", "drizzle.ts", 1);
export const buildBesideKnex = buildSelectBeside("Knex", "knex.ts", 1);

function build(city: string, total: number, limit: number) {
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
