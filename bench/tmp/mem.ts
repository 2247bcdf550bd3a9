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
Array.from({ length: 100 }, (_, n) => customer(n));
const mem = () => {
  gc!();
  gc!();
  return process.memoryUsage().heapUsed;
};
const m0 = mem();
const graph = Array.from({ length: 1000 }, (_, n) => customer(n));
const m1 = mem();
const session = new Session(engine);
session.addAll(graph);
const m2 = mem();
await session.flush();
const m3 = mem();
console.log("per object: construct", (m1 - m0) / 16000, "add", (m2 - m1) / 16000, "flush", (m3 - m2) / 16000);
