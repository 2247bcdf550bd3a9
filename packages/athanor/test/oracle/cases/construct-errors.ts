import { func, insert, integer, postgresqlInsert, select, sqliteInsert } from "../../support/core.ts";
import { archive, tags, users } from "../models.ts";
import type { Area } from "../statement-case.ts";

export const constructErrors: Area = {
  name: "construct-errors",
  cases: {
    "construct-errors/bad-where": () =>
      // @ts-expect-error a string is no condition
      select(users.c.id).where("id = 1"),
    "construct-errors/bad-column-string": () =>
      // @ts-expect-error a string is no column
      select("id"),
    "construct-errors/bad-attribute": () =>
      // @ts-expect-error there is no such column
      select(users.c.nope),
    "construct-errors/in-string": () =>
      // @ts-expect-error a string is no list
      select(users.c.name).where(users.c.name.in("abc")),
    "construct-errors/lt-none": () =>
      // @ts-expect-error nothing is less than null
      select(users.c.id).where(users.c.id.lt(null)),
    "construct-errors/insert-from-select-values": () =>
      insert(archive).values({ id: 1 }).fromSelect(["id"], select(users.c.id)),
    "construct-errors/on-conflict-empty-set": () =>
      sqliteInsert(tags)
        .values({ id: 1, name: "y" })
        .onConflictDoUpdate({ indexElements: [tags.c.id], set: {} }),
    "construct-errors/aggregate-no-arg": () => select(func.call("coalesce", integer())),
    "construct-errors/on-conflict-no-target": () =>
      postgresqlInsert(tags)
        .values({ id: 1, name: "y" })
        .onConflictDoUpdate({ set: { name: "x" } }),
    "construct-errors/label-reuse-subquery": () => {
      const sq = select(users.c.id).subquery();
      return select(sq.c.id, users.c.name);
    },
  },
  later: [
    {
      issue: 2,
      reason: "DDL, tested with the schema's unit tests",
      ids: ["construct-errors/no-such-table", "construct-errors/string-no-length-mysql"],
    },
  ],
};
