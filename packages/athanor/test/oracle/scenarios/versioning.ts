import { integer, sqlText, text } from "athanor";
import { declarativeBase, map } from "athanor/orm";
import { Employee, Engineer } from "../orm-models/org.ts";
import type { ScenarioArea } from "../scenario-case.ts";
import { keyOnce } from "./inheritance.ts";

export const versioning: ScenarioArea = {
  name: "versioning",
  scenarios: {
    "versioning/counter": (t) => {
      t.fixture();
      const s = t.session();
      const employee = new Employee({
        kind: "employee",
        name: "V",
        dept: "x",
        salary: "1",
        hired: "2024-01-01",
        versionId: 0,
      });
      s.add(employee);
      s.flush();
      t.fact("v1", employee.versionId);
      employee.name = "W";
      s.flush();
      t.fact("v2", employee.versionId);
      s.delete(employee);
      s.flush();
    },

    "versioning/stale": (t) => {
      t.fixture();
      const s = t.session();
      const later = sqlText("update employees set version_id = version_id + 1 where id = 5");
      const employee = s.getOne(Employee, 5);
      t.quiet(() => s.execute(later));
      employee.name = "Late";
      t.raises("flush", () => s.flush());
      s.rollback();
      const again = s.getOne(Employee, 5);
      t.quiet(() => {
        s.execute(sqlText("delete from assignments where employee_id = 5"));
        s.execute(sqlText("update vehicles set owner_id = null where owner_id = 5"));
        s.execute(later);
      });
      s.delete(again);
      const before = t.warnings.length;
      t.raises("delete", () => s.flush());
      t.fact("warnings", t.warnings.slice(before));
    },

    "versioning/subclass-only-change": (t) => {
      t.fixture();
      const s = t.session();
      const engineer = s.getOne(Engineer, 3);
      engineer.language = "Ada 2022";
      s.flush();
      t.fact("version", engineer.versionId);
    },

    "versioning/server-side": (t) => {
      const Base = declarativeBase();
      class Doc extends Base.model("doc", { id: integer().primaryKey(), body: text(), v: integer() }) {
        static {
          map(this, [], { versionId: () => Doc.v, versionIdGenerator: false });
        }
      }
      t.create(Base.metadata);
      const s = t.session();
      const doc = new Doc({ body: "a", v: 1 });
      s.add(doc);
      s.flush();
      [doc.body, doc.v] = ["b", 2];
      s.flush();
      t.fact("v", doc.v);
    },

    "versioning/merge-version": (t) => {
      t.fixture();
      const s = t.session();
      s.get(Employee, 5);
      const old = new Employee({
        id: 5,
        kind: "employee",
        name: "Old",
        dept: "x",
        salary: "1",
        hired: "2024-01-01",
        versionId: 1,
      });
      t.raises("merge", () => s.merge(old));
    },
  },
  deviations: { "versioning/subclass-only-change": keyOnce },
};
