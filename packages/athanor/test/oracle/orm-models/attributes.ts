import { boolean, double, integer, timestamp, varchar } from "athanor";
import { composite, declarativeBase, map, mixin, queryExpression, synonym } from "athanor/orm";
import { clock } from "../models/shop.ts";

// Tables of the shop, mapped once more with attributes that are no plain columns. Their metadata makes no tables.
const Base = declarativeBase();

export class Money {
  readonly total: number;
  readonly status: string;
  constructor(total: number, status: string) {
    this.total = total;
    this.status = status;
  }
}

export class MoneyOrder extends Base.model("orders", {
  id: integer().primaryKey(),
  userId: integer(),
  total: double(),
  status: varchar(50),
  createdAt: timestamp(),
  get money() {
    return composite(Money, () => ({ total: MoneyOrder.total, status: MoneyOrder.status }));
  },
}) {
  static {
    map(this);
  }
}

const user = {
  id: integer().primaryKey(),
  email: varchar(255),
  name: varchar(120),
  active: boolean().default(true),
  createdAt: timestamp().default(clock),
  role: varchar(50).default("user"),
};

const SynonymBase = declarativeBase();
export class SynUser extends SynonymBase.model("users", mixin(user), {
  get login() {
    return synonym(() => SynUser.email);
  },
}) {
  static {
    map(this);
  }
}

const ExpressionBase = declarativeBase();
export class ExprUser extends ExpressionBase.model("users", { ...user, extra: queryExpression<number>() }) {
  static {
    map(this);
  }
}

const GroupBase = declarativeBase();
export class GroupedUser extends GroupBase.model("users", {
  ...user,
  email: varchar(255).deferred({ group: "text" }),
  name: varchar(120).deferred({ group: "text" }),
}) {
  static {
    map(this);
  }
}
