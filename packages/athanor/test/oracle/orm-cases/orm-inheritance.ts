import { declarativeBase, joinedload, map, selectinload, selectinPolymorphic, withPolymorphic } from "athanor/orm";
import { expect } from "vitest";
import { caseWhen, deleteFrom, func, integer, or, select, varchar } from "../../support/core.ts";
import { Assignment, Boss, Car, Employee, Engineer, Machine, Project, Truck, Vehicle } from "../orm-models/org.ts";
import { type Area, everywhere } from "../statement-case.ts";

const reason = "the key of tables that are joined is one value, which is selected once";
const employee = (name: string, key = `${name}.id`) =>
  `${key}, ${["kind", "name", "dept", "level", "salary", "hired", "manager_id", "version_id"].map((each) => `${name}.${each}`).join(", ")}`;
const engineers = `SELECT ${employee("employees", "engineers.id")}, engineers.language FROM employees JOIN engineers ON employees.id = engineers.id ORDER BY engineers.id`;

export const ormInheritance: Area = {
  name: "orm-inheritance",
  cases: {
    "orm-inheritance/joined-sub": () => select(Engineer).orderBy(Engineer.id),
    "orm-inheritance/joined-sub-column": () => select(Engineer.language).orderBy(Engineer.language),
    "orm-inheritance/with-polymorphic-star": () => {
      const people = withPolymorphic(Employee, "*");
      return select(people).orderBy(people.id);
    },
    "orm-inheritance/with-polymorphic-some": () => {
      const people = withPolymorphic(Employee, { Engineer });
      return select(people)
        .where(or(people.Engineer.language.eq("C"), people.name.eq("Mary")))
        .orderBy(people.id);
    },
    "orm-inheritance/with-polymorphic-flat": () => {
      const people = withPolymorphic(Employee, { Engineer, Boss }, { flat: true, aliased: true });
      return select(people.name, people.Boss.budget).orderBy(people.id);
    },
    "orm-inheritance/selectin-polymorphic-chain": () =>
      select(Employee)
        .options(selectinPolymorphic(Employee, [Engineer]), selectinload(Engineer.machines))
        .orderBy(Employee.id),
    "orm-inheritance/of-type-polymorphic-join": () => {
      const reports = withPolymorphic(Employee, { Engineer }, { aliased: true, flat: true });
      return select(Employee.name, reports.name, reports.Engineer.language)
        .join(Employee.reports.ofType(reports))
        .orderBy(reports.id);
    },
    "orm-inheritance/of-type-selectinload": () =>
      select(Employee)
        .where(Employee.managerId.is(null))
        .options(selectinload(Employee.reports.ofType(withPolymorphic(Employee, "*", { flat: true }))))
        .orderBy(Employee.id),
    "orm-inheritance/join-subclass-entity": () =>
      select(Machine.name, Engineer.name).join(Machine.engineer).orderBy(Machine.id),
    "orm-inheritance/outerjoin-subclass-entity": () =>
      select(Machine.name, Engineer.name).outerJoin(Machine.engineer).orderBy(Machine.id),
    "orm-inheritance/joinedload-subclass": () =>
      select(Machine).options(joinedload(Machine.engineer)).orderBy(Machine.id),
    "orm-inheritance/subclass-relationship": () =>
      select(Engineer).options(selectinload(Engineer.machines)).orderBy(Engineer.id),
    "orm-inheritance/subclass-base-relationship": () =>
      select(Engineer.name, Project.title)
        .join(Engineer.assignments)
        .join(Assignment.project)
        .orderBy(Engineer.id, Project.id),
    "orm-inheritance/discriminator": () =>
      select(Employee.kind, func.count()).groupBy(Employee.kind).orderBy(Employee.kind),
    "orm-inheritance/single-base": () => select(Vehicle).orderBy(Vehicle.id),
    "orm-inheritance/single-sub": () => select(Car).orderBy(Car.id),
    "orm-inheritance/single-sub-column": () => select(Car.plate, Car.seats).where(Car.seats.gt(2)),
    "orm-inheritance/single-with-polymorphic": () => {
      const vehicles = withPolymorphic(Vehicle, [Car, Truck]);
      return select(vehicles).orderBy(vehicles.id);
    },
    "orm-inheritance/single-delete": () => deleteFrom(Truck),
    "orm-inheritance/polymorphic-on-expression": () => {
      const Base = declarativeBase();
      class Shape extends Base.model("users", { id: integer().primaryKey(), role: varchar() }) {
        static {
          map(this, [], {
            polymorphicOn: () => caseWhen(Shape.role.eq("admin"), "boss").else("plain"),
            polymorphicIdentity: "plain",
          });
        }
      }
      class BossShape extends Shape.inherit({}, { polymorphicIdentity: "boss" }) {
        static {
          map(this);
        }
      }
      expect(BossShape.name).toBe("BossShape");
      return select(Shape).orderBy(Shape.id);
    },
  },
  deviations: {
    "orm-inheritance/joined-sub": everywhere({ reason, sql: engineers }),
    "orm-inheritance/with-polymorphic-star": everywhere({
      reason,
      sql: `SELECT ${employee("employees")}, engineers.language, bosses.budget FROM employees LEFT OUTER JOIN engineers ON employees.id = engineers.id LEFT OUTER JOIN bosses ON employees.id = bosses.id ORDER BY employees.id`,
    }),
    "orm-inheritance/with-polymorphic-some": everywhere({
      reason,
      sql: `SELECT ${employee("employees")}, engineers.language FROM employees LEFT OUTER JOIN engineers ON employees.id = engineers.id WHERE engineers.language = ? OR employees.name = ? ORDER BY employees.id`,
      parameters: ["C", "Mary"],
    }),
    "orm-inheritance/selectin-polymorphic-chain": everywhere({
      reason,
      statements: [
        { sql: `SELECT ${employee("employees")} FROM employees ORDER BY employees.id`, parameters: [] },
        {
          sql: "SELECT employees.id, engineers.language FROM employees JOIN engineers ON employees.id = engineers.id WHERE employees.id IN (?, ?, ?)",
          parameters: [2, 3, 6],
        },
        {
          sql: "SELECT machines.id, machines.name, machines.engineer_id FROM machines WHERE machines.engineer_id IN (?, ?, ?) ORDER BY machines.id",
          parameters: [2, 3, 6],
        },
      ],
    }),
    "orm-inheritance/of-type-selectinload": everywhere({
      reason,
      statements: [
        {
          sql: `SELECT ${employee("employees")} FROM employees WHERE employees.manager_id IS NULL ORDER BY employees.id`,
          parameters: [],
        },
        {
          sql: `SELECT ${employee("employees_1")}, engineers_1.language, bosses_1.budget FROM employees AS employees_1 LEFT OUTER JOIN engineers AS engineers_1 ON employees_1.id = engineers_1.id LEFT OUTER JOIN bosses AS bosses_1 ON employees_1.id = bosses_1.id WHERE employees_1.manager_id IN (?) ORDER BY employees_1.id`,
          parameters: [1],
        },
      ],
    }),
    "orm-inheritance/joinedload-subclass": everywhere({
      reason,
      sql: `SELECT machines.id, machines.name, machines.engineer_id, ${employee("employees_1", "engineers_1.id")}, engineers_1.language FROM machines LEFT OUTER JOIN (employees AS employees_1 JOIN engineers AS engineers_1 ON employees_1.id = engineers_1.id) ON engineers_1.id = machines.engineer_id ORDER BY machines.id`,
    }),
    "orm-inheritance/subclass-relationship": everywhere({
      reason,
      statements: [
        { sql: engineers, parameters: [] },
        {
          sql: "SELECT machines.id, machines.name, machines.engineer_id FROM machines WHERE machines.engineer_id IN (?, ?, ?) ORDER BY machines.id",
          parameters: [2, 3, 6],
        },
      ],
    }),
  },
};
