import { type Select, select } from "athanor";
import {
  aliased,
  containsEager,
  defaultload,
  defer,
  immediateload,
  joinedload,
  lazyload,
  loadOnly,
  raiseload,
  SyncSession,
  selectinload,
  subqueryload,
  undefer,
  undeferGroup,
  withLoaderCriteria,
} from "athanor/orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { casesOf } from "../oracle/expressions.ts";
import { GroupedUser } from "../oracle/orm-models/attributes.ts";
import { Employee, OrgBase, Site } from "../oracle/orm-models/org.ts";
import { Order, OrderItem, Product, ShopBase, User } from "../oracle/orm-models/shop.ts";
import { type ServerScenarioDatabase, serverScenarioDatabase } from "../oracle/scenario-databases.ts";
import { Trace } from "../oracle/trace.ts";
import {
  type Backend,
  canonical,
  expectedStatements,
  expectRows,
  isRefused,
  sortedParameters,
  statementCount,
} from "./support/oracle-check.ts";
import { type OracleDatabase, oracleDatabase } from "./support/oracle-database.ts";

type Query = Select<readonly [typeof User], string, string>;
interface LoadingCase {
  readonly build: () => unknown;
  /** What SQLAlchemy sends is put otherwise. */
  readonly rewrite?: (sql: string) => string;
}

const ord = aliased(Order, "ord");
const manager = aliased(Employee, "manager");

/** SQLAlchemy's older loaders name the columns of a subquery after table and column. */
const plainNames = (sql: string) =>
  sql
    .replace(/\b(anon_1|orders_1)\.(?:users|products|orders)_id/g, "$1.id")
    .replace(/ AS (?:users|products)_id/g, " AS id");
/** Where SQLAlchemy makes up a name, the test has one. */
const managed = (sql: string) => sql.replaceAll("employees_1", "manager");

const cases: Readonly<Record<string, (() => unknown) | LoadingCase>> = {
  "joinedload-inner": () =>
    select(Order)
      .options(joinedload(Order.user, { innerJoin: true }))
      .orderBy(Order.id),
  "joinedload-two": () => select(User).options(joinedload(User.orders), joinedload(User.profile)).where(User.id.eq(1)),
  "joinedload-limit": () => select(User).options(joinedload(User.orders)).orderBy(User.name).limit(2),
  "joinedload-limit-scalar": () => select(Order).options(joinedload(Order.user)).orderBy(Order.id).limit(2),
  "joinedload-limit-join": () =>
    select(Order)
      .join(Order.user)
      .where(User.active)
      .options(joinedload(Order.items))
      .orderBy(User.name, Order.id)
      .limit(2),
  "joinedload-self-1": () => select(Employee).options(joinedload(Employee.manager)).orderBy(Employee.id),
  "joinedload-self-2": () =>
    select(Employee)
      .where(Employee.managerId.is(null))
      .options(joinedload(Employee.reports).joinedload(Employee.reports))
      .orderBy(Employee.id),
  "joinedload-and": () =>
    select(User)
      .options(joinedload(User.orders.and(Order.total.gt(50))))
      .orderBy(User.id),
  "joinedload-of-type-alias": () =>
    select(User)
      .options(joinedload(User.orders.ofType(ord)))
      .orderBy(User.id, ord.id),
  "selectinload-collection": () => select(User).options(selectinload(User.orders)).orderBy(User.id),
  "selectinload-scalar": () => select(Order).options(selectinload(Order.user)).orderBy(Order.id),
  "selectinload-m2m": () => select(Product).options(selectinload(Product.tags)).orderBy(Product.id),
  "selectinload-chain": () =>
    select(User).options(selectinload(User.orders).selectinload(Order.items)).orderBy(User.id),
  "selectinload-then-joined": () =>
    select(User).options(selectinload(User.orders).joinedload(Order.items)).orderBy(User.id),
  "selectinload-composite": () => select(Site).options(selectinload(Site.rooms)).orderBy(Site.country, Site.code),
  "selectinload-and": () =>
    select(User)
      .options(selectinload(User.orders.and(Order.status.eq("completed"))))
      .orderBy(User.id),
  "selectinload-recursion": () =>
    select(Employee)
      .where(Employee.managerId.is(null))
      .options(selectinload(Employee.reports, { recursionDepth: 2 }))
      .orderBy(Employee.id),
  "selectinload-empty": () => select(User).where(User.id.eq(99)).options(selectinload(User.orders)),
  "selectinload-one-to-one": () => select(User).options(selectinload(User.profile)).orderBy(User.id),
  "selectinload-limit": () => select(User).options(selectinload(User.orders)).orderBy(User.id.desc()).limit(2),
  subqueryload: { build: () => select(User).options(subqueryload(User.orders)).orderBy(User.id), rewrite: plainNames },
  "subqueryload-limit": {
    build: () => select(User).options(subqueryload(User.orders)).orderBy(User.id).limit(2),
    rewrite: plainNames,
  },
  "subqueryload-m2m": {
    build: () => select(Product).options(subqueryload(Product.tags)).orderBy(Product.id),
    rewrite: plainNames,
  },
  "subqueryload-chain": {
    build: () => select(User).where(User.id.eq(2)).options(subqueryload(User.orders).subqueryload(Order.items)),
    rewrite: plainNames,
  },
  immediateload: () => select(Order).options(immediateload(Order.user)).orderBy(Order.id),
  "contains-eager-collection": () =>
    select(User).join(User.orders).where(Order.total.gt(50)).options(containsEager(User.orders)).orderBy(User.id),
  "contains-eager-chain": () =>
    select(User)
      .join(User.orders)
      .join(Order.items)
      .where(OrderItem.quantity.gt(2))
      .options(containsEager(User.orders).containsEager(Order.items))
      .orderBy(User.id),
  "contains-eager-self": {
    build: () =>
      select(Employee)
        .outerJoin(Employee.manager.ofType(manager))
        .options(containsEager(Employee.manager.ofType(manager)))
        .orderBy(Employee.id),
    rewrite: managed,
  },
  lazyload: () => select(User).options(lazyload(User.orders)).where(User.id.eq(1)),
  "noload-raise": () => select(User).options(raiseload(User.orders)).where(User.id.eq(1)),
  "load-only-no-pk": () => select(User).options(loadOnly(User.name)).orderBy(User.id),
  "defer-joined": () => select(Order).options(joinedload(Order.user).defer(User.email)).where(Order.id.eq(1)),
  "undefer-group": () => select(GroupedUser).options(undeferGroup("text")).where(GroupedUser.id.eq(1)),
  "defer-star": () => select(User).options(defer("*"), undefer(User.name)).where(User.id.eq(1)),
  defaultload: () => select(User).where(User.id.eq(1)).options(defaultload(User.orders).loadOnly(Order.id)),
  "populate-existing": () => select(User).where(User.id.eq(1)).executionOptions({ populateExisting: true }),
  "joined-and-selectin-two-paths": () =>
    select(Product)
      .options(joinedload(Product.tags), selectinload(Product.orderItems).joinedload(OrderItem.order))
      .orderBy(Product.id),
  "loader-criteria-eager": () =>
    select(User)
      .options(joinedload(User.profile), selectinload(User.orders), withLoaderCriteria(Order, Order.total.gt(20)))
      .orderBy(User.id),
  "option-bad-path": () => select(User).options(joinedload(Order.items)),
  // @ts-expect-error the types refuse it, too
  "option-bad-attr": () => select(User).options(joinedload(User.orders).joinedload(User.profile)),
};

describe("loading as SQLAlchemy does it", () => {
  let shop: OracleDatabase;
  let org: OracleDatabase;
  beforeAll(() => {
    shop = oracleDatabase(ShopBase);
    org = oracleDatabase(OrgBase);
  });
  afterAll(() => {
    shop.engine.dispose();
    org.engine.dispose();
  });

  const oracle = casesOf("orm-loading");
  test("covers every case", () => {
    const covered = Object.keys(cases).map((id) => `orm-loading/${id}`);
    expect(covered.toSorted()).toEqual(oracle.map(({ id }) => id).toSorted());
  });

  for (const each of oracle) {
    const found = cases[each.id.slice("orm-loading/".length)];
    if (found === undefined) continue;
    const { build, rewrite = (sql: string) => sql } = typeof found === "function" ? { build: found } : found;
    test(`${each.id}: ${each.intent}`, () => {
      const database = /Employee|Site/.test(each.python) ? org : shop;
      using session = new SyncSession(database.engine);
      database.sent();
      if (isRefused(each)) {
        expect(() => session.scalars(build() as Query).all()).toThrow();
        return;
      }
      const objects = session
        .scalars(build() as Query)
        .unique()
        .all();
      const sent = database.sent();
      const expected = expectedStatements(each);
      expect(sent.map(({ sql }) => canonical(sql))).toEqual(expected.map(({ sql }) => canonical(rewrite(sql))));
      expect(sent.map(sortedParameters)).toEqual(expected.map(sortedParameters));
      expectRows(
        each,
        objects.map((object) => [object]),
      );
    });
  }
});

const servers: readonly { readonly name: string; readonly backend: Backend }[] = [
  { name: "postgresql/pg", backend: "postgresql" },
  { name: "mariadb/mysql2", backend: "mariadb" },
];
describe.each(servers)("loading on $name: the same objects with no more statements", ({ name, backend }) => {
  let database: ServerScenarioDatabase | null = null;
  beforeAll(async () => {
    database = await serverScenarioDatabase(name);
    database?.fixture();
  }, 60_000);
  afterAll(() => database?.remove());

  for (const each of casesOf("orm-loading")) {
    const found = cases[each.id.slice("orm-loading/".length)];
    if (found === undefined || isRefused(each)) continue;
    const { build } = typeof found === "function" ? { build: found } : found;
    test(`${each.id}: ${each.intent}`, () => {
      if (database === null) return;
      using trace = new Trace(database);
      const objects = trace
        .session()
        .scalars(build() as Query)
        .unique()
        .all();
      expect(trace.statements).toBeLessThanOrEqual(statementCount(each, backend));
      expectRows(
        each,
        objects.map((object) => [object]),
        backend,
      );
    });
  }
});
