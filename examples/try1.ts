import { createEngine, integer, numeric, select, varchar, timestamp, func, update } from "athanor";
import { SoftDeletable, notDeleted, softDelete, withDeleted } from "athanor/ext";
import * as orm from "athanor/orm";
const { declarativeBase, many, map, one, oneOrNone, selectinload, joinedload, sessionmaker, inspect, hybrid } = orm;
console.log(Object.keys(orm).sort().join(" "));
const Base = declarativeBase();
class Employee extends Base.model("employees", SoftDeletable, {
  id: integer().primaryKey(), kind: varchar(20), name: varchar(50), version: integer().default(1),
  get bossId() { return integer().nullable().references(() => Employee.id); },
  get boss() { return oneOrNone(() => Employee, { remoteSide: () => Employee.id, backPopulates: "reports" }); },
  get reports() { return many(() => Employee, { backPopulates: "boss" }); },
  get shout() { return hybrid(() => func.upper(Employee.name)); },
}) { static { map(this, [], { polymorphicOn: "kind", polymorphicIdentity: "employee", versionId: "version" }); } 
  greet() { return `hi ${this.name}`; } }
class Engineer extends Employee.inherit("engineers", {
  id: integer().primaryKey().references(() => Employee.id), language: varchar(20),
  get machines() { return many(() => Machine, { backPopulates: "engineer", cascade: "all, delete-orphan" }); },
}, { polymorphicIdentity: "engineer" }) { static { map(this); } }
class Boss extends Employee.inherit("bosses", { id: integer().primaryKey().references(() => Employee.id), budget: integer() }, { polymorphicIdentity: "boss" }) { static { map(this); } }
class Machine extends Base.model("machines", { id: integer().primaryKey(), name: varchar(20),
  get engineerId() { return integer().references(() => Engineer.id); },
  get engineer() { return one(() => Engineer, { backPopulates: "machines" }); },
}) { static { map(this); } }
const engine = createEngine("sqlite:///:memory:", {echo: process.argv[2] === "echo"});
await Base.metadata.createAll(engine);
const sessions = sessionmaker(engine, { options: [notDeleted] });
softDelete(sessions);
await sessions.begin(async (s) => {
  const b = new Boss({ name: "Bea", budget: 10 } as any);
  const e = new Engineer({ name: "Eva", language: "Ada", boss: b, machines: [new Machine({ name: "m1" }), new Machine({ name: "m2" })] } as any);
  const p = new Employee({ name: "Pat", boss: b } as any);
  s.addAll([e, p]);
});
await sessions.begin(async (s) => {
  const all = await s.scalars(select(Employee).order_by ? select(Employee) : select(Employee).orderBy(Employee.id)).all();
  console.log(all.map((x) => `${x.constructor.name} ${x.kind} ${x.greet()} v${x.version} ${x.shout}`));
  const [row] = await s.execute(select(Engineer, Machine.name).join(Engineer.machines).where(Engineer.shout.eq("EVA")).orderBy(Machine.id)).all();
  console.log(row?.[0].name, row?.[1]);
  const e = await s.scalars(select(Engineer).options(selectinload(Engineer.machines), joinedload(Engineer.boss))).unique().one();
  console.log(e, e.machines.length, e.boss?.name, e.boss instanceof Boss);
  e.language = "C"; e.machines.pop();
  await s.flush(); console.log("version", e.version);
  await s.delete(e);
  await s.flush(); console.log(e.isDeleted, e.version);
  console.log(await s.scalars(select(Employee.name).order_by ? select(Employee.name) : select(Employee.name).orderBy(Employee.id)).all());
  console.log(await s.scalars(select(func.count()).selectFrom(Machine)).one());
  const got = await s.get(Employee, e.id); console.log("get", got?.name);
  const poly = (orm as any).withPolymorphic?.(Employee, "*");
  if (poly) console.log((await s.scalars(select(poly).options(withDeleted())).all() as any[]).map((x) => [x.name, x.language, x.budget]).length);
});
