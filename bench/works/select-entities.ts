import { select } from "athanor";
import { Session } from "athanor/orm";
import { convertPerson } from "../conversions.ts";
import { openPair } from "../database.ts";
import { compare } from "../harness.ts";
import { Person } from "../models.ts";
import { people } from "../rows.ts";
import type { Work } from "../work.ts";

export const selectEntities: Work = {
  name: "the same as tracked entities",
  budget: 1.35,
  unit: "×",
  baseline: "driver with equal conversions",
  async measure(driver) {
    const { engine, raw, close } = await openPair(driver, { rows: people(50_000) });
    const statement = raw.prepare("SELECT * FROM people");
    const { ratio, ...timings } = await compare({
      subject: {
        async run() {
          await using session = new Session(engine);
          return await session.scalars(select(Person)).all();
        },
      },
      baseline: {
        run() {
          const rows = statement.all();
          for (const row of rows) convertPerson(row);
          return rows;
        },
      },
    });
    await close();
    return { value: ratio, ...timings };
  },
};
