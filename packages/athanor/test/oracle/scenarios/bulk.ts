import { deleteFrom, func, insert, select, update } from "athanor";
import { insert as upsert } from "athanor/sqlite";
import { Product, ShopBase, Tag, User } from "../orm-models/shop.ts";
import type { ScenarioArea } from "../scenario-case.ts";
import { states } from "../trace.ts";

const threeLetters = func.length(User.name).eq(3);

export const bulk: ScenarioArea = {
  name: "bulk",
  scenarios: {
    "bulk/insert-returning": (t) => {
      t.create(ShopBase.metadata);
      const s = t.session();
      const statement = insert(Tag).returning(Tag, { sortByParameterOrder: true });
      const tags = s
        .scalars(
          statement,
          ["z", "y", "x"].map((name) => ({ name })),
        )
        .all();
      t.fact(
        "names",
        tags.map(({ name }) => name),
      );
      t.fact(
        "ascending ids",
        tags.every(({ id }, i) => id > (tags[i - 1]?.id ?? 0)),
      );
      t.fact("states", states(tags[0]!));
    },

    "bulk/update-fetch": (t) => {
      t.fixture();
      const s = t.session();
      const users = s.scalars(select(User).orderBy(User.id)).all();
      t.count("update", () =>
        s.execute(update(User).where(threeLetters).values({ role: "short" }), undefined, {
          synchronizeSession: "fetch",
        }),
      );
      t.count("access", () =>
        t.fact(
          "roles",
          users.map(({ role }) => role),
        ),
      );
    },

    "bulk/update-auto": (t) => {
      t.fixture();
      const s = t.session();
      s.scalars(select(User)).all();
      s.execute(update(User).where(threeLetters).values({ role: "short" }));
      t.raises("evaluate", () =>
        s.execute(update(User).where(threeLetters).values({ role: "x" }), undefined, {
          synchronizeSession: "evaluate",
        }),
      );
    },

    "bulk/update-returning-objects": (t) => {
      t.fixture();
      const s = t.session();
      const product = s.getOne(Product, 1);
      const out = s
        .scalars(
          update(Product)
            .where(Product.stock.gt(10))
            .values({ stock: Product.stock.sub(1) })
            .returning(Product),
          undefined,
          { synchronizeSession: "fetch" },
        )
        .all();
      t.fact("same", out.includes(product));
      t.fact(
        "stock",
        out.map(({ stock }) => stock).toSorted((a, b) => a - b),
      );
    },

    "bulk/delete-no-cascade": (t) => {
      t.fixture();
      const s = t.session();
      t.raises("delete", () => s.execute(deleteFrom(User).where(User.id.eq(1))));
    },

    "bulk/upsert-objects": (t) => {
      t.fixture();
      const s = t.session();
      const one = s.getOne(Tag, 1);
      const statement = upsert(Tag).values([
        { id: 1, name: "upserted" },
        { id: 8, name: "brand new" },
      ]);
      const merged = statement
        .onConflictDoUpdate({ indexElements: [Tag.id], set: { name: statement.excluded.name } })
        .returning(Tag);
      const out = s.scalars(merged, undefined, { populateExisting: true }).all();
      t.fact(
        "out",
        out.map(({ id, name }) => [id, name]).toSorted(([a], [b]) => Number(a) - Number(b)),
      );
      t.fact("same", one.name);
    },
  },
};
