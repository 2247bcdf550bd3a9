import { func, select } from "athanor";
import { Order, Tag, User } from "../orm-models/shop.ts";
import type { ScenarioArea } from "../scenario-case.ts";

export const autoflush: ScenarioArea = {
  name: "autoflush",
  scenarios: {
    "autoflush/off": (t) => {
      t.fixture();
      const s = t.session({ autoflush: false });
      s.add(new Tag({ name: "zeta" }));
      t.fact("count", s.scalar(select(func.count(Tag.id))));
      s.flush();
      t.fact("count2", s.scalar(select(func.count(Tag.id))));
    },

    "autoflush/lazy-load": (t) => {
      t.fixture();
      const s = t.session();
      const user = s.getOne(User, 4);
      s.add(new Order({ userId: 4, total: 2 }));
      t.fact("orders", user.orders.length);
    },

    "autoflush/get-no-flush": (t) => {
      t.fixture();
      const s = t.session();
      const user = s.get(User, 1);
      s.add(new Tag({ name: "zeta" }));
      t.count("get", () => t.fact("same", s.get(User, 1) === user));
      t.count("get other", () => s.get(User, 2));
    },
  },
};
