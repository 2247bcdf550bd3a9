import { insert } from "athanor";
import { openPair } from "../database.ts";
import { compare } from "../harness.ts";
import { Item } from "../models.ts";
import { shop } from "../rows.ts";
import type { Work } from "../work.ts";

const count = 20_000;
const rows = Array.from({ length: count }, (_, n) => ({
  orderId: 1,
  sku: `SKU-${n % 500}`,
  quantity: n % 5,
  price: n / 100,
}));

export const bulkInsert: Work = {
  name: "bulk insert of 20,000 with keys returned",
  budget: 1.3,
  unit: "×",
  baseline: "driver, one statement in one transaction",
  async measure(driver) {
    const { engine, raw, close } = await openPair(driver, { rows: shop(1, 1, 0) });
    await using connection = await engine.connect();
    const statement = raw.prepare("INSERT INTO items (order_id, sku, quantity, price) VALUES (?, ?, ?, ?)");
    const { ratio, ...timings } = await compare({
      subject: {
        async prepare() {
          await connection.execDriverSql("DELETE FROM items");
          await connection.commit();
        },
        async run() {
          const keys = await connection.execute(insert(Item).returning(Item.id), rows).scalars().all();
          await connection.commit();
          return keys;
        },
      },
      baseline: {
        prepare: () => raw.exec("DELETE FROM items"),
        run() {
          raw.exec("BEGIN");
          const keys = rows.map(
            ({ orderId, sku, quantity, price }) => statement.run(orderId, sku, quantity, price).lastInsertRowid,
          );
          raw.exec("COMMIT");
          return keys;
        },
      },
    });
    await connection.close();
    await close();
    return { value: ratio, ...timings };
  },
};
