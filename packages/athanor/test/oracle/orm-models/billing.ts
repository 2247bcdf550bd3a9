import { randomUUID } from "node:crypto";
import { enumType, func, index, integer, timestamp, uuid, varchar } from "athanor";
import { declarativeBase, many, map, mixin, one } from "athanor/orm";

export const BillingBase = declarativeBase();

const stamp = timestamp({ timezone: true }).serverDefault(func.now());
const TimeStamped = mixin({ createdAt: stamp, updatedAt: stamp.onUpdate(func.now()) });
// SQLAlchemy stores the names of an enumeration's members.
const invoiceStatus = enumType("invoice_status", ["DRAFT", "OPEN", "PAID", "VOID"]);

/** The keys of the fixture. */
export function uid(n: number): string {
  const hex = (0x1000_0000_0000_4000_8000_0000_0000_0000n + BigInt(n)).toString(16).padStart(32, "0");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export class Account extends BillingBase.model("account", TimeStamped, {
  id: uuid().primaryKey().default(randomUUID),
  name: varchar(100),
  plan: varchar(20),
  get invoices() {
    return many(() => Invoice, { backPopulates: "account", lazy: "raise", passiveDeletes: true });
  },
}) {
  static {
    map(this);
  }
}

export class Invoice extends BillingBase.model("invoice", TimeStamped, {
  id: uuid().primaryKey().default(randomUUID),
  accountId: uuid()
    .references(() => Account.id, { onDelete: "cascade" })
    .index(),
  amountCents: integer(),
  currency: varchar(3),
  status: invoiceStatus.default("DRAFT").index(),
  issuedAt: timestamp().nullable(),
  get account() {
    return one(() => Account, { backPopulates: "invoices", lazy: "raise" });
  },
  get lines() {
    return many(() => InvoiceLine, { backPopulates: "invoice", cascade: "all, delete-orphan", lazy: "raise" });
  },
}) {
  static {
    map(this, [index("ix_invoice_account_status").on(this.accountId, this.status)]);
  }
}

export class InvoiceLine extends BillingBase.model("invoice_line", {
  id: integer().primaryKey(),
  invoiceId: uuid()
    .references(() => Invoice.id, { onDelete: "cascade" })
    .index(),
  description: varchar(200),
  totalCents: integer(),
  get invoice() {
    return one(() => Invoice, { backPopulates: "lines", lazy: "raise" });
  },
}) {
  static {
    map(this);
  }
}
