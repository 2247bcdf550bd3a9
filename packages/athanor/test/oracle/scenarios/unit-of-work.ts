import { func, integer, literal, select, sqlText, varchar } from "athanor";
import { declarativeBase, inspect, map } from "athanor/orm";
import { BlogBase, BlogUser } from "../orm-models/blog.ts";
import { Ledger, OrgBase, Room, Site } from "../orm-models/org.ts";
import { Order, OrderItem, Product, ShopBase, Tag, User } from "../orm-models/shop.ts";
import type { ScenarioArea } from "../scenario-case.ts";
import { loaded, states } from "../trace.ts";

export const unitOfWork: ScenarioArea = {
  name: "unit-of-work",
  scenarios: {
    "unit-of-work/insert-order": (t) => {
      t.create(ShopBase.metadata);
      const s = t.session();
      const user = new User({ email: "a@x", name: "A" });
      const product = new Product({ sku: "P", name: "p", price: 1 });
      const item = new OrderItem({ order: new Order({ user }), product, unitPrice: 1 });
      s.add(item);
      s.flush();
      t.fact("ids", [item.id, item.orderId, item.productId, item.order.userId]);
      s.commit();
      t.fact("rows", t.rows("select order_id, product_id, quantity from order_items"));
    },

    "unit-of-work/insert-batch": (t) => {
      t.create(ShopBase.metadata);
      const s = t.session();
      const users = Array.from({ length: 5 }, (_, i) => new User({ email: `u${i}@x`, name: `U${i}` }));
      s.addAll(users);
      t.count("statements", () => s.flush());
      t.fact(
        "ids",
        users.map(({ id }) => id),
      );
    },

    "unit-of-work/insert-explicit-keys": (t) => {
      t.create(ShopBase.metadata);
      const s = t.session();
      s.addAll([3, 1, 2].map((id) => new Tag({ id, name: `t${id}` })));
      t.count("statements", () => s.flush());
      s.commit();
      t.fact("rows", t.rows("select id, name from tags order by id"));
    },

    "unit-of-work/insert-mixed-keys": (t) => {
      t.create(ShopBase.metadata);
      const s = t.session();
      const [a, b, c] = [new Tag({ id: 50, name: "a" }), new Tag({ name: "b" }), new Tag({ name: "c" })];
      s.addAll([a, b, c]);
      s.flush();
      t.fact("has_ids", [a.id, typeof b.id === "number", typeof c.id === "number"]);
    },

    "unit-of-work/insert-different-columns": (t) => {
      t.create(BlogBase.metadata);
      const s = t.session();
      s.addAll([
        new BlogUser({ email: "a@x", username: "a", hashedPassword: "h" }),
        new BlogUser({ email: "b@x", username: "b", hashedPassword: "h", fullName: "B" }),
        new BlogUser({ email: "c@x", username: "c", hashedPassword: "h" }),
      ]);
      t.count("statements", () => s.flush());
      s.commit();
      t.fact("rows", t.rows("select username, full_name from blog_users order by username"));
    },

    "unit-of-work/update-batch": (t) => {
      t.fixture();
      const s = t.session();
      const [first, second, third, fourth] = s.scalars(select(User).orderBy(User.id)).all();
      first!.name = "A1";
      second!.name = "B1";
      third!.role = "boss";
      fourth!.name = "D1";
      t.count("flush", () => s.flush());
    },

    "unit-of-work/mixed-order": (t) => {
      t.fixture();
      const s = t.session();
      const order = s.getOne(Order, 1);
      s.delete(s.getOne(OrderItem, 7));
      s.add(new Order({ user: new User({ email: "new@x", name: "New" }), total: 1 }));
      order.status = "archived";
      s.add(new OrderItem({ order, product: new Product({ sku: "Z", name: "z", price: 1 }), unitPrice: 2 }));
      s.flush();
    },

    "unit-of-work/sql-expression-value": (t) => {
      t.fixture();
      const s = t.session();
      const product = s.getOne(Product, 1);
      Reflect.set(product, "stock", Product.stock.add(5));
      t.count("flush", () => s.flush());
      t.count("access", () => t.fact("stock", product.stock));
      const added = new Tag({ name: "stands aside" });
      Reflect.set(added, "name", func.upper(literal("mixed")));
      s.add(added);
      s.flush();
      t.fact("name", added.name);
    },

    "unit-of-work/delete-then-add": (t) => {
      t.fixture();
      const s = t.session();
      const tag = s.getOne(Tag, 1);
      s.delete(tag);
      s.add(tag);
      t.count("flush", () => s.flush());
      t.fact("states", states(tag));
    },

    "unit-of-work/row-switch": (t) => {
      t.fixture();
      const s = t.session();
      s.delete(s.getOne(Tag, 3));
      s.add(new Tag({ id: 3, name: "replaced" }));
      s.flush();
      s.commit();
      t.fact("rows", t.rows("select id, name from tags order by id"));
    },

    "unit-of-work/server-default-timestamps": (t) => {
      t.create(BlogBase.metadata);
      const s = t.session();
      const users = ["a", "b", "c"].map((c) => new BlogUser({ email: `${c}@x`, username: c, hashedPassword: "h" }));
      s.addAll(users);
      t.count("flush", () => s.flush());
      t.count("access", () =>
        t.fact(
          "all_set",
          users.every(({ createdAt, updatedAt }) => createdAt instanceof Date && updatedAt instanceof Date),
        ),
      );
    },

    "unit-of-work/onupdate-python": (t) => {
      const Base = declarativeBase();
      class Note extends Base.model("note", {
        id: integer().primaryKey(),
        body: varchar(50),
        edits: integer()
          .default(0)
          .onUpdate(() => 7),
      }) {
        static {
          map(this);
        }
      }
      t.create(Base.metadata);
      const s = t.session();
      const note = new Note({ body: "a" });
      s.add(note);
      s.flush();
      note.body = "b";
      s.flush();
      t.count("access", () => t.fact("edits", note.edits));
      note.body = "c";
      note.edits = 1;
      s.flush();
      t.fact("explicit", note.edits);
    },

    "unit-of-work/computed-column": (t) => {
      t.create(OrgBase.metadata);
      const s = t.session();
      const row = new Ledger({ net: 100, tax: 20 });
      s.add(row);
      s.flush();
      t.count("after_insert", () => t.fact("gross", row.gross));
      row.net = 200;
      s.flush();
      t.count("after_update", () => t.fact("gross2", row.gross));
    },

    "unit-of-work/insert-default-scalars": (t) => {
      const Base = declarativeBase();
      class Item extends Base.model("item", {
        id: integer().primaryKey(),
        a: integer().nullable().default(5),
        b: integer().nullable().serverDefault("6"),
      }) {
        static {
          map(this);
        }
      }
      t.create(Base.metadata);
      const s = t.session();
      const [given, missing] = [new Item({ a: null, b: null }), new Item({})];
      s.add(given);
      s.flush();
      s.add(missing);
      s.flush();
      s.commit();
      t.fact("rows", t.rows("select a, b from item order by id"));
    },

    "unit-of-work/composite-key": (t) => {
      t.fixture();
      const s = t.session();
      const site = s.getOne(Site, { country: "de", code: "ber" });
      t.fact("same", s.get(Site, ["de", "ber"]) === site);
      // The key of the site comes with the relationship, whatever stood there.
      site.rooms.push(new Room({ country: "", siteCode: "", number: 9, seats: 2 }));
      s.flush();
      t.fact("identity", inspect(site.rooms.at(-1)!).identity);
      t.raises("wrong_arity", () => s.get(Site, "de"));
      s.delete(site);
      s.commit();
      t.fact("left", t.rows("select country, site_code, number from rooms order by 1, 2, 3"));
    },

    "unit-of-work/stale-delete": (t) => {
      t.fixture();
      const s = t.session();
      const tag = s.getOne(Tag, 3);
      t.quiet(() => {
        s.execute(sqlText("delete from product_tags where tag_id = 3"));
        s.execute(sqlText("delete from tags where id = 3"));
      });
      s.delete(tag);
      s.flush();
      t.fact("warnings", t.warnings);
    },

    "unit-of-work/duplicate-identity": (t) => {
      t.create(ShopBase.metadata);
      const s = t.session();
      s.addAll([new Tag({ id: 1, name: "a" }), new Tag({ id: 1, name: "b" })]);
      t.raises("flush", () => s.flush());
      t.fact("warnings", t.warnings);
    },

    "unit-of-work/identity-conflict-warning": (t) => {
      t.fixture();
      const s = t.session();
      const keep = s.get(Tag, 1);
      s.add(new Tag({ id: 1, name: "other" }));
      t.raises("flush", () => s.flush());
      t.fact("warnings", t.warnings);
      t.fact("kept", keep !== null);
    },

    "unit-of-work/mapped-expression-pk-none": (t) => {
      const Base = declarativeBase();
      class Code extends Base.model("code", { code: varchar(5).primaryKey(), v: integer() }) {
        static {
          map(this);
        }
      }
      t.create(Base.metadata);
      const s = t.session();
      const code = new Code({ code: "taken back", v: 1 });
      Reflect.deleteProperty(code, "code");
      s.add(code);
      t.raises("flush", () => s.flush());
    },

    "unit-of-work/eager-defaults-off": (t) => {
      const Base = declarativeBase();
      class Note extends Base.model("note", { id: integer().primaryKey(), body: varchar(50).serverDefault("empty") }) {
        static {
          map(this, [], { eagerDefaults: false });
        }
      }
      t.create(Base.metadata);
      const s = t.session();
      const n = new Note({});
      s.add(n);
      s.flush();
      t.fact("loaded", loaded(n));
      t.count("access", () => t.fact("body", n.body));
    },

    "unit-of-work/eager-defaults-on": (t) => {
      const Base = declarativeBase();
      class Note extends Base.model("note", {
        id: integer().primaryKey(),
        body: varchar(50),
        rev: integer().serverDefault("1").onUpdate(sqlText("rev + 1")),
      }) {
        static {
          map(this, [], { eagerDefaults: true });
        }
      }
      t.create(Base.metadata);
      const s = t.session();
      const n = new Note({ body: "a" });
      s.add(n);
      s.flush();
      n.body = "b";
      s.flush();
      t.count("access", () => t.fact("rev", n.rev));
    },
  },
  later: [],
};
