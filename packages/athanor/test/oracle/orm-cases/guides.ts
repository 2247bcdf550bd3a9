import { aliased, joinedload, loadOnly, selectinload } from "athanor/orm";
import { deleteFrom, func, insert, select, update } from "../../support/core.ts";
import { Account, Invoice, InvoiceLine, uid } from "../orm-models/billing.ts";
import { BlogTag, BlogUser, Post } from "../orm-models/blog.ts";
import { Order, OrderItem, Product, User, UserProfile } from "../orm-models/shop.ts";
import { type Area, Execution } from "../statement-case.ts";

const quantity = func.sum(OrderItem.quantity);

export const guides: Area = {
  name: "guides",
  cases: {
    "guides/inventory-summary": () =>
      select(Product.sku, Product.name, Product.stock, func.coalesce(quantity, 0).label("total_sold"))
        .outerJoin(OrderItem, OrderItem.productId.eq(Product.id))
        .where(Product.active.eq(true))
        .groupBy(Product.id, Product.sku, Product.name, Product.stock)
        .orderBy(quantity.desc().nullsLast()),
    "guides/bulk-insert-users": () =>
      new Execution(
        insert(User),
        Array.from({ length: 10 }, (_, i) => ({ email: `user${i}@example.com`, name: `User ${i}`, active: true })),
      ),
    "guides/product-by-sku": () => select(Product).where(Product.sku.eq("P001")),
    "guides/total-users": () => select(func.count(User.id)),
    "guides/active-by-name": () => select(User).where(User.active.eq(true)).orderBy(User.name),
    "guides/update-core": () => update(User).where(User.id.eq(1)).values({ active: false }),
    "guides/delete-core": () => deleteFrom(UserProfile).where(UserProfile.id.eq(1)),
    "guides/select-user-order": () => select(User, Order).join(Order.user).orderBy(Order.id),
    "guides/blog-outer-count": () =>
      select(BlogUser, func.count(Post.id).label("post_count"))
        .outerJoin(Post)
        .groupBy(BlogUser.id)
        .orderBy(BlogUser.id),
    "guides/blog-multi-join": () =>
      select(Post).join(Post.author).join(Post.tags).where(BlogTag.name.eq("python")).orderBy(Post.id),
    "guides/blog-joined-author": () => select(Post).options(joinedload(Post.author)).orderBy(Post.id),
    "guides/blog-nested": () =>
      select(BlogUser).options(selectinload(BlogUser.posts).selectinload(Post.tags)).orderBy(BlogUser.id),
    "guides/blog-load-only": () => select(BlogUser).options(loadOnly(BlogUser.id, BlogUser.email)).orderBy(BlogUser.id),
    "guides/blog-bulk-update": () =>
      update(BlogUser)
        .where(BlogUser.isActive.eq(false))
        .values({ deletedAt: new Date("2024-06-01T00:00:00Z") }),
    "guides/blog-bulk-delete": () => deleteFrom(BlogUser).where(BlogUser.isActive.eq(false)),
    "guides/blog-for-update": () => select(BlogUser).where(BlogUser.id.eq(1)).withForUpdate(),
    "guides/blog-select-from-join": () =>
      select(func.count(Post.id)).selectFrom(BlogUser).join(Post).where(BlogUser.isActive.eq(true)),
    "guides/blog-soft-delete": () => select(BlogUser).where(BlogUser.deletedAt.is(null)).orderBy(BlogUser.id),
    "guides/invoice-dashboard": () => {
      const totals = select(InvoiceLine.invoiceId, func.sum(InvoiceLine.totalCents).label("line_total"))
        .groupBy(InvoiceLine.invoiceId)
        .subquery("totals");
      const total = func.coalesce(totals.c.line_total, 0).label("line_total");
      return select(Account.name, Invoice.amountCents, Invoice.status, Invoice.issuedAt, total)
        .join(Account.invoices)
        .outerJoin(totals, totals.c.invoiceId.eq(Invoice.id))
        .where(Account.id.eq(uid(1)))
        .orderBy(Invoice.issuedAt.desc().nullsLast(), Invoice.id)
        .limit(10);
    },
    "guides/invoice-with-only-columns": () => {
      const per = select(InvoiceLine)
        .withOnlyColumns(InvoiceLine.invoiceId, func.sum(InvoiceLine.totalCents).label("s"))
        .groupBy(InvoiceLine.invoiceId)
        .subquery();
      const sums = aliased(Invoice, select(Invoice).where(Invoice.status.eq("OPEN")).subquery());
      return select(sums.amountCents, per.c.s).join(per, per.c.invoiceId.eq(sums.id)).orderBy(sums.amountCents);
    },
  },
  later: [
    {
      issue: 2,
      reason: "no models: with the statements of the core",
      ids: ["guides/text-by-id", "guides/upsert-products"],
    },
  ],
};
