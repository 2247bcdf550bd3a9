import { integer, table, varchar } from "athanor";
import { declarativeBase, discriminator, many, map, mixin, oneOrNone } from "athanor/orm";

/** Employees are a hierarchy of joined tables, three deep; vehicles one of a single table. */
export const Base = declarativeBase();

const skills = table("skills", Base.metadata, {
  employeeId: integer().references("employees.id").primaryKey(),
  tagId: integer().references("tags.id").primaryKey(),
});

export class Tag extends Base.model("tags", { id: integer().primaryKey(), name: varchar(20) }) {
  static {
    map(this);
  }
}

export class Company extends Base.model("companies", {
  id: integer().primaryKey(),
  name: varchar(20),
  get employees() {
    return many(() => Employee, {
      backPopulates: "company",
      cascade: "all, delete-orphan",
      orderBy: () => Employee.id,
    });
  },
}) {
  static {
    map(this);
  }
}

export class Employee extends Base.model("employees", {
  id: integer().primaryKey(),
  kind: discriminator(varchar(20)),
  name: varchar(20),
  version: integer().default(1),
  companyId: integer()
    .references(() => Company.id)
    .nullable(),
  get bossId() {
    return integer()
      .references(() => Manager.id)
      .nullable();
  },
  get company() {
    return oneOrNone(() => Company, { backPopulates: "employees" });
  },
  get boss() {
    return oneOrNone(() => Manager, { foreignKeys: () => [Employee.bossId], backPopulates: "reports" });
  },
  get tags() {
    return many(() => Tag, { secondary: skills });
  },
}) {
  static {
    map(this, [], { polymorphicIdentity: "employee", versionId: "version" });
  }
  greet(): string {
    return `I am ${this.name}`;
  }
}

export class Manager extends Employee.inherit(
  "managers",
  {
    id: integer()
      .primaryKey()
      .references(() => Employee.id),
    level: integer(),
    get reports() {
      return many(() => Employee, { foreignKeys: () => [Employee.bossId], backPopulates: "boss" });
    },
  },
  { polymorphicIdentity: "manager" },
) {
  static {
    map(this);
  }
}

const Located = mixin(
  { city: varchar(20).nullable() },
  {
    where(): string {
      return this.city ?? "nowhere";
    },
  },
);

export class Engineer extends Employee.inherit(
  "engineers",
  Located,
  {
    /** A key of another name than that of the table above. */
    employeeId: integer()
      .primaryKey()
      .references(() => Employee.id),
    language: varchar(20),
    get machines() {
      return many(() => Machine, { backPopulates: "engineer", cascade: "all, delete-orphan" });
    },
  },
  { polymorphicIdentity: "engineer" },
) {
  static {
    map(this);
  }
  override greet(): string {
    return `${super.greet()}, and speak ${this.language}`;
  }
}

export class Architect extends Engineer.inherit(
  "architects",
  {
    employeeId: integer()
      .primaryKey()
      .references(() => Engineer.employeeId),
    style: varchar(20).default("plain"),
  },
  { polymorphicIdentity: "architect" },
) {
  static {
    map(this);
  }
}

/** In its parent's table, below a table that is joined. */
export class Intern extends Engineer.inherit({ school: varchar(20) }, { polymorphicIdentity: "intern" }) {
  static {
    map(this);
  }
}

export class Machine extends Base.model("machines", {
  id: integer().primaryKey(),
  name: varchar(20),
  engineerId: integer()
    .references(() => Engineer.employeeId)
    .nullable(),
  get engineer() {
    return oneOrNone(() => Engineer, { backPopulates: "machines" });
  },
}) {
  static {
    map(this);
  }
}

export class Vehicle extends Base.model("vehicles", {
  id: integer().primaryKey(),
  type: discriminator(varchar(20)),
  plate: varchar(20),
  get carrierId() {
    return integer()
      .references(() => Truck.id)
      .nullable();
  },
  get carrier() {
    return oneOrNone(() => Truck, { remoteSide: () => Truck.id, backPopulates: "load" });
  },
}) {
  static {
    map(this, [], { polymorphicIdentity: "vehicle" });
  }
}

export class Car extends Vehicle.inherit({ seats: integer() }, { polymorphicIdentity: "car" }) {
  static {
    map(this);
  }
}

export class Taxi extends Car.inherit({ licence: varchar(20) }, { polymorphicIdentity: "taxi" }) {
  static {
    map(this);
  }
}

export class Truck extends Vehicle.inherit(
  {
    seats: integer(),
    payload: integer(),
    get load() {
      return many(() => Vehicle, { backPopulates: "carrier" });
    },
  },
  { polymorphicIdentity: "truck", useExistingColumns: ["seats"] },
) {
  static {
    map(this);
  }
}

/** A company of one of each kind. */
export function staff() {
  const company = new Company({ name: "Athanor" });
  const manager = new Manager({ name: "Mia", level: 3, company });
  const engineer = new Engineer({ name: "Eve", language: "C", company, boss: manager, city: "Paris" });
  const architect = new Architect({ name: "Ada", language: "Ada", style: "gothic", company, boss: manager });
  const intern = new Intern({ name: "Ian", language: "Go", school: "ENS", company });
  const clerk = new Employee({ name: "Cid", company });
  engineer.machines.push(new Machine({ name: "forge" }), new Machine({ name: "still" }));
  return { company, manager, engineer, architect, intern, clerk };
}
