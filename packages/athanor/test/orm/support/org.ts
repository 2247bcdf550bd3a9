/** Parts of the oracle's org as models: a class that refers to itself, a composite key. See models.py there. */
import { date, foreignKey, integer, numeric, varchar } from "athanor";
import { declarativeBase, many, map, one, oneOrNone } from "athanor/orm";

export const OrgBase = declarativeBase();

export class Employee extends OrgBase.model("employees", {
  id: integer().primaryKey(),
  kind: varchar(20),
  name: varchar(50),
  dept: varchar(20),
  level: varchar(10).nullable(),
  salary: numeric(10, 2),
  hired: date(),
  get managerId() {
    return integer()
      .references(() => Employee.id)
      .nullable();
  },
  versionId: integer(),
  get manager() {
    return oneOrNone(() => Employee, { remoteSide: () => Employee.id, backPopulates: "reports" });
  },
  get reports() {
    return many(() => Employee, { backPopulates: "manager", orderBy: () => Employee.id });
  },
}) {
  static {
    map(this);
  }
}

export class Site extends OrgBase.model("sites", {
  country: varchar(2).primaryKey(),
  code: varchar(8).primaryKey(),
  city: varchar(40),
  get rooms() {
    return many(() => Room, { backPopulates: "site", cascade: "all, delete-orphan", orderBy: () => Room.number });
  },
}) {
  static {
    map(this);
  }
}

export class Room extends OrgBase.model("rooms", {
  country: varchar(2).primaryKey(),
  siteCode: varchar(8).primaryKey(),
  number: integer().primaryKey().autoincrement(false),
  seats: integer().nullable(),
  get site() {
    return one(() => Site, { backPopulates: "rooms" });
  },
}) {
  static {
    map(this, [
      foreignKey()
        .on(this.country, this.siteCode)
        .references(() => [Site.country, Site.code]),
    ]);
  }
}
