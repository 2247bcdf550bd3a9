import { and, integer, select, sqlText, varchar } from "athanor";
import { associationProxy, declarativeBase, keyedBy, many, map, oneOrNone, orderingList } from "athanor/orm";
import { Order, Product, ShopBase, Tag, User, UserProfile } from "../orm-models/shop.ts";
import type { ScenarioArea } from "../scenario-case.ts";

export const relationships: ScenarioArea = {
  name: "relationships",
  scenarios: {
    "relationships/backref-before-flush": (t) => {
      t.create(ShopBase.metadata);
      const user = new User({ email: "a@x", name: "A" });
      const order = new Order({});
      user.orders.push(order);
      t.fact("o.user is u", order.user === user);
      const second = new Order({ user });
      t.fact("in collection", user.orders.includes(second));
      const other = new User({ email: "b@x", name: "B" });
      second.user = other;
      t.fact("moved", [user.orders.includes(second), other.orders.includes(second)]);
      user.orders.splice(user.orders.indexOf(order), 1);
      t.fact("removed", order.user);
      const profile = new UserProfile({ user });
      t.fact("one to one", user.profile === profile);
      user.profile = null;
      t.fact("one to one cleared", profile.user);
      t.fact("statements", t.statements);
    },

    "relationships/backref-unloaded": (t) => {
      t.fixture();
      const s = t.session();
      const user = s.getOne(User, 1);
      const order = t.count("assign", () => new Order({ user, total: 5 }));
      s.noAutoflush(() => t.count("access", () => t.fact("n", user.orders.length)));
      t.fact("contains", user.orders.includes(order));
    },

    "relationships/no-backref-cascade": (t) => {
      t.fixture();
      const s = t.session();
      const order = new Order({ user: s.getOne(User, 1) });
      t.fact("in session", s.contains(order));
      s.flush();
      t.fact("warnings", [...t.warnings]);
      s.add(order);
      s.flush();
      t.fact("now", typeof order.id === "number");
    },

    "relationships/move-child": (t) => {
      t.fixture();
      const s = t.session();
      const [a, b] = [s.getOne(User, 1), s.getOne(User, 3)];
      const order = a.orders[0]!;
      b.orders.push(order);
      t.fact(
        "a",
        a.orders.map(({ id }) => id),
      );
      s.flush();
      s.commit();
      t.fact("rows", t.rows("select id, user_id from orders order by id"));
    },

    "relationships/replace-collection": (t) => {
      t.fixture();
      const s = t.session();
      const user = s.getOne(User, 1);
      user.orders = [user.orders[0]!, new Order({ total: 7 })];
      s.flush();
      s.commit();
      t.fact("orders", t.rows("select user_id, total from orders order by id"));
    },

    "relationships/not-null-child": (t) => {
      t.fixture();
      const s = t.session();
      s.getOne(Product, 1).orderItems.pop();
      t.raises("flush", () => s.flush());
    },

    "relationships/m2m-replace": (t) => {
      t.fixture();
      const s = t.session();
      s.getOne(Product, 1).tags = [s.getOne(Tag, 2), s.getOne(Tag, 3)];
      s.commit();
      t.fact("rows", t.rows("select product_id, tag_id from product_tags order by 1, 2"));
    },

    "relationships/m2m-delete-parent": (t) => {
      t.fixture();
      const s = t.session();
      s.delete(s.getOne(Tag, 2));
      s.commit();
      t.fact("rows", t.rows("select product_id, tag_id from product_tags order by 1, 2"));
      t.fact("products", t.rows("select count(*) from products"));
    },

    "relationships/self-referential-insert": (t) => {
      const Base = declarativeBase();
      class Node extends Base.model("node", {
        id: integer().primaryKey(),
        name: varchar(50),
        get parentId() {
          return integer()
            .references(() => Node.id)
            .nullable();
        },
        get children() {
          return many(() => Node, {
            backPopulates: "parent",
            cascade: "all, delete-orphan",
            orderBy: () => Node.id,
          });
        },
        get parent() {
          return oneOrNone(() => Node, { backPopulates: "children", remoteSide: () => Node.id });
        },
      }) {
        static {
          map(this);
        }
      }
      t.create(Base.metadata);
      const s = t.session();
      const leaf = new Node({ name: "leaf" });
      const root = new Node({
        name: "root",
        children: [new Node({ name: "a", children: [leaf] }), new Node({ name: "b" })],
      });
      s.add(root);
      s.flush();
      t.fact("depth", leaf.parent?.parent?.name);
      s.commit();
      t.fact("rows", t.rows("select name, parent_id from node order by id"));
      s.delete(s.scalars(select(Node).where(Node.name.eq("a"))).one());
      s.flush();
      s.commit();
      t.fact("left", t.rows("select name from node order by id"));
    },

    "relationships/post-update": (t) => {
      const Base = declarativeBase();
      class Team extends Base.model("team", {
        id: integer().primaryKey(),
        captainId: integer().references("player.id", { name: "fk_captain" }).nullable(),
        get players() {
          return many(() => Player, { backPopulates: "team", foreignKeys: () => [Player.teamId] });
        },
        get captain() {
          return oneOrNone(() => Player, { foreignKeys: () => [Team.captainId], postUpdate: true });
        },
      }) {
        static {
          map(this);
        }
      }
      class Player extends Base.model("player", {
        id: integer().primaryKey(),
        teamId: integer().references("team.id"),
        get team() {
          return oneOrNone(() => Team, { backPopulates: "players", foreignKeys: () => [Player.teamId] });
        },
      }) {
        static {
          map(this);
        }
      }
      t.create(Base.metadata);
      const s = t.session();
      const captain = new Player({});
      const team = new Team({ players: [captain, new Player({})], captain });
      s.add(team);
      s.commit();
      t.fact("team", t.rows("select id, captain_id from team"));
      for (const player of [...team.players]) s.delete(player);
      s.delete(team);
      s.commit();
      t.fact("left", t.rows("select (select count(*) from team), (select count(*) from player)"));
    },

    "relationships/viewonly": (t) => {
      const Base = declarativeBase();
      class Parent extends Base.model("p", {
        id: integer().primaryKey(),
        get kids() {
          return many(() => Kid, { backPopulates: "p" });
        },
        get big() {
          return many(() => Kid, { primaryJoin: () => and(Parent.id.eq(Kid.pId), Kid.size.gt(5)), viewOnly: true });
        },
      }) {
        static {
          map(this);
        }
      }
      class Kid extends Base.model("k", {
        id: integer().primaryKey(),
        pId: integer()
          .references(() => Parent.id)
          .nullable(),
        size: integer(),
        get p() {
          return oneOrNone(() => Parent, { backPopulates: "kids" });
        },
      }) {
        static {
          map(this);
        }
      }
      t.create(Base.metadata);
      const s = t.session();
      const parent = new Parent({ kids: [new Kid({ size: 1 }), new Kid({ size: 9 })] });
      s.add(parent);
      s.commit();
      t.fact(
        "big",
        parent.big.map(({ size }) => size),
      );
      s.noAutoflush(() => parent.big.push(new Kid({ size: 50 })));
      s.flush();
      t.fact("rows", s.execute(sqlText("select size from k order by id")).all());
    },

    "relationships/association-proxy": (t) => {
      const Base = declarativeBase();
      class Person extends Base.model("person", {
        id: integer().primaryKey(),
        get links() {
          return many(() => Link, { cascade: "all, delete-orphan", orderBy: () => Link.id });
        },
        get urls() {
          return associationProxy("links", "url", { creator: (url: string) => new Link({ url }) });
        },
      }) {
        static {
          map(this);
        }
      }
      class Link extends Base.model("link", {
        id: integer().primaryKey(),
        get personId() {
          return integer().references(() => Person.id);
        },
        url: varchar(50),
      }) {
        static {
          map(this);
        }
      }
      t.create(Base.metadata);
      const s = t.session();
      const person = new Person({ urls: ["a", "b"] });
      person.urls.push("c");
      s.add(person);
      s.commit();
      t.fact("urls", [...person.urls]);
      person.urls.splice(person.urls.indexOf("b"), 1);
      s.commit();
      t.fact("rows", t.rows("select url from link order by id"));
      t.fact("contains", s.scalars(select(Person.id).where(Person.urls.contains("c"))).all());
    },

    "relationships/keyed-collection": (t) => {
      const Base = declarativeBase();
      class Doc extends Base.model("doc", {
        id: integer().primaryKey(),
        get notes() {
          return many(() => Note, { collection: keyedBy("k"), cascade: "all, delete-orphan" });
        },
      }) {
        static {
          map(this);
        }
      }
      class Note extends Base.model("note", {
        id: integer().primaryKey(),
        get docId() {
          return integer().references(() => Doc.id);
        },
        k: varchar(50),
        v: varchar(50),
      }) {
        static {
          map(this);
        }
      }
      t.create(Base.metadata);
      const s = t.session();
      const doc = new Doc({});
      doc.notes.set("x", new Note({ k: "x", v: "1" }));
      doc.notes.set("y", new Note({ k: "y", v: "2" }));
      s.add(doc);
      s.commit();
      doc.notes.delete("x");
      doc.notes.get("y")!.v = "22";
      s.commit();
      t.fact("keys", [...doc.notes.keys()].toSorted());
      t.fact("rows", t.rows("select k, v from note"));
    },

    "relationships/ordering-list": (t) => {
      const Base = declarativeBase();
      class Deck extends Base.model("deck", {
        id: integer().primaryKey(),
        get slides() {
          return many(() => Slide, {
            orderBy: () => Slide.pos,
            collection: orderingList("pos"),
            cascade: "all, delete-orphan",
          });
        },
      }) {
        static {
          map(this);
        }
      }
      class Slide extends Base.model("slide", {
        id: integer().primaryKey(),
        get deckId() {
          return integer().references(() => Deck.id);
        },
        pos: integer().default(0),
        name: varchar(50),
      }) {
        static {
          map(this);
        }
      }
      t.create(Base.metadata);
      const s = t.session();
      const deck = new Deck({ slides: ["a", "b", "c"].map((name) => new Slide({ name })) });
      s.add(deck);
      s.commit();
      deck.slides.splice(1, 0, new Slide({ name: "x" }));
      deck.slides.shift();
      s.commit();
      t.fact("rows", t.rows("select name, pos from slide order by pos"));
    },
  },
};
