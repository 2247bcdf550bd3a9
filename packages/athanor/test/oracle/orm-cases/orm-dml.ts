import { deleteFrom, insert, postgresqlInsert, select, update } from "../../support/core.ts";
import { Engineer } from "../orm-models/org.ts";
import { Order, OrderItem, Product, Tag, User } from "../orm-models/shop.ts";
import { type Area, Execution, everywhere } from "../statement-case.ts";

const deactivated = () => update(User).where(User.id.eq(2)).values({ active: false });
const itemsOfFourth = () => deleteFrom(OrderItem).where(OrderItem.orderId.eq(4));

export const ormDml: Area = {
  name: "orm-dml",
  cases: {
    "orm-dml/upsert-pg": () => {
      const statement = postgresqlInsert(Tag).values([{ id: 1, name: "fresh" }]);
      const { name } = statement.excluded;
      return statement.onConflictDoUpdate({ indexElements: [Tag.id], set: { name } }).returning(Tag);
    },
    "orm-dml/insert-attr-names": () =>
      new Execution(insert(User), [
        { email: "n@x", name: "N" },
        { email: "m@x", name: "M", role: "admin" },
      ]),
    "orm-dml/insert-hetero": () =>
      new Execution(insert(Order), [{ userId: 1 }, { userId: 2 }, { userId: 1, total: 9.5 }]),
    "orm-dml/insert-from-select": () => insert(Tag).fromSelect(["id", "name"], select(User.id.add(40), User.name)),
    "orm-dml/update-fetch": () => deactivated().executionOptions({ synchronizeSession: "fetch" }),
    "orm-dml/update-false": () => deactivated().executionOptions({ synchronizeSession: false }),
    "orm-dml/update-expr": () =>
      update(Product)
        .where(Product.active)
        .values({ price: Product.price.mul(2) }),
    "orm-dml/update-by-pk": () =>
      new Execution(update(Tag), [
        { id: 1, name: "n1" },
        { id: 2, name: "n2" },
      ]),
    "orm-dml/update-by-pk-where": () => new Execution(update(Tag).where(Tag.name.eq("x")), [{ id: 1, name: "n1" }]),
    "orm-dml/update-from": () =>
      update(Order).where(Order.userId.eq(User.id), User.name.eq("Bob")).values({ status: "bobs" }),
    "orm-dml/update-relationship-exists": () =>
      update(User)
        .where(User.orders.any(Order.total.gt(100)))
        .values({ role: "vip" }),
    "orm-dml/delete": () => deleteFrom(OrderItem).where(OrderItem.quantity.eq(1)),
    "orm-dml/delete-fetch": () => itemsOfFourth().executionOptions({ synchronizeSession: "fetch" }),
    "orm-dml/delete-returning": () => itemsOfFourth().returning(OrderItem.id),
    "orm-dml/delete-subquery": () =>
      deleteFrom(OrderItem).where(OrderItem.orderId.in(select(Order.id).where(Order.status.eq("cancelled")))),
    "orm-dml/update-subclass-base-column": () => update(Engineer).values({ dept: "x" }),
    "orm-dml/delete-no-relationship-cascade": () => deleteFrom(User).where(User.id.eq(5)),
  },
  deviations: {
    "orm-dml/update-subclass-base-column": everywhere({
      reason: "an UPDATE of a joined class writes each of its tables by key; SQLAlchemy refuses it",
      statements: [
        {
          sql: "SELECT employees.id FROM employees JOIN engineers ON employees.id = engineers.id",
          parameters: [],
        },
        { sql: "UPDATE employees SET dept = ? WHERE employees.id IN (?, ?, ?)", parameters: ["x", 2, 3, 6] },
      ],
    }),
  },
};
