import { select } from "athanor";
import { Session } from "athanor/orm";
import { openPair } from "../database.ts";
import { compare } from "../harness.ts";
import { Person } from "../models.ts";
import { people } from "../rows.ts";
import type { Work } from "../work.ts";

const count = 2_000;

export const updateEntities: Work = {
  name: "unit of work: change one column of 2,000 entities",
  budget: 4,
  unit: "×",
  baseline: "hand-written batch, which loads nothing",
  async measure(driver) {
    const { engine, raw, close } = await openPair(driver, { rows: people(count) });
    const statement = raw.prepare("UPDATE people SET balance = ? WHERE id = ?");
    let round = 0;
    const { ratio, ...timings } = await compare({
      subject: {
        async run() {
          round += 1;
          await using session = new Session(engine);
          for (const person of await session.scalars(select(Person)).all()) person.balance = round;
          await session.commit();
        },
      },
      baseline: {
        run() {
          round += 1;
          raw.exec("BEGIN");
          for (let id = 1; id <= count; id += 1) statement.run(round, id);
          raw.exec("COMMIT");
        },
      },
    });
    await close();
    return { value: ratio, ...timings };
  },
};
