// Prisma: its client with the drivers' adapters; rows are written level by level, which is quicker than nested writes.
import type { Operations, Peer, Place } from "../orms/operations.ts";
import { poolSize } from "../orms/operations.ts";

export const peer: Peer = {
  name: "Prisma",
  async open(place) {
    const prisma = await connect(place);
    await prisma.$connect();
    const operations: Operations = {
      people: () => prisma.person.findMany(),
      async peopleByKey(ids) {
        const found: Awaited<ReturnType<Operations["peopleByKey"]>>[number][] = [];
        for (const id of ids) found.push(await prisma.person.findUnique({ where: { id } }));
        return found;
      },
      customersWithItems: () => prisma.customer.findMany({ include: { orders: { include: { items: true } } } }),
      ordersWithCustomers: () => prisma.order.findMany({ include: { customer: true } }),
      insertPerson: (person) => prisma.person.create({ data: person, select: { id: true } }),
      async insertItems(given) {
        const data = given.map((item) => ({ ...item, orderId: 1 }));
        const created = await prisma.item.createManyAndReturn({ data, select: { id: true } });
        return created.map(({ id }) => id);
      },
      insertGraph: (given) =>
        prisma.$transaction(
          async (own) => {
            const customers = await own.customer.createManyAndReturn({
              data: given.map(({ name, email, city }) => ({ name, email, city })),
              select: { id: true },
            });
            const orders = given.flatMap((customer, n) =>
              customer.orders.map((order) => ({ ...order, customerId: customers[n]?.id ?? 0 })),
            );
            const keys = await own.order.createManyAndReturn({
              data: orders.map(({ customerId, status, total }) => ({ customerId, status, total })),
              select: { id: true },
            });
            await own.item.createMany({
              data: orders.flatMap((order, n) => order.items.map((item) => ({ ...item, orderId: keys[n]?.id ?? 0 }))),
            });
          },
          { timeout: 60_000 },
        ),
      async changeBalances(balanceOf) {
        const people = await prisma.person.findMany();
        await prisma.$transaction(
          people.map(({ id }) =>
            prisma.person.update({ where: { id }, data: { balance: balanceOf(id) }, select: { id: true } }),
          ),
        );
      },
      report: (city, atLeast) =>
        prisma.$queryRaw`SELECT customers.id, customers.name, count(orders.id) AS "orderCount", sum(orders.total) AS revenue
          FROM customers JOIN orders ON orders.customer_id = customers.id
          WHERE customers.city = ${city} AND orders.total > ${atLeast}
          GROUP BY customers.id, customers.name HAVING count(orders.id) > 1 ORDER BY sum(orders.total) DESC LIMIT 50`,
      personOnPool: (id) => prisma.person.findUnique({ where: { id } }),
      close: () => prisma.$disconnect(),
    };
    return operations;
  },
};

async function connect(place: Place) {
  if (place.database === "sqlite") {
    const { PrismaClient } = await import("./prisma/generated/sqlite/client/client.ts");
    const { PrismaBetterSqlite3 } = await import("@prisma/adapter-better-sqlite3");
    return new PrismaClient({ adapter: new PrismaBetterSqlite3({ url: `file:${place.file}` }) });
  }
  const { PrismaClient } = await import("./prisma/generated/postgresql/client/client.ts");
  const { PrismaPg } = await import("@prisma/adapter-pg");
  const { host, port, user, password, name } = place;
  return new PrismaClient({ adapter: new PrismaPg({ host, port, user, password, database: name, max: poolSize }) });
}
