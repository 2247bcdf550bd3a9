import { select, sqlText } from "athanor";
import { inspect, joinedload, makeTransient, makeTransientToDetached, objectSession } from "athanor/orm";
import { Order, Tag, User } from "../orm-models/shop.ts";
import type { ScenarioArea } from "../scenario-case.ts";
import { loaded } from "../trace.ts";

export const identityMap: ScenarioArea = {
  name: "identity-map",
  scenarios: {
    "identity-map/get-missing": (t) => {
      t.fixture();
      const s = t.session();
      t.count("twice", () => t.fact("missing", [s.get(User, 99), s.get(User, 99)]));
      t.raises("get_one", () => s.getOne(User, 99));
      t.fact("get_one ok", s.getOne(User, 1).name);
    },

    "identity-map/get-options": (t) => {
      t.fixture();
      const s = t.session();
      const user = s.getOne(User, 1, { options: [joinedload(User.profile)] });
      t.count("profile", () => user.profile);
      user.name = "local";
      s.noAutoflush(() => s.get(User, 1, { populateExisting: true }));
      t.fact("name", user.name);
      s.get(User, 1, { withForUpdate: true });
    },

    "identity-map/no-overwrite": (t) => {
      t.fixture();
      const s = t.session({ autoflush: false });
      const user = s.getOne(User, 1);
      user.name = "mine";
      s.scalars(select(User)).all();
      t.fact("kept", user.name);
      s.scalars(select(User).executionOptions({ populateExisting: true })).all();
      t.fact("overwritten", user.name);
    },

    "identity-map/expire": (t) => {
      t.fixture();
      const s = t.session();
      const [u, v] = [s.getOne(User, 1), s.getOne(User, 2)];
      s.expire(u, ["name"]);
      t.fact("loaded", loaded(u));
      t.count("one attr", () => u.name);
      s.expire(u);
      t.count("object", () => [u.name, u.email]);
      s.expireAll();
      t.count("both", () => [u.name, v.name]);
    },

    "identity-map/refresh": (t) => {
      t.fixture();
      const s = t.session();
      const user = s.getOne(User, 1);
      s.refresh(user);
      s.refresh(user, ["name", "email"]);
      s.refresh(user, ["orders"]);
      t.fact("loaded", loaded(user));
      s.refresh(user, undefined, { withForUpdate: { read: true } });
    },

    "identity-map/expire-on-commit": (t) => {
      t.fixture();
      const s = t.session();
      const user = s.getOne(User, 1);
      s.commit();
      t.fact("loaded", loaded(user));
      t.count("access", () => user.name);
      const keep = t.session({ expireOnCommit: false });
      const kept = keep.getOne(User, 1);
      keep.commit();
      t.count("kept", () => kept.name);
    },

    "identity-map/object-deleted": (t) => {
      t.fixture();
      const s = t.session();
      const tag = s.getOne(Tag, 3);
      s.commit();
      t.quiet(() => {
        s.execute(sqlText("delete from product_tags"));
        s.execute(sqlText("delete from tags where id = 3"));
      });
      t.raises("access", () => tag.name);
      t.raises("refresh", () => s.refresh(tag));
    },

    "identity-map/merge-load-false": (t) => {
      t.fixture();
      const s = t.session();
      const u = s.getOne(User, 1);
      s.expunge(u);
      const merged = t.count("merge", () => s.merge(u, { load: false }));
      t.fact("name", merged.name);
      const v = s.getOne(User, 2);
      s.expunge(v);
      v.name = "dirty";
      t.raises("dirty", () => s.merge(v, { load: false }));
    },

    "identity-map/other-session": (t) => {
      t.fixture();
      const [a, b] = [t.session(), t.session()];
      const tag = a.getOne(Tag, 1);
      t.raises("add", () => b.add(tag));
      t.fact("object_session", objectSession(tag) === a);
    },

    "identity-map/attribute-history": (t) => {
      t.fixture();
      const s = t.session();
      const user = s.getOne(User, 1);
      const history = (name: string) => {
        const { added, unchanged, deleted } = inspect(user).history(name);
        return [added, unchanged, deleted];
      };
      t.fact("unchanged", history("name"));
      user.name = "N";
      t.fact("changed", history("name"));
      user.orders.shift();
      user.orders.push(new Order({ total: 1 }));
      t.fact(
        "collection",
        history("orders").map(({ length }) => length),
      );
      s.rollback();
      t.fact("after rollback", user.name);
    },

    "identity-map/make-transient-copy": (t) => {
      t.fixture();
      const s = t.session();
      const tag = s.getOne(Tag, 1);
      s.expunge(tag);
      makeTransient(tag);
      Object.assign(tag, { id: null, name: "copy" });
      s.add(tag);
      s.commit();
      t.fact("rows", t.rows("select name from tags order by id"));
      const ghost = new Tag({ id: 2 } as ConstructorParameters<typeof Tag>[0]);
      makeTransientToDetached(ghost);
      s.add(ghost);
      t.fact("ghost", ghost.name);
    },
  },
};
