import { integer, select, sqlText } from "athanor";
import { declarativeBase, many, map, selectinload } from "athanor/orm";
import { Account, uid } from "../orm-models/billing.ts";
import { Order, ShopBase, User } from "../orm-models/shop.ts";
import type { ScenarioArea } from "../scenario-case.ts";
import { loaded, states } from "../trace.ts";

export const cascades: ScenarioArea = {
  name: "cascades",
  scenarios: {
    "cascades/delete-cascade": (t) => {
      t.fixture();
      const s = t.session();
      const order = s.getOne(Order, 4);
      t.count("mark", () => s.delete(order));
      t.fact("deleted", Array.from(s.deleted, (each) => each.constructor.name).toSorted());
      t.count("flush", () => s.flush());
    },

    "cascades/delete-orphan": (t) => {
      t.fixture();
      const s = t.session();
      const gone = s.getOne(Order, 4).items.shift()!;
      s.flush();
      t.fact("states", states(gone));
      s.commit();
      t.fact("after commit", states(gone));
      t.fact("rows", t.rows("select id from order_items where order_id = 4 order by id"));
    },

    "cascades/orphan-pending": (t) => {
      t.create(ShopBase.metadata);
      const s = t.session();
      const user = new User({ email: "a@x", name: "A" });
      const order = new Order({});
      user.orders.push(order);
      s.add(user);
      user.orders.splice(0, 1);
      t.fact("in session", s.contains(order));
      s.flush();
      t.fact("orders", s.execute(sqlText("select count(*) from orders")).all());
    },

    "cascades/orphan-without-parent": (t) => {
      t.create(ShopBase.metadata);
      const s = t.session();
      s.add(new Order({ total: 1 }));
      t.raises("flush", () => s.flush());
    },

    "cascades/passive-deletes": (t) => {
      t.fixture();
      const s = t.session();
      const account = s.getOne(Account, uid(1));
      t.count("delete", () => {
        s.delete(account);
        s.flush();
      });
      s.commit();
      t.fact("left", t.rows("select (select count(*) from invoice), (select count(*) from invoice_line)"));
    },

    "cascades/passive-deletes-all": (t) => {
      const Base = declarativeBase();
      class Parent extends Base.model("p", {
        id: integer().primaryKey(),
        get kids() {
          return many(() => Kid, { passiveDeletes: "all" });
        },
      }) {
        static {
          map(this);
        }
      }
      class Kid extends Base.model("k", {
        id: integer().primaryKey(),
        pId: integer().references(() => Parent.id, { onDelete: "cascade" }),
      }) {
        static {
          map(this);
        }
      }
      t.create(Base.metadata);
      const s = t.session();
      const parent = new Parent({ kids: [new Kid({}), new Kid({})] });
      s.add(parent);
      s.commit();
      t.fact("loaded", parent.kids.length);
      s.delete(parent);
      s.commit();
      t.fact("left", t.rows("select count(*) from k"));
    },

    "cascades/refresh-expire-cascade": (t) => {
      t.fixture();
      const s = t.session();
      const user = s.scalars(select(User).where(User.id.eq(1)).options(selectinload(User.orders))).one();
      const order = user.orders[0]!;
      s.expire(user);
      t.fact("order loaded", loaded(order).includes("status"));
      t.count("access", () => t.fact("names", [user.name, user.orders.length, order.status]));
    },

    "cascades/merge-cascade": (t) => {
      t.fixture();
      const s = t.session();
      const given = new User({
        id: 1,
        email: "left out",
        name: "Merged",
        orders: [new Order({ id: 1, status: "m" }), new Order({ total: 3 })],
      });
      Reflect.deleteProperty(given, "email");
      const merged = s.merge(given);
      t.fact("same", merged === given);
      t.fact("in session", [s.contains(given), s.contains(merged)]);
      s.flush();
      t.fact(
        "orders",
        merged.orders.map(({ id, status }) => [typeof id === "number", status]),
      );
      s.commit();
      t.fact("rows", t.rows("select total, status from orders where user_id = 1 order by id"));
    },
  },
};
