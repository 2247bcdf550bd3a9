import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Session } from "athanor/orm";
import { writeInstant } from "../conversions.ts";
import { openPair } from "../database.ts";
import { compare } from "../harness.ts";
import { Person } from "../models.ts";
import type { Work } from "../work.ts";

const perRound = 200;

export const insertOne: Work = {
  name: "insert and commit one entity (file, WAL)",
  budget: 2,
  unit: "×",
  baseline: "driver with equal conversions",
  async measure(driver) {
    const folder = mkdtempSync(join(tmpdir(), "athanor-bench-"));
    const { engine, raw, close } = await openPair(driver, {
      files: [join(folder, "athanor.db"), join(folder, "raw.db")],
      settings: "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL",
    });
    const statement = raw.prepare(
      "INSERT INTO people (name, email, city, age, score, balance, note, active, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    );
    // As a service does it: a session for each request.
    const { ratio, ...timings } = await compare({
      subject: {
        async run() {
          for (let n = 0; n < perRound; n += 1) {
            await using session = new Session(engine);
            session.add(new Person(valuesOf(n)));
            await session.commit();
          }
        },
      },
      baseline: {
        run() {
          for (let n = 0; n < perRound; n += 1) {
            const { name, email, city, age, score, balance, note, active, createdAt } = valuesOf(n);
            statement.run(name, email, city, age, score, balance, note, active ? 1 : 0, writeInstant(createdAt));
          }
        },
      },
    });
    await close();
    rmSync(folder, { recursive: true });
    return { value: ratio, ...timings };
  },
};

function valuesOf(n: number) {
  return {
    name: `Person ${n}`,
    email: `person${n}@example.com`,
    city: "Prague",
    age: 40,
    score: n / 7,
    balance: n,
    note: null,
    active: n % 2 === 0,
    createdAt: new Date(1_600_000_000_000 + n),
  };
}
