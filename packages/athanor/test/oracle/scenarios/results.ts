import { func, select, update } from "athanor";
import { users } from "../models/shop.ts";
import { User } from "../orm-models/shop.ts";
import type { ScenarioArea } from "../scenario-case.ts";

export const results: ScenarioArea = {
  name: "results",
  scenarios: {
    "results/fetching": (t) => {
      t.fixture();
      const s = t.session();
      const query = select(User.id, User.name).orderBy(User.id);
      const first = query.where(User.id.eq(1));
      const none = query.where(User.id.eq(99));
      t.fact("first", s.execute(query).first());
      t.fact("all", s.execute(query).all());
      t.fact("scalar", s.execute(query).scalar());
      t.fact("scalars", s.execute(query).scalars().all());
      t.fact("scalars 1", s.execute(query).scalars(1).all());
      t.fact("one", s.execute(first).one());
      t.fact("scalar_one", s.execute(first).scalarOne());
      t.fact("none", [
        s.execute(none).first(),
        s.execute(none).oneOrNone(),
        s.execute(none).scalar(),
        s.execute(none).scalarOneOrNone(),
      ]);
      t.raises("no row", () => s.execute(none).one());
      t.raises("many rows", () => s.execute(query).one());
      t.raises("many rows or none", () => s.execute(query).oneOrNone());
      t.raises("scalar_one many", () => s.execute(query).scalarOne());
    },

    "results/rows": (t) => {
      t.fixture();
      const s = t.session();
      const query = select(User.id, User.name, func.length(User.name).label("n")).where(User.id.eq(1));
      const frozen = s.execute(query).freeze();
      const row = frozen().one();
      const mapping = frozen().mappings().one();
      t.fact("by", [row[0], row.name, mapping.n, mapping.name, row.slice(1)]);
      t.fact("keys", Object.keys(mapping));
      t.fact("asdict", mapping);
      t.fact("tuple", row.length === 3 && [1, "Alice", 5].every((value, i) => row[i] === value));
      t.raises("attr", () => Reflect.get(row, "nope"));
      t.raises("mapping", () => Reflect.get(mapping, "nope"));
    },

    "results/mappings-columns": (t) => {
      t.fixture();
      const s = t.session();
      const query = select(User.id, User.name, User.role).where(User.id.lt(3)).orderBy(User.id);
      t.fact("mappings", s.execute(query).mappings().all());
      t.fact("columns", s.execute(query).columns(2, 0).all());
      t.fact("columns by name", s.execute(query).columns("name").all());
      t.fact("mapping first", s.execute(query).mappings().first());
    },

    "results/unique": (t) => {
      t.fixture();
      const s = t.session();
      t.fact("rows", s.execute(select(User.role).orderBy(User.id)).unique().all());
      const keyed = s.execute(select(User.role, User.id).orderBy(User.id)).unique(([role]) => role);
      t.fact("keyed", keyed.all());
    },

    "results/closing": (t) => {
      t.fixture();
      using connection = t.engine.connect();
      const all = connection.execute(select(User.id));
      all.all();
      t.fact("again", all.all());
      const first = connection.execute(select(User.id));
      first.first();
      t.raises("after first", () => first.all());
      const changed = connection.execute(update(users).where(users.c.id.eq(1)).values({ name: "x" }));
      t.fact("returns_rows", changed.returnsRows);
      t.raises("rows of an update", () => changed.all());
    },

    "results/freeze-merge": (t) => {
      t.fixture();
      const s = t.session();
      const frozen = s.execute(select(User.name).orderBy(User.id)).freeze();
      t.fact("twice", [frozen().scalars().all(), frozen().scalars().first()]);
      const a = s.execute(select(User.name).where(User.id.eq(1)));
      const b = s.execute(select(User.name).where(User.id.eq(2)));
      t.fact("merged", a.merge(b).scalars().all());
    },

    "results/exec-driver-sql": (t) => {
      t.fixture();
      using connection = t.engine.connect();
      t.fact("value", connection.execDriverSql("select name from users where id = ?", [2]).scalar());
    },
  },
  deviations: {
    "results/rows": {
      reason:
        "a name that a row does not have is refused by the types; at run time it is undefined, as everywhere in JavaScript",
      facts: { attr: { returned: undefined }, mapping: { returned: undefined } },
    },
  },
};
