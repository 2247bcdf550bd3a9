import { column, desc, func, integer, select, sqlText, varchar } from "../../support/core.ts";
import { users } from "../models.ts";
import { type Area, Execution } from "../statement-case.ts";

const length = func.length(users.c.name).label("n");

export const text: Area = {
  name: "text",
  cases: {
    "text/params": () => new Execution(sqlText("SELECT id, name FROM users WHERE id=:id"), { id: 1 }),
    "text/bindparams": () =>
      sqlText("select id from users where role = :r and active = :a order by id", { r: "user", a: true }),
    "text/columns": () =>
      sqlText("select id, name from users order by id").columns(column("id", integer()), column("name", varchar())),
    "text/columns-positional": () =>
      sqlText("select id, email from users where id < 3 order by id").columns(users.c.id, users.c.email),
    "text/fragment-columns": () =>
      select(sqlText("u.id"), sqlText("u.name")).selectFrom(sqlText("users u")).where(sqlText("u.id = 2")),
    "text/fragment-order": () => select(users.c.id).orderBy(sqlText("users.name desc")),
    "text/label-order-string": () => select(users.c.name, length).orderBy("n", "name"),
    "text/label-order-desc-string": () => select(users.c.name, length).orderBy(desc("n"), users.c.id),
    "text/label-order-object": () => select(users.c.name, length).orderBy(length.desc(), users.c.id),
    "text/label-group-string": () => select(users.c.role.label("r"), func.count().label("n")).groupBy("r").orderBy("r"),
  },
  later: [{ issue: 2, reason: "orm: entities from a text", ids: ["text/from-statement"] }],
};
