// The rows of the SQLite benchmarks once more, for bulk inserts.

export function people(count: number) {
  return Array.from({ length: count }, (_, i) => ({
    id: i + 1,
    name: `Person ${i}`,
    email: `person${i}@example.com`,
    city: `City ${i % 100}`,
    age: 18 + (i % 60),
    score: i * 0.37,
    balance: i * 11,
    note: i % 3 === 0 ? null : `a note on person ${i}`,
    active: i % 2 === 0,
    createdAt: new Date(1_600_000_000_000 + i * 1000),
  }));
}

export function customers(count: number) {
  return Array.from({ length: count }, (_, i) => ({
    id: i + 1,
    name: `Customer ${i}`,
    email: `customer${i}@example.com`,
    city: `City ${i % 10}`,
  }));
}

const states = ["open", "paid", "sent"];

export function orders(count: number, parents: number) {
  return Array.from({ length: count }, (_, i) => ({
    id: i + 1,
    customerId: 1 + (i % parents),
    status: states[i % 3] ?? "open",
    total: i * 1.5,
  }));
}

export function items(count: number, parents: number) {
  return Array.from({ length: count }, (_, i) => ({
    id: i + 1,
    orderId: 1 + (i % parents),
    sku: `SKU-${i % 500}`,
    quantity: 1 + (i % 5),
    price: (i % 100) + 0.5,
  }));
}
