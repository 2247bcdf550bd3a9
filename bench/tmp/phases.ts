import { createEngine } from "athanor";
import { Session } from "athanor/orm";
import { Base, Customer, Item, Order } from "/work/main/bench/models.ts";

const engine = createEngine("sqlite+better-sqlite3:///:memory:");
await Base.metadata.createAll(engine);
function customer(n: number): Customer {
  const orders = Array.from({ length: 5 }, (_, m) => {
    const items = Array.from({ length: 2 }, (_, k) => new Item({ sku: `SKU-${k}`, quantity: k, price: m }));
    return new Order({ status: "open", total: m * 1.5, items });
  });
  return new Customer({ name: `Customer ${n}`, email: `customer${n}@example.com`, city: "Prague", orders });
}
const best: Record<string, number> = {};
for (let r = 0; r < 30; r++) {
  {
    const c = await engine.connect();
    for (const t of ["items", "orders", "customers"]) await c.execDriverSql(`DELETE FROM ${t}`);
    await c.commit();
    await c.close();
  }
  globalThis.gc?.();
  const t0 = performance.now();
  const graph = Array.from({ length: 1000 }, (_, n) => customer(n));
  const t1 = performance.now();
  const session = new Session(engine);
  session.addAll(graph);
  const t2 = performance.now();
  await session.flush();
  const t3 = performance.now();
  await session.commit();
  const t4 = performance.now();
  await session.close();
  const t5 = performance.now();
  const v = { construct: t1 - t0, add: t2 - t1, flush: t3 - t2, commit: t4 - t3, close: t5 - t4 };
  for (const [k, x] of Object.entries(v)) best[k] = Math.min(best[k] ?? 1e9, x);
}
console.log(best);
