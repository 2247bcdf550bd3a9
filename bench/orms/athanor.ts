import { createEngine, func, insert, select } from "athanor";
import { Session, selectinload } from "athanor/orm";
import { Customer, Item, Order, Person } from "../models.ts";
import { type NewCustomer, type Operations, type Peer, type Place, poolSize } from "./operations.ts";

export const athanor: Peer = {
  name: "Athanor",
  async open(place) {
    const engine = createEngine(urlOf(place), { poolSize, maxOverflow: 0 });
    const autocommitting = engine.executionOptions({ isolationLevel: "AUTOCOMMIT" });
    const operations: Operations = {
      async people() {
        await using session = new Session(engine);
        return await session.scalars(select(Person)).all();
      },
      async peopleByKey(ids) {
        await using session = new Session(engine);
        const found: (Person | null)[] = [];
        for (const id of ids) found.push(await session.get(Person, id));
        return found;
      },
      async customersWithItems() {
        await using session = new Session(engine);
        const statement = select(Customer).options(selectinload(Customer.orders).selectinload(Order.items));
        return await session.scalars(statement).all();
      },
      async ordersWithCustomers() {
        await using session = new Session(engine);
        return await session.scalars(select(Order).options(selectinload(Order.customer))).all();
      },
      async insertPerson(person) {
        await using session = new Session(engine);
        session.add(new Person(person));
        await session.commit();
      },
      insertItems: (items) =>
        engine.begin((connection) =>
          connection
            .execute(
              insert(Item).returning(Item.id),
              items.map((item) => ({ ...item, orderId: 1 })),
            )
            .scalars()
            .all(),
        ),
      async insertGraph(customers) {
        await using session = new Session(engine);
        session.addAll(customers.map(customerOf));
        await session.commit();
      },
      async changeBalances(balanceOf) {
        await using session = new Session(engine);
        for (const person of await session.scalars(select(Person)).all()) person.balance = balanceOf(person.id);
        await session.commit();
      },
      async report(city, atLeast) {
        const revenue = func.sum(Order.total);
        const statement = select(
          Customer.id,
          Customer.name,
          func.count(Order.id).label("orderCount"),
          revenue.label("revenue"),
        )
          .join(Order, Order.customerId.eq(Customer.id))
          .where(Customer.city.eq(city), Order.total.gt(atLeast))
          .groupBy(Customer.id, Customer.name)
          .having(func.count(Order.id).gt(1))
          .orderBy(revenue.desc())
          .limit(50);
        await using connection = await autocommitting.connect();
        return await connection.execute(statement).all();
      },
      async personOnPool(id) {
        await using session = new Session(autocommitting);
        return await session.get(Person, id);
      },
      async holdPeople() {
        const session = new Session(engine);
        const held = await session.scalars(select(Person)).all();
        return async () => {
          await session.flush();
          return held.length;
        };
      },
      close: () => engine.dispose(),
    };
    return operations;
  },
};

function customerOf({ orders, ...customer }: NewCustomer): Customer {
  return new Customer({
    ...customer,
    orders: orders.map(({ items, ...order }) => new Order({ ...order, items: items.map((item) => new Item(item)) })),
  });
}

function urlOf(place: Place): string {
  if (place.database === "sqlite") return `sqlite+better-sqlite3:///${place.file}`;
  const { host, port, user, password, name } = place;
  return `postgresql+pg://${user}:${encodeURIComponent(password)}@${host}:${port}/${name}`;
}
