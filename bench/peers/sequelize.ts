// Sequelize: separate queries for collections, bulkCreate where the database gives keys for many rows.
import { DataTypes, type ModelStatic, Op, type Options, Sequelize } from "sequelize";
import type { CustomerWithOrders, Operations, OrderWithCustomer, Peer, Person, Place } from "../orms/operations.ts";
import { poolSize } from "../orms/operations.ts";

const key = { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true };
const options = { timestamps: false, underscored: true };

export const peer: Peer = {
  name: "Sequelize",
  async open(place) {
    const sequelize = new Sequelize(optionsOf(place));
    const people = sequelize.define(
      "person",
      {
        id: key,
        name: DataTypes.STRING,
        email: DataTypes.STRING,
        city: DataTypes.STRING,
        age: DataTypes.INTEGER,
        score: DataTypes.DOUBLE,
        balance: DataTypes.INTEGER,
        note: DataTypes.STRING,
        active: DataTypes.BOOLEAN,
        createdAt: DataTypes.DATE,
      },
      { ...options, tableName: "people" },
    );
    const customers = sequelize.define(
      "customer",
      { id: key, name: DataTypes.STRING, email: DataTypes.STRING, city: DataTypes.STRING },
      { ...options, tableName: "customers" },
    );
    const orders = sequelize.define(
      "order",
      { id: key, customerId: DataTypes.INTEGER, status: DataTypes.STRING, total: DataTypes.DOUBLE },
      { ...options, tableName: "orders" },
    );
    const items = sequelize.define(
      "item",
      {
        id: key,
        orderId: DataTypes.INTEGER,
        sku: DataTypes.STRING,
        quantity: DataTypes.INTEGER,
        price: DataTypes.DOUBLE,
      },
      { ...options, tableName: "items" },
    );
    const ordersOf = customers.hasMany(orders, { as: "orders", foreignKey: "customerId" });
    const customerOf = orders.belongsTo(customers, { as: "customer", foreignKey: "customerId" });
    const itemsOf = orders.hasMany(items, { as: "items", foreignKey: "orderId" });
    const graph = { include: [{ association: ordersOf, include: [itemsOf] }] };
    const isSqlite = place.database === "sqlite";
    if (isSqlite) await sequelize.query("PRAGMA synchronous = NORMAL");

    /** Rows with their keys, which SQLite's dialect gives for one row at a time only. */
    const createAll = (model: ModelStatic<never>, rows: readonly object[], more: object) =>
      isSqlite
        ? Promise.all(rows.map((row) => model.create(row as never, more)))
        : model.bulkCreate(rows as never[], more);

    const operations: Operations = {
      people: () => people.findAll() as unknown as Promise<Person[]>,
      async peopleByKey(ids) {
        const found: unknown[] = [];
        for (const id of ids) found.push(await people.findByPk(id));
        return found as (Person | null)[];
      },
      customersWithItems: () =>
        customers.findAll({
          include: [{ association: ordersOf, separate: true, include: [{ association: itemsOf, separate: true }] }],
        }) as unknown as Promise<CustomerWithOrders[]>,
      ordersWithCustomers: () => orders.findAll({ include: [customerOf] }) as unknown as Promise<OrderWithCustomer[]>,
      insertPerson: (person) => people.create({ ...person }),
      insertItems: (given) =>
        sequelize.transaction(async (transaction) => {
          const rows = given.map((item) => ({ ...item, orderId: 1 }));
          const created = await createAll(items as ModelStatic<never>, rows, { transaction });
          return created.map((item: { id: number }) => item.id);
        }),
      insertGraph: (given) =>
        sequelize.transaction((transaction) =>
          createAll(customers as ModelStatic<never>, given, { ...graph, transaction }),
        ),
      async changeBalances(balanceOf) {
        const found = await people.findAll();
        const changed = found.map((person) => ({ ...person.get(), balance: balanceOf(person.get("id") as number) }));
        await sequelize.transaction((transaction) =>
          people.bulkCreate(changed, { updateOnDuplicate: ["balance"], transaction }),
        );
      },
      report: (city, atLeast) =>
        customers.findAll({
          attributes: [
            "id",
            "name",
            [sequelize.fn("count", sequelize.col("orders.id")), "orderCount"],
            [sequelize.fn("sum", sequelize.col("orders.total")), "revenue"],
          ],
          include: [{ association: ordersOf, attributes: [], where: { total: { [Op.gt]: atLeast } } }],
          where: { city },
          group: ["customer.id", "customer.name"],
          having: sequelize.where(sequelize.fn("count", sequelize.col("orders.id")), Op.gt, 1),
          order: [[sequelize.fn("sum", sequelize.col("orders.total")), "DESC"]],
          limit: 50,
          subQuery: false,
          raw: true,
        }) as never,
      personOnPool: (id) => people.findByPk(id) as unknown as Promise<Person | null>,
      close: () => sequelize.close(),
    };
    return operations;
  },
};

function optionsOf(place: Place): Options {
  if (place.database === "sqlite") return { dialect: "sqlite", storage: place.file, logging: false };
  const { host, port, user, password, name } = place;
  return {
    dialect: "postgres",
    ...{ host, port, username: user, password, database: name },
    pool: { max: poolSize },
    logging: false,
  };
}
