import { withParent } from "athanor/orm";
import { select } from "../../support/core.ts";
import { Employee, Engineer, Room, Site } from "../orm-models/org.ts";
import { Order, Product, Tag, User, UserProfile } from "../orm-models/shop.ts";
import { type Area, everywhere } from "../statement-case.ts";

const user = (id: number) => new User({ id, email: "", name: "" });

export const ormCriteria: Area = {
  name: "orm-criteria",
  cases: {
    "orm-criteria/any": () => select(User.name).where(User.orders.any()).orderBy(User.id),
    "orm-criteria/any-criteria": () =>
      select(User.name)
        .where(User.orders.any(Order.total.gt(50)))
        .orderBy(User.id),
    "orm-criteria/any-m2m": () =>
      select(Product.sku)
        .where(Product.tags.any(Tag.name.eq("sale")))
        .orderBy(Product.id),
    "orm-criteria/any-self": () => select(Employee.name).where(Employee.reports.any(Employee.name.eq("Ken"))),
    "orm-criteria/any-and": () =>
      select(User.name)
        .where(User.orders.and(Order.total.gt(100)).any())
        .orderBy(User.id),
    "orm-criteria/of-type-any": () =>
      select(Employee.name).where(Employee.reports.ofType(Engineer).any(Engineer.language.eq("Go"))),
    "orm-criteria/has": () =>
      select(Order.id)
        .where(Order.user.has(User.name.eq("Bob")))
        .orderBy(Order.id),
    "orm-criteria/has-self": () =>
      select(Employee.name)
        .where(Employee.manager.has(Employee.name.eq("Mary")))
        .orderBy(Employee.id),
    "orm-criteria/has-one-to-one": () => select(User.name).where(User.profile.has(UserProfile.score.gt(5))),
    "orm-criteria/eq-none": () => select(Employee.name).where(Employee.manager.eq(null)),
    "orm-criteria/eq-none-one-to-one": () => select(User.name).where(User.profile.eq(null)).orderBy(User.id),
    "orm-criteria/eq-instance": () =>
      select(Order.id)
        .where(Order.user.eq(user(2)))
        .orderBy(Order.id),
    "orm-criteria/ne-instance": () =>
      select(Order.id)
        .where(Order.user.ne(user(2)))
        .orderBy(Order.id),
    "orm-criteria/contains-instance": () =>
      select(User.name).where(User.orders.contains(new Order({ id: 3, userId: 2 }))),
    "orm-criteria/in-instances": () =>
      select(Order.id).where(Reflect.apply(Reflect.get(Order.user, "in"), Order.user, [[user(1)]])),
    "orm-criteria/eq-collection": () =>
      select(User.id).where(Reflect.apply(User.orders.eq, User.orders, [[new Order({ id: 1 })]])),
    "orm-criteria/any-on-scalar": () => select(Order.id).where(Order.user.any()),
    "orm-criteria/with-parent": () =>
      select(Order.id)
        .where(withParent(user(2), User.orders))
        .orderBy(Order.id),
    "orm-criteria/eq-composite-instance": () =>
      select(Room.number).where(Room.site.eq(new Site({ country: "fr", code: "par", city: "" }))),
  },
  deviations: {
    "orm-criteria/of-type-any": everywhere({
      reason: "tables that are joined get an alias each; SQLAlchemy wraps their join into a subquery",
      sql: "SELECT employees.name FROM employees WHERE EXISTS (SELECT 1 FROM employees AS employees_1 JOIN engineers AS engineers_1 ON employees_1.id = engineers_1.id WHERE employees.id = employees_1.manager_id AND engineers_1.language = ?)",
      parameters: ["Go"],
    }),
    "orm-criteria/any-and": everywhere({
      reason: "what and() adds counts for any(), too; SQLAlchemy leaves it out",
      sql: "SELECT users.name FROM users WHERE EXISTS (SELECT 1 FROM orders WHERE users.id = orders.user_id AND orders.total > ?) ORDER BY users.id",
      parameters: [100],
      rows: [["Bob"]],
    }),
  },
  later: [],
};
