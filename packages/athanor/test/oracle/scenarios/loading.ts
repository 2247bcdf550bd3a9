import { integer, select } from "athanor";
import {
  containsEager,
  declarativeBase,
  joinedload,
  lazyload,
  many,
  map,
  one,
  raiseload,
  selectinload,
  subqueryload,
  withLoaderCriteria,
} from "athanor/orm";
import { Account, Invoice, uid } from "../orm-models/billing.ts";
import { Employee, Vehicle } from "../orm-models/org.ts";
import { Order, User } from "../orm-models/shop.ts";
import type { ScenarioArea } from "../scenario-case.ts";

export const loading: ScenarioArea = {
  name: "loading",
  scenarios: {
    "loading/many-to-one-identity": (t) => {
      t.fixture();
      const s = t.session();
      const users = s.scalars(select(User)).all();
      t.count("all", () => {
        const orders = s.scalars(select(Order).orderBy(Order.id)).all();
        t.fact(
          "names",
          orders.map((order) => order.user.name),
        );
      });
      t.fact("held", users.length);
    },

    "loading/null-many-to-one": (t) => {
      t.fixture();
      const s = t.session();
      const vehicle = s.getOne(Vehicle, 4);
      t.count("access", () => t.fact("owner", vehicle.owner));
    },

    "loading/lazy-pending": (t) => {
      t.fixture();
      const s = t.session();
      const user = new User({ email: "q@x", name: "Q" });
      s.add(user);
      t.count("pending", () => t.fact("orders", user.orders.length));
      s.flush();
      t.count("flushed", () => t.fact("orders2", user.orders.length));
    },

    "loading/raiseload": (t) => {
      t.fixture();
      const s = t.session();
      const query = select(Order).where(Order.id.eq(1));
      const order = s.scalars(query.options(raiseload(Order.user), raiseload(Order.items, { sqlOnly: true }))).one();
      t.raises("user", () => order.user);
      t.raises("items", () => order.items);
      s.expungeAll();
      const again = s.scalars(query.options(raiseload("*", { sqlOnly: true }))).one();
      t.raises("star", () => again.user);
      t.quiet(() => s.get(User, 1));
      t.fact("sql_only from map", again.user.name);
    },

    "loading/mapping-raise": (t) => {
      t.fixture();
      const s = t.session();
      const account = s.getOne(Account, uid(2));
      t.raises("lazy", () => account.invoices);
      s.expungeAll();
      const again = s
        .scalars(
          select(Account)
            .where(Account.id.eq(uid(2)))
            .options(selectinload(Account.invoices).selectinload(Invoice.lines)),
        )
        .one();
      t.count("access", () =>
        t.fact(
          "n",
          again.invoices.map(({ lines }) => lines.length),
        ),
      );
      t.raises("the way back is not loaded by it", () => again.invoices[0]?.account.name);
    },

    "loading/mapping-strategies": (t) => {
      const Base = declarativeBase();
      class Home extends Base.model("home", { id: integer().primaryKey() }) {
        static {
          map(this);
        }
      }
      class Kid extends Base.model("k", {
        id: integer().primaryKey(),
        pId: integer().references("p.id"),
      }) {
        static {
          map(this);
        }
      }
      class Person extends Base.model("p", {
        id: integer().primaryKey(),
        homeId: integer().references(() => Home.id),
        get home() {
          return one(() => Home, { lazy: "joined" });
        },
        get kids() {
          return many(() => Kid, { lazy: "selectin", orderBy: () => Kid.id });
        },
      }) {
        static {
          map(this);
        }
      }
      t.create(Base.metadata);
      const s = t.session();
      t.quiet(() => {
        const kids = [new Kid({}), new Kid({})];
        s.addAll([new Person({ home: new Home({}), kids }), new Person({ home: new Home({}) })]);
        s.commit();
        s.expungeAll();
      });
      t.count("query", () => {
        const people = s.scalars(select(Person).orderBy(Person.id)).all();
        t.fact(
          "kids",
          people.map(({ kids }) => kids.length),
        );
      });
      t.count("lazy override", () => {
        s.expungeAll();
        s.scalars(select(Person).options(lazyload("*"))).all();
      });
      s.expungeAll();
      t.count("get", () => s.get(Person, 1));
    },

    "loading/joined-unique": (t) => {
      t.fixture();
      const s = t.session();
      const query = select(User).options(joinedload(User.orders));
      t.raises("all", () => s.scalars(query).all());
      t.fact("unique", s.scalars(query).unique().all().length);
    },

    "loading/contains-eager-populate": (t) => {
      t.fixture();
      const s = t.session();
      const user = t.quiet(() => {
        const found = s.getOne(User, 2);
        return found.orders.length === 2 ? found : null;
      });
      const query = select(User)
        .where(User.id.eq(2))
        .join(User.orders)
        .where(Order.status.eq("shipped"))
        .options(containsEager(User.orders));
      s.scalars(query).unique().all();
      t.fact("unchanged", user?.orders.length);
      s.scalars(query.executionOptions({ populateExisting: true }))
        .unique()
        .all();
      t.fact(
        "filtered",
        user?.orders.map(({ status }) => status),
      );
    },

    "loading/subquery-limit-order": (t) => {
      t.fixture();
      const s = t.session();
      const query = select(User).orderBy(User.name.desc(), User.id).limit(3);
      const numbers = (users: readonly User[]) => users.map((user) => [user.id, user.orders.length]);
      const a = numbers(s.scalars(query.options(subqueryload(User.orders))).all());
      s.expungeAll();
      const b = numbers(s.scalars(query.options(selectinload(User.orders))).all());
      t.fact("equal", JSON.stringify(a) === JSON.stringify(b));
      t.fact("value", a);
    },

    "loading/loader-criteria-lazy": (t) => {
      t.fixture();
      const s = t.session();
      const query = select(User).where(User.id.eq(2));
      const user = s.scalars(query.options(withLoaderCriteria(Order, Order.status.eq("shipped")))).one();
      t.fact(
        "orders",
        user.orders.map(({ status }) => status),
      );
    },

    "loading/self-referential-depth": (t) => {
      t.fixture();
      const s = t.session();
      const root = (recursionDepth: number) =>
        s
          .scalars(
            select(Employee).where(Employee.id.eq(1)).options(selectinload(Employee.reports, { recursionDepth })),
          )
          .one();
      const shallow = t.count("selectin depth 1", () => root(1));
      t.count("next level", () => shallow.reports.map(({ reports }) => reports.length));
      s.expungeAll();
      const deep = t.count("unlimited", () => root(-1));
      t.count("all loaded", () => deep.reports.map(({ reports }) => reports.length));
    },
  },
  deviations: {
    "loading/mapping-raise": {
      reason: "what was loaded as part of its parent knows its parent, which takes no statement",
      facts: { "the way back is not loaded by it": { returned: "Globex" } },
    },
    "loading/mapping-strategies": {
      reason: 'a relationship mapped with lazy: "joined" is joined by an outer join; options have innerJoin',
      statements: true,
    },
  },
  later: [],
};
