import { func, integer, select, text, varchar } from "athanor";
import { columnProperty, declarativeBase, many, map, one, queryExpression } from "athanor/orm";

export const AttributeBase = declarativeBase();

/** Attributes that the database computes, and columns that are not loaded with the object. */
export class Customer extends AttributeBase.model("customers", {
  id: integer().primaryKey(),
  firstName: varchar(50),
  lastName: varchar(50).activeHistory(),
  biography: text().nullable().deferred(),
  photo: text().nullable().deferred({ group: "media" }),
  voice: text().nullable().deferred({ group: "media" }),
  secret: text().nullable().deferred({ raiseload: true }),
  get fullName() {
    return columnProperty(() => Customer.firstName.concat(" ").concat(Customer.lastName));
  },
  get purchaseCount() {
    return columnProperty(() =>
      func.coalesce(select(func.count(Purchase.id)).where(Purchase.customerId.eq(Customer.id)).scalarSubquery(), 0),
    );
  },
  get shout() {
    return columnProperty(() => func.upper(Customer.firstName), { deferred: true });
  },
  rank: queryExpression<number>(),
  get initial() {
    return queryExpression(() => func.lower(Customer.firstName));
  },
  get purchases() {
    return many(() => Purchase, { backPopulates: "customer", orderBy: () => Purchase.id });
  },
}) {
  static {
    map(this);
  }
}

export class Purchase extends AttributeBase.model("purchases", {
  id: integer().primaryKey(),
  item: varchar(50),
  price: integer(),
  quantity: integer().default(1),
  note: text().nullable().deferred(),
  get customerId() {
    return integer().references(() => Customer.id);
  },
  get total() {
    return columnProperty(() => Purchase.price.mul(Purchase.quantity));
  },
  get customer() {
    return one(() => Customer, { backPopulates: "purchases" });
  },
}) {
  static {
    map(this);
  }
}

/** Three customers with two, one and no purchases. */
export function customers(): Customer[] {
  return [
    new Customer({
      firstName: "Ann",
      lastName: "Ash",
      biography: "born",
      photo: "p1",
      voice: "v1",
      secret: "s1",
      purchases: [
        new Purchase({ item: "pen", price: 2, quantity: 3, note: "blue" }),
        new Purchase({ item: "ink", price: 5 }),
      ],
    }),
    new Customer({
      firstName: "Bob",
      lastName: "Birch",
      purchases: [new Purchase({ item: "cup", price: 7, quantity: 2 })],
    }),
    new Customer({ firstName: "Cid", lastName: "Cedar" }),
  ];
}
