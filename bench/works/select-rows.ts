import { select } from "athanor";
import { openPair } from "../database.ts";
import { compare } from "../harness.ts";
import { Person } from "../models.ts";
import { people } from "../rows.ts";
import type { Work } from "../work.ts";

// Stored as the driver gives them, so that neither side converts anything.
const stored = {
  columns: [
    Person.id,
    Person.name,
    Person.email,
    Person.city,
    Person.age,
    Person.score,
    Person.balance,
    Person.note,
    Person.age.label("age2"),
    Person.balance.label("balance2"),
  ],
  sql: `SELECT id, name, email, city, age, score, balance, note, age AS age2, balance AS balance2 FROM people`,
} as const;

export const selectRows: Work = {
  name: "50,000 rows × 10 columns as rows",
  budget: 1.1,
  unit: "×",
  baseline: "driver",
  async measure(driver) {
    const { engine, raw, close } = await openPair(driver, { rows: people(50_000) });
    await using connection = await engine.connect();
    const statement = raw.prepare(stored.sql);
    const { ratio, ...timings } = await compare({
      subject: { run: () => connection.execute(select(...stored.columns)).all() },
      baseline: { run: () => statement.all() },
    });
    await connection.close();
    await close();
    return { value: ratio, ...timings };
  },
};
