import { aliased, bundle, withExpression } from "athanor/orm";
import { and, func, integer, join, literal, select, union, unionAll } from "../../support/core.ts";
import { ExprUser, Money, MoneyOrder, SynUser } from "../orm-models/attributes.ts";
import { Employee, Room, Site } from "../orm-models/org.ts";
import { Order, OrderItem, Product, Tag, User } from "../orm-models/shop.ts";
import type { Area } from "../statement-case.ts";

export const ormSelect: Area = {
  name: "orm-select",
  cases: {
    "orm-select/entity": () => select(User).orderBy(User.id),
    "orm-select/entity-and-column": () =>
      select(User, Order.total).join(User.orders).where(Order.total.gt(50)).orderBy(Order.id),
    "orm-select/aliased-named": () => {
      const u = aliased(User, "boss");
      return select(u.id).where(u.role.eq("admin"));
    },
    "orm-select/aliased-pair": () => {
      const [a, b] = [aliased(User, "a"), aliased(User, "b")];
      return select(a.name, b.name).join(b, a.role.eq(b.role)).where(a.id.lt(b.id)).orderBy(a.id, b.id);
    },
    "orm-select/aliased-subquery": () => {
      const u = aliased(User, select(User).where(User.active).orderBy(User.id).limit(2).subquery());
      return select(u).orderBy(u.id);
    },
    "orm-select/aliased-union": () => {
      const both = unionAll(select(User).where(User.id.eq(1)), select(User).where(User.id.eq(4)));
      const u = aliased(User, both.subquery());
      return select(u).orderBy(u.id);
    },
    "orm-select/aliased-cte": () => {
      const u = aliased(User, select(User).where(User.role.eq("user")).cte("plain"));
      return select(u.name).orderBy(u.id);
    },
    "orm-select/subquery-of-entity": () => {
      const big = select(Order).where(Order.total.gt(20)).subquery();
      return select(User.name, big.c.total).join(big, big.c.userId.eq(User.id)).orderBy(big.c.id);
    },
    "orm-select/join-target": () => select(User.name, Order.id).join(Order).orderBy(Order.id),
    "orm-select/join-relationship": () => select(User.name, Order.id).join(User.orders).orderBy(Order.id),
    "orm-select/join-onclause": () =>
      select(User.name, Order.id)
        .join(Order, and(Order.userId.eq(User.id), Order.status.eq("completed")))
        .orderBy(Order.id),
    "orm-select/join-relationship-and": () =>
      select(User.name, Order.id)
        .join(User.orders.and(Order.total.gt(20)))
        .orderBy(Order.id),
    "orm-select/join-m2m": () => select(Product.sku, Tag.name).join(Product.tags).orderBy(Product.id, Tag.id),
    "orm-select/outerjoin-m2m": () => select(Product.sku, Tag.name).outerJoin(Product.tags).orderBy(Product.id, Tag.id),
    "orm-select/join-from-entity": () =>
      select(Order.id, Product.sku).joinFrom(Order, OrderItem).join(OrderItem.product).orderBy(OrderItem.id),
    "orm-select/join-self": () => {
      const boss = aliased(Employee, "employees_1");
      return select(Employee.name, boss.name).join(Employee.manager.ofType(boss)).orderBy(Employee.id);
    },
    "orm-select/join-composite": () =>
      select(Site.city, Room.number).join(Site.rooms).orderBy(Room.siteCode, Room.number),
    "orm-select/select-from-entity": () => select(func.count()).selectFrom(User),
    "orm-select/select-from-join": () =>
      select(User.name, Order.id)
        .selectFrom(join(User, Order, User.id.eq(Order.userId)))
        .orderBy(Order.id),
    "orm-select/distinct-join": () => select(User).join(User.orders).distinct().orderBy(User.id),
    "orm-select/count-distinct": () => select(func.count(User.id.distinct())).join(User.orders),
    "orm-select/order-relationship-column": () => select(Order).join(Order.user).orderBy(User.name.desc(), Order.id),
    "orm-select/group-by-entity-columns": () =>
      select(User.role, func.count(User.id)).groupBy(User.role).having(func.count(User.id).gt(1)),
    "orm-select/union-entities": () =>
      union(select(User.id, User.name).where(User.id.eq(1)), select(Tag.id, Tag.name)).orderBy("name"),
    "orm-select/recursive-entity": () => {
      const top = select(Employee.id, Employee.name, literal(0, integer()).label("lvl"))
        .where(Employee.managerId.is(null))
        .cte("chain", { recursive: true });
      const chain = top.unionAll(
        select(Employee.id, Employee.name, top.c.lvl.add(1)).join(top, Employee.managerId.eq(top.c.id)),
      );
      return select(chain.c.name, chain.c.lvl).orderBy(chain.c.lvl, chain.c.id);
    },
    "orm-select/from-statement-union": () => {
      const both = union(select(User).where(User.id.eq(1)), select(User).where(User.id.eq(2))).orderBy("id");
      return select(User).fromStatement(both);
    },
    "orm-select/literal-in-entity": () => select(User.name, literal("x").label("k")).where(User.id.eq(1)),
    "orm-select/for-update-of-entity": () =>
      select(User)
        .join(User.orders)
        .where(Order.id.eq(1))
        .withForUpdate({ of: [User] }),
    "orm-select/entity-and-aggregate": () =>
      select(User, func.count(Order.id).label("n"))
        .outerJoin(User.orders)
        .groupBy(User.id, User.email, User.name, User.active, User.createdAt, User.role)
        .orderBy(User.id),
    "orm-select/bundle": () =>
      select(bundle("u", User.id, User.name), Order.id)
        .join(User.orders)
        .orderBy(Order.id),
    "orm-select/composite": () =>
      select(MoneyOrder.id, MoneyOrder.money).where(MoneyOrder.money.eq(new Money(15, "completed"))),
    "orm-select/synonym": () => select(SynUser.id).where(SynUser.login.like("%.org")),
    "orm-select/query-expression": () =>
      select(ExprUser)
        .where(ExprUser.id.eq(1))
        .options(withExpression(ExprUser.extra, func.length(ExprUser.name))),
    "orm-select/filter-by-joined": () => select(User.name).join(User.orders).filterBy({ status: "shipped" }),
  },
  later: [],
};
