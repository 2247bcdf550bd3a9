// SQL that fills the tables of models.ts, the same rows every time.

function numbers(count: number): string {
  return `WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${count})`;
}

export function people(count: number): string {
  return `INSERT INTO people (id, name, email, city, age, score, balance, note, active, created_at)
    ${numbers(count)}
    SELECT n, 'Person ' || n, 'person' || n || '@example.com', 'City ' || (n % 100), 18 + n % 60, n * 0.37, n * 11,
      CASE WHEN n % 3 = 0 THEN NULL ELSE 'a note on person ' || n END, n % 2,
      strftime('%Y-%m-%d %H:%M:%S.000000', 1600000000 + n * 1000, 'unixepoch')
    FROM numbers;`;
}

/** Orders and items are spread evenly over their parents. */
export function shop(customers: number, orders: number, items: number): string {
  return `INSERT INTO customers (id, name, email, city)
    ${numbers(customers)}
    SELECT n, 'Customer ' || n, 'customer' || n || '@example.com', 'City ' || (n % 10) FROM numbers;
    INSERT INTO orders (id, customer_id, status, total)
    ${numbers(orders)}
    SELECT n, 1 + n % ${customers}, CASE n % 3 WHEN 0 THEN 'open' WHEN 1 THEN 'paid' ELSE 'sent' END, n * 1.5 FROM numbers;
    INSERT INTO items (id, order_id, sku, quantity, price)
    ${numbers(items)}
    SELECT n, 1 + n % ${orders}, 'SKU-' || (n % 500), 1 + n % 5, n % 100 + 0.5 FROM numbers;`;
}
