import { type AthanorWarning, createSyncEngine, onWarning, select, sqlText } from "athanor";
import { SyncSession } from "athanor/orm";
import { afterEach, expect, test, vi } from "vitest";
import { Author, Book, LibraryBase, Tag } from "./support/library.ts";

const undo: (() => void)[] = [];
afterEach(() => {
  for (const each of undo.splice(0)) each();
});
function collected(): AthanorWarning[] {
  const warnings: AthanorWarning[] = [];
  undo.push(onWarning((warning) => void warnings.push(warning)));
  return warnings;
}
function session(): SyncSession {
  const engine = createSyncEngine("sqlite:///:memory:");
  LibraryBase.metadata.createAll(engine);
  return new SyncSession(engine);
}

test("warnings can be collected: of objects outside the session, rows that are gone, tables that nothing connects", () => {
  const warnings = collected();
  using s = session();
  const ada = new Author({ name: "Ada" });
  s.add(ada);
  s.commit();
  // The way back adds nothing to the session.
  const stray = new Book({ title: "stray", author: ada });
  s.flush();
  expect([s.contains(stray), warnings.length]).toEqual([false, 1]);
  expect([warnings[0]?.name, warnings[0]?.message]).toEqual([
    "AthanorWarning",
    expect.stringContaining("is in Author.books but not in the session"),
  ]);
  s.delete(ada);
  s.noAutoflush(() => s.execute(sqlText("DELETE FROM authors")));
  s.flush();
  expect(warnings[1]?.message).toContain("expected to delete 1 row, but found 0");
  s.execute(select(Author.id, Tag.id));
  expect(warnings[2]?.message).toContain("cartesian product");
});

test("warnings can be made errors where they arise, which undo what was under way", () => {
  undo.push(
    onWarning((warning) => {
      throw warning;
    }),
  );
  using s = session();
  const ada = new Author({ name: "Ada" });
  s.add(ada);
  s.commit();
  const stray = new Book({ title: "stray", author: ada });
  expect(() => s.flush()).toThrow("not in the session");
  s.rollback();
  expect(s.contains(stray)).toBe(false);
});

test("without a handler they go where the runtime's warnings go", () => {
  const emit = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  collected();
  for (const each of undo.splice(0)) each();
  using s = session();
  s.execute(select(Author.id, Tag.id));
  expect(emit.mock.calls).toEqual([[expect.stringContaining("cartesian product"), "AthanorWarning"]]);
  emit.mockRestore();
});
