import { randomUUID } from "node:crypto";
import { enumType, func, index, integer, MetaData, table, timestamp, uuid, varchar } from "../../support/core.ts";

export const billingMetadata = new MetaData();

const stamp = timestamp({ timezone: true }).serverDefault(func.now());
// SQLAlchemy stores the names of an enumeration's members.
const invoiceStatus = enumType("invoice_status", ["DRAFT", "OPEN", "PAID", "VOID"]);

export const account = table("account", billingMetadata, {
  id: uuid().primaryKey().default(randomUUID),
  name: varchar(100),
  plan: varchar(20),
  createdAt: stamp,
  updatedAt: stamp.onUpdate(func.now()),
});

export const invoice = table(
  "invoice",
  billingMetadata,
  {
    id: uuid().primaryKey().default(randomUUID),
    accountId: uuid().references("account.id", { onDelete: "cascade" }).index(),
    amountCents: integer(),
    currency: varchar(3),
    status: invoiceStatus.default("DRAFT").index(),
    issuedAt: timestamp().nullable(),
    createdAt: stamp,
    updatedAt: stamp.onUpdate(func.now()),
  },
  [index("ix_invoice_account_status").on("accountId", "status")],
);

export const invoiceLine = table("invoice_line", billingMetadata, {
  id: integer().primaryKey(),
  invoiceId: uuid().references("invoice.id", { onDelete: "cascade" }).index(),
  description: varchar(200),
  totalCents: integer(),
});
