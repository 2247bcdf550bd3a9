import { Session } from "athanor/orm";
import { convertPerson } from "../conversions.ts";
import { openPair } from "../database.ts";
import { compare } from "../harness.ts";
import { Person } from "../models.ts";
import { people } from "../rows.ts";
import type { Work } from "../work.ts";

const count = 5_000;
const perSession = 100;

export const getByKey: Work = {
  name: "entity by key, fresh session per 100",
  budget: 2,
  unit: "×",
  baseline: "driver with equal conversions",
  async measure(driver) {
    const { engine, raw, close } = await openPair(driver, { rows: people(count) });
    const statement = raw.prepare("SELECT * FROM people WHERE id = ?");
    const { ratio, ...timings } = await compare({
      subject: {
        async run() {
          for (let first = 1; first <= count; first += perSession) {
            await using session = new Session(engine);
            for (let id = first; id < first + perSession; id += 1) await session.get(Person, id);
          }
        },
      },
      baseline: {
        run() {
          for (let id = 1; id <= count; id += 1) convertPerson(statement.get(id));
        },
      },
    });
    await close();
    return { value: ratio, ...timings };
  },
};
