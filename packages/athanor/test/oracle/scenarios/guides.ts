import { func, select, update } from "athanor";
import { joinedload, type SyncSession, selectinload } from "athanor/orm";
import { Account, Invoice, InvoiceLine, uid } from "../orm-models/billing.ts";
import { BlogTag, BlogUser, Post } from "../orm-models/blog.ts";
import { User } from "../orm-models/shop.ts";
import type { ScenarioArea } from "../scenario-case.ts";

export const guides: ScenarioArea = {
  name: "guides",
  scenarios: {
    "guides/update-status-delete": (t) => {
      t.fixture();
      const s = t.session();
      const statement = update(User).where(User.id.eq(3)).values({ active: true });
      t.fact("rowcount", s.execute(statement.executionOptions({ synchronizeSession: "fetch" })).rowCount);
      s.delete(s.getOne(User, 1));
      s.commit();
      t.fact(
        "left",
        t.rows(
          "select (select count(*) from users), (select count(*) from orders), (select count(*) from user_profiles)",
        ),
      );
      t.fact("missing", s.get(User, 1));
    },

    "guides/blog-crud": (t) => {
      t.fixture();
      const s = t.session();
      const user = new BlogUser({ email: "new@x", username: "new", hashedPassword: "h" });
      s.add(user);
      s.commit();
      s.refresh(user);
      t.fact("created", [typeof user.id === "number", user.isActive, user.createdAt instanceof Date]);
      const found = s.execute(select(BlogUser).where(BlogUser.id.eq(user.id))).scalarOne();
      found.fullName = "New Name";
      s.commit();
      s.refresh(found);
      t.fact("updated", found.fullName);
      s.delete(found);
      s.commit();
      t.fact("gone", s.execute(select(BlogUser).where(BlogUser.username.eq("new"))).scalarOneOrNone());
    },

    "guides/transfer": (t) => {
      t.fixture();
      const s = t.session();
      const lock = (id: number) => s.execute(select(BlogUser).where(BlogUser.id.eq(id)).withForUpdate()).scalarOne();
      const plus = (balance: string, amount: number) => (Number(balance) + amount).toFixed(2);
      s.beginNested(() => {
        const sender = lock(1);
        sender.balance = plus(sender.balance, -30);
        const receiver = lock(2);
        receiver.balance = plus(receiver.balance, 30);
      });
      s.commit();
      t.fact("rows", t.rows("select id, balance from blog_users order by id"));
    },

    "guides/soft-delete": (t) => {
      t.fixture();
      const s = t.session();
      const user = s.getOne(BlogUser, 1);
      t.fact("before", user.isDeleted);
      user.deletedAt = new Date("2024-06-01T00:00:00Z");
      s.commit();
      t.fact("after", user.isDeleted);
      const active = s.scalars(select(BlogUser).where(BlogUser.deletedAt.is(null)).orderBy(BlogUser.id)).all();
      t.fact(
        "active",
        active.map(({ id }) => id),
      );
    },

    "guides/repository": (t) => {
      t.fixture();
      const repository = new TagRepository(BlogTag, t.session());
      t.fact("get", repository.get(1)?.name);
      t.fact(
        "all",
        repository.all({ skip: 1, limit: 1 }).map(({ name }) => name),
      );
      const made = repository.create(new BlogTag({ name: "made" }));
      t.fact("made", typeof made.id === "number");
      t.fact("delete", [repository.delete(made.id), repository.delete(999)]);
    },

    "guides/n-plus-one-fix": (t) => {
      t.fixture();
      const shape = (posts: readonly Post[]) =>
        posts.map((post) => [post.title, post.author.username, post.tags.map(({ name }) => name).toSorted()]);
      const query = select(Post).orderBy(Post.id);
      const lazy = t.count("lazy", () => {
        using s = t.session();
        return shape(s.scalars(query).all());
      });
      const eager = t.count("eager", () => {
        using s = t.session();
        return shape(s.scalars(query.options(joinedload(Post.author), selectinload(Post.tags))).all());
      });
      t.fact("a", lazy);
      t.fact("b", eager);
      t.fact("equal", JSON.stringify(lazy) === JSON.stringify(eager));
    },

    "guides/invoice-dashboard": (t) => {
      t.fixture();
      t.count("one", () => {
        using s = t.session();
        const totals = select(InvoiceLine.invoiceId, func.sum(InvoiceLine.totalCents).label("line_total"))
          .groupBy(InvoiceLine.invoiceId)
          .subquery("totals");
        const rows = s
          .execute(
            select(Account, Invoice, func.coalesce(totals.c.line_total, 0).label("line_total"))
              .outerJoin(Account.invoices)
              .outerJoin(totals, totals.c.invoiceId.eq(Invoice.id))
              .where(Account.id.eq(uid(1)))
              .orderBy(Invoice.issuedAt.desc().nullsLast(), Invoice.id)
              .limit(10),
          )
          .all();
        t.fact(
          "rows",
          rows.map(([account, invoice, total]) => [account.name, invoice?.amountCents, invoice?.status, total]),
        );
      });
      t.count("three", () => {
        using s = t.session();
        const account = s
          .scalars(
            select(Account)
              .where(Account.id.eq(uid(1)))
              .options(selectinload(Account.invoices).selectinload(Invoice.lines)),
          )
          .one();
        const sums = account.invoices.map(({ lines }) => lines.reduce((sum, line) => sum + line.totalCents, 0));
        t.fact(
          "sums",
          sums.toSorted((a, b) => a - b),
        );
      });
    },

    "guides/backfill": (t) => {
      t.fixture();
      const s = t.session();
      const batches: number[] = [];
      for (;;) {
        const ids = select(Invoice.id).where(Invoice.currency.ne("XTS")).orderBy(Invoice.id).limit(5);
        const statement = update(Invoice).where(Invoice.id.in(ids)).values({ currency: "XTS" });
        const { rowCount } = s.execute(statement.executionOptions({ synchronizeSession: false }));
        s.commit();
        if (rowCount === 0) break;
        batches.push(rowCount);
      }
      t.fact("batches", batches);
    },
  },
};

class TagRepository {
  readonly #model: typeof BlogTag;
  readonly #session: SyncSession;

  constructor(model: typeof BlogTag, session: SyncSession) {
    this.#model = model;
    this.#session = session;
  }

  get(id: number): BlogTag | null {
    return this.#session.execute(select(this.#model).where(this.#model.id.eq(id))).scalarOneOrNone();
  }
  all({ skip, limit }: { readonly skip: number; readonly limit: number }): readonly BlogTag[] {
    return this.#session.scalars(select(this.#model).orderBy(this.#model.id).offset(skip).limit(limit)).all();
  }
  create(tag: BlogTag): BlogTag {
    this.#session.add(tag);
    this.#session.commit();
    this.#session.refresh(tag);
    return tag;
  }
  delete(id: number): boolean {
    const tag = this.get(id);
    if (tag === null) return false;
    this.#session.delete(tag);
    this.#session.commit();
    return true;
  }
}
