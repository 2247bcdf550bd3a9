import { expect, test } from "vitest";
import { createSyncEngine, integer, listen, removeListener, varchar } from "../../src/index.ts";
import { declarativeBase, map, SyncSession } from "../../src/orm/index.ts";

const Base = declarativeBase();
class Note extends Base.model("notes", {
  id: integer().primaryKey(),
  text: varchar(50),
  slug: varchar(50).nullable(),
}) {
  static {
    map(this);
  }
}
class Other extends Base.model("others", { id: integer().primaryKey() }) {
  static {
    map(this);
  }
}

test("mapped classes tell of their rows, and handlers may change columns", () => {
  const engine = createSyncEngine("sqlite:///:memory:");
  Base.metadata.createAll(engine);
  const heard: string[] = [];
  const names = ["beforeInsert", "afterInsert", "beforeUpdate", "afterUpdate", "beforeDelete", "afterDelete"] as const;
  const handlers = names.map((name) => {
    const handler = (note: { id: number; text: string }): void => {
      heard.push(`${name} ${note.text}`);
    };
    listen(Note, name, handler);
    return { name, handler };
  });
  listen(Note, "beforeInsert", (note) => {
    note.slug = note.text.toLowerCase();
  });
  using session = new SyncSession(engine);
  const note = new Note({ text: "A" });
  session.addAll([note, new Other({})]);
  session.flush();
  expect(note.slug).toBe("a");
  note.text = "B";
  session.flush();
  session.delete(note);
  session.commit();
  expect(heard).toEqual([
    "beforeInsert A",
    "afterInsert A",
    "beforeUpdate B",
    "afterUpdate B",
    "beforeDelete B",
    "afterDelete B",
  ]);
  for (const { name, handler } of handlers) expect(removeListener(Note, name, handler)).toBe(true);
  expect(() => listen(Note, "beforeLunch" as "beforeInsert", () => {})).toThrow(/There are: beforeInsert/);
});
