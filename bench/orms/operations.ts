// What every ORM is asked to do, in its own words: a peer is one object with these operations.

/** Where a peer finds its database, which has the tables of models.ts. */
export type Place =
  | { readonly database: "sqlite"; readonly file: string }
  | {
      readonly database: "postgresql";
      readonly host: string;
      readonly port: number;
      readonly user: string;
      readonly password: string;
      readonly name: string;
    };

export const databases = ["sqlite", "postgresql"] as const;
export type DatabaseName = (typeof databases)[number];

/** The connections that a peer's pool has on PostgreSQL. */
export const poolSize = 10;

export interface NewPerson {
  readonly name: string;
  readonly email: string;
  readonly city: string;
  readonly age: number;
  readonly score: number;
  readonly balance: number;
  readonly note: string | null;
  readonly active: boolean;
  readonly createdAt: Date;
}
export interface Person extends NewPerson {
  readonly id: number;
}

export interface NewItem {
  readonly sku: string;
  readonly quantity: number;
  readonly price: number;
}
export interface NewOrder {
  readonly status: string;
  readonly total: number;
  readonly items: readonly NewItem[];
}
export interface NewCustomer {
  readonly name: string;
  readonly email: string;
  readonly city: string;
  readonly orders: readonly NewOrder[];
}

export interface Item extends NewItem {
  readonly id: number;
}
export interface Order {
  readonly id: number;
  readonly status: string;
  readonly total: number;
}
export interface Customer {
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly city: string;
}
export interface OrderWithCustomer extends Order {
  readonly customer: Customer | null;
}
export interface OrderWithItems extends Order {
  readonly items: Iterable<Item>;
}
export interface CustomerWithOrders extends Customer {
  readonly orders: Iterable<OrderWithItems>;
}

export interface ReportLine {
  readonly id: number;
  readonly name: string;
  readonly orderCount: number;
  readonly revenue: number | null;
}

/**
 * Each is written as the library's documentation advises for speed. What is loaded are the library's objects: entities, where
 * it has them. An operation that a library has no counterpart for is left out.
 */
export interface Operations {
  /** All people. */
  people(): Promise<readonly Person[]>;
  /** People one after the other, in one session that begins empty. */
  peopleByKey(ids: readonly number[]): Promise<readonly (Person | null)[]>;
  /** All customers with their orders with their items. */
  customersWithItems(): Promise<readonly CustomerWithOrders[]>;
  /** All orders with their customers. */
  ordersWithCustomers(): Promise<readonly OrderWithCustomer[]>;
  /** Inserts one person in a session and a transaction of its own. */
  insertPerson(person: NewPerson): Promise<unknown>;
  /** Inserts items into the order with the key 1, in one transaction; gives their keys. */
  insertItems(items: readonly NewItem[]): Promise<readonly number[]>;
  /** Makes objects of a graph and inserts them in one transaction. */
  insertGraph(customers: readonly NewCustomer[]): Promise<unknown>;
  /** Loads all people, gives each another balance, and writes them in one transaction. */
  changeBalances(balanceOf: (id: number) => number): Promise<unknown>;
  /** Orders of more than an amount, counted and summed for each customer of a city that has two at least. */
  report(city: string, atLeast: number): Promise<readonly ReportLine[]>;
  /** One person, on a connection of the pool. */
  personOnPool(id: number): Promise<Person | null>;
  /** Loads all people into a session, and gives what looks for changes among them. */
  holdPeople?(): Promise<() => Promise<unknown>>;
  close(): Promise<unknown>;
}

/** What the file of a peer exports. */
export interface Peer {
  readonly name: string;
  open(place: Place): Promise<Operations>;
}
