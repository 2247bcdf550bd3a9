import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from "kysely";

interface Tables {
  customers: { id: number; name: string; city: string };
  orders: { id: number; customer_id: number; status: string; total: number };
}

const database = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
});

/** The SELECT of works/build-select.ts. */
export function buildAndCompile(city: string, total: number, limit: number): unknown {
  return database
    .selectFrom("customers")
    .innerJoin("orders", "orders.customer_id", "customers.id")
    .select(["customers.id", "customers.name", "orders.status", "orders.total"])
    .where("customers.city", "=", city)
    .where("orders.status", "in", ["open", "paid"])
    .where((where) => where.or([where("orders.total", ">", total), where("customers.name", "like", "A%")]))
    .orderBy("orders.total", "desc")
    .orderBy("customers.id")
    .limit(limit)
    .compile();
}
