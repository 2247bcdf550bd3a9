import { date, enumType, foreignKey, integer, numeric, varchar } from "athanor";
import { declarativeBase, discriminator, many, map, one, oneOrNone } from "athanor/orm";
import { naming } from "../models/org.ts";

/** The organisation: employees are a hierarchy of joined tables, vehicles one of a single table. */
export const OrgBase = declarativeBase({ namingConvention: naming });

export class Employee extends OrgBase.model("employees", {
  id: integer().primaryKey(),
  kind: discriminator(varchar(20)),
  name: varchar(50),
  dept: varchar(20),
  level: enumType("level", ["JUNIOR", "SENIOR", "LEAD"]).nullable(),
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
  get assignments() {
    return many(() => Assignment, { backPopulates: "employee", cascade: "all, delete-orphan" });
  },
  get vehicles() {
    return many(() => Vehicle, { backPopulates: "owner", orderBy: () => Vehicle.id });
  },
}) {
  static {
    map(this, [], { polymorphicIdentity: "employee", versionId: "versionId" });
  }
}

export class Engineer extends Employee.inherit(
  "engineers",
  {
    id: integer()
      .primaryKey()
      .references(() => Employee.id),
    language: varchar(30),
    get machines() {
      return many(() => Machine, { backPopulates: "engineer", orderBy: () => Machine.id });
    },
  },
  { polymorphicIdentity: "engineer" },
) {
  static {
    map(this);
  }
}

export class Boss extends Employee.inherit(
  "bosses",
  {
    id: integer()
      .primaryKey()
      .references(() => Employee.id),
    budget: integer().nullable(),
  },
  { polymorphicIdentity: "boss" },
) {
  static {
    map(this);
  }
}

export class Machine extends OrgBase.model("machines", {
  id: integer().primaryKey(),
  name: varchar(30),
  engineerId: integer()
    .references(() => Engineer.id)
    .nullable(),
  get engineer() {
    return oneOrNone(() => Engineer, { backPopulates: "machines" });
  },
}) {
  static {
    map(this);
  }
}

export class Vehicle extends OrgBase.model("vehicles", {
  id: integer().primaryKey(),
  type: discriminator(varchar(10)),
  plate: varchar(12).unique(),
  ownerId: integer()
    .references(() => Employee.id)
    .nullable(),
  get owner() {
    return oneOrNone(() => Employee, { backPopulates: "vehicles" });
  },
}) {
  static {
    map(this, [], { polymorphicIdentity: "vehicle" });
  }
}

export class Car extends Vehicle.inherit({ seats: integer().nullable() }, { polymorphicIdentity: "car" }) {
  static {
    map(this);
  }
}

export class Truck extends Vehicle.inherit({ payload: integer().nullable() }, { polymorphicIdentity: "truck" }) {
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
        .references(() => [Site.country, Site.code], { onUpdate: "cascade" }),
    ]);
  }
}

export class Project extends OrgBase.model("projects", {
  id: integer().primaryKey(),
  title: varchar(60),
  get assignments() {
    return many(() => Assignment, { backPopulates: "project", cascade: "all, delete-orphan" });
  },
}) {
  static {
    map(this);
  }
}

/** Association object between employees and projects. */
export class Assignment extends OrgBase.model("assignments", {
  employeeId: integer()
    .references(() => Employee.id)
    .primaryKey(),
  projectId: integer()
    .references(() => Project.id)
    .primaryKey(),
  role: varchar(20),
  hours: integer().default(0).serverDefault("0"),
  get employee() {
    return one(() => Employee, { backPopulates: "assignments" });
  },
  get project() {
    return one(() => Project, { backPopulates: "assignments" });
  },
}) {
  static {
    map(this);
  }
}

export class Ledger extends OrgBase.model("ledger", {
  id: integer().primaryKey().identity({ start: 100, increment: 10 }),
  net: integer(),
  tax: integer().serverDefault("0"),
  gross: integer().computed("net + tax", { stored: true }),
}) {
  static {
    map(this);
  }
}
