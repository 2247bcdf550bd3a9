import { select } from "athanor";
import { Session } from "athanor/orm";
import { openPair } from "../database.ts";
import { measure } from "../harness.ts";
import { Person } from "../models.ts";
import { people } from "../rows.ts";
import type { Work } from "../work.ts";

export const cleanFlush: Work = {
  name: "flush of a clean session with 10,000 loaded objects",
  budget: 3,
  unit: "ms",
  async measure(driver) {
    const { engine, close } = await openPair(driver, { rows: people(10_000) });
    const session = new Session(engine);
    // Kept, as a program would: what nobody holds need not be looked at.
    const loaded = await session.scalars(select(Person)).all();
    const subject = await measure({ run: () => session.flush() });
    if (loaded.length !== 10_000) throw new Error("Not all objects have been loaded.");
    await session.close();
    await close();
    return { value: subject.best, subject };
  },
};
