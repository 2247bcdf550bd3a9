import { createSyncEngine, integer, select, text } from "athanor";
import { declarativeBase, many, map, one, SyncSession, selectinload } from "athanor/orm";
import { expect, test } from "vitest";

const Base = declarativeBase();
class Team extends Base.model("teams", {
  id: integer().primaryKey(),
  name: text(),
  get members() {
    return many(() => Member, { backPopulates: "team" });
  },
}) {
  static {
    map(this);
  }
}
class Member extends Base.model("members", {
  id: integer().primaryKey(),
  name: text(),
  teamId: integer().references(() => Team.id),
  get team() {
    return one(() => Team, { backPopulates: "members" });
  },
}) {
  static {
    map(this);
  }
}

test("sessions of engines with other schemas share their statements, and keep their rows apart", () => {
  const engine = createSyncEngine("sqlite:///:memory:", { isolationLevel: "AUTOCOMMIT" });
  const setup = engine.connect();
  for (const name of ["red", "blue"]) setup.execDriverSql(`ATTACH ':memory:' AS ${name}`);
  setup.close();
  const tenants = ["red", "blue"].map((name) => engine.executionOptions({ schemaTranslateMap: { null: name } }));
  for (const tenant of tenants) {
    Base.metadata.createAll(tenant);
    const session = new SyncSession(tenant);
    const name = tenant === tenants[0] ? "red" : "blue";
    session.add(
      new Team({ name, members: [new Member({ name: `${name} Ann` }), new Member({ name: `${name} Ben` })] }),
    );
    session.commit();
    session.close();
  }
  for (const [index, name] of ["red", "blue"].entries()) {
    const session = new SyncSession(tenants[index] ?? engine);
    const [team] = session.scalars(select(Team).options(selectinload(Team.members))).all();
    expect([team?.name, team?.members.map((each) => each.name)]).toEqual([name, [`${name} Ann`, `${name} Ben`]]);
    const [member] = session.scalars(select(Member).orderBy(Member.id)).all();
    if (member === undefined) throw new Error("There is no member.");
    expect(member.team.name).toBe(name);
    member.name = "changed";
    session.delete(session.get(Member, 2) as Member);
    session.commit();
    session.close();
  }
  const session = new SyncSession(engine);
  const names = select(Member.name);
  expect(session.scalars(names, {}, { schemaTranslateMap: { null: "blue" } }).all()).toEqual(["changed"]);
  expect(session.scalars(names.executionOptions({ schemaTranslateMap: { null: "red" } })).all()).toEqual(["changed"]);
  session.close();
  engine.dispose();
});
