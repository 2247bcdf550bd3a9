import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const D = require("better-sqlite3");
const db = new D(":memory:");
db.exec(
  "CREATE TABLE items (id INTEGER NOT NULL, order_id INTEGER NOT NULL, sku VARCHAR(20) NOT NULL, quantity INTEGER NOT NULL, price DOUBLE NOT NULL, PRIMARY KEY(id)); CREATE INDEX ix ON items(order_id)",
);
if (process.argv[2] === "fk") {
  db.exec(
    "PRAGMA foreign_keys=ON; CREATE TABLE orders(id INTEGER PRIMARY KEY); DROP TABLE items;CREATE TABLE items (id INTEGER NOT NULL, order_id INTEGER NOT NULL, sku VARCHAR(20) NOT NULL, quantity INTEGER NOT NULL, price DOUBLE NOT NULL, PRIMARY KEY(id), FOREIGN KEY(order_id) REFERENCES orders(id)); CREATE INDEX ix ON items(order_id)",
  );
}
if (process.argv[2] === "fk") for (let i = 1; i <= 5000; i++) db.exec(`INSERT INTO orders VALUES (${i})`);
const st = db.prepare("INSERT INTO items (order_id, sku, quantity, price) VALUES (?, ?, ?, ?)");
let b1 = 1e9,
  b2 = 1e9;
for (let r = 0; r < 40; r++) {
  db.exec("DELETE FROM items");
  let t = performance.now();
  db.exec("BEGIN");
  for (let i = 0; i < 10000; i++) st.run(1 + (i >> 1), `SKU-${i & 1}`, i & 1, i % 5);
  db.exec("COMMIT");
  b1 = Math.min(b1, performance.now() - t);
  db.exec("DELETE FROM items");
  t = performance.now();
  db.exec("BEGIN");
  const sets = [];
  for (let i = 0; i < 10000; i++) sets.push([1 + (i >> 1), `SKU-${i & 1}`, i & 1, i % 5]);
  const ids = [];
  for (const s of sets) ids.push(st.run(s).lastInsertRowid);
  db.exec("COMMIT");
  b2 = Math.min(b2, performance.now() - t);
}
console.log({ spread: b1, array: b2 });
