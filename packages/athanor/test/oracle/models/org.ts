import {
  array,
  bigInteger,
  binary,
  check,
  date,
  double,
  enumType,
  foreignKey,
  index,
  integer,
  interval,
  json,
  MetaData,
  numeric,
  smallInteger,
  sqlText,
  table,
  text,
  time,
  timestamp,
  uuid,
  varchar,
} from "../../support/core.ts";

/** SQLAlchemy's tokens, as the oracle's models use them. */
export const naming = {
  ix: "ix_%(column_0_label)s",
  uq: "uq_%(table_name)s_%(column_0_name)s",
  ck: "ck_%(table_name)s_%(constraint_name)s",
  fk: "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
  pk: "pk_%(table_name)s",
};

export const orgMetadata = new MetaData({ namingConvention: naming });

export const employees = table(
  "employees",
  orgMetadata,
  {
    id: integer().primaryKey(),
    kind: varchar(20),
    name: varchar(50),
    dept: varchar(20),
    level: enumType("level", ["JUNIOR", "SENIOR", "LEAD"]).nullable(),
    salary: numeric(10, 2),
    hired: date(),
    managerId: integer().references("employees.id").nullable(),
    versionId: integer(),
  },
  [index("ix_employees_dept_name").on("dept", "name"), check("salary_positive", sqlText("salary >= 0"))],
);

export const engineers = table("engineers", orgMetadata, {
  id: integer().references("employees.id").primaryKey(),
  language: varchar(30),
});

export const bosses = table("bosses", orgMetadata, {
  id: integer().references("employees.id").primaryKey(),
  budget: integer().nullable(),
});

export const machines = table("machines", orgMetadata, {
  id: integer().primaryKey(),
  name: varchar(30),
  engineerId: integer().references("engineers.id").nullable(),
});

export const vehicles = table("vehicles", orgMetadata, {
  id: integer().primaryKey(),
  type: varchar(10),
  plate: varchar(12).unique(),
  ownerId: integer().references("employees.id").nullable(),
  seats: integer().nullable(),
  payload: integer().nullable(),
});

export const sites = table("sites", orgMetadata, {
  country: varchar(2).primaryKey(),
  code: varchar(8).primaryKey(),
  city: varchar(40),
});

export const rooms = table(
  "rooms",
  orgMetadata,
  {
    country: varchar(2).primaryKey(),
    siteCode: varchar(8).primaryKey(),
    number: integer().primaryKey().autoincrement(false),
    seats: integer().nullable(),
  },
  [
    foreignKey()
      .on("country", "siteCode")
      .references(() => [sites.c.country, sites.c.code], { onUpdate: "cascade" }),
  ],
);

export const projects = table("projects", orgMetadata, {
  id: integer().primaryKey(),
  title: varchar(60),
});

export const assignments = table("assignments", orgMetadata, {
  employeeId: integer().references("employees.id").primaryKey(),
  projectId: integer().references("projects.id").primaryKey(),
  role: varchar(20),
  hours: integer().serverDefault("0"),
});

export const assets = table(
  "assets",
  orgMetadata,
  {
    id: uuid().primaryKey(),
    label: varchar(40),
    status: enumType("asset_status", ["draft", "open", "paid", "void"]).serverDefault("draft"),
    attrs: json<unknown>().nullable(),
    labels: json<readonly string[]>()
      .withVariant("postgresql", array(varchar(20)))
      .nullable(),
    price: numeric(12, 4).nullable(),
    weight: double().nullable(),
    boughtAt: timestamp({ timezone: true }).nullable(),
    warranty: interval().nullable(),
    opens: time().nullable(),
    blob: binary().nullable(),
    big: bigInteger().nullable(),
    small: smallInteger().nullable(),
    note: text().nullable().serverDefault(sqlText("'none'")),
  },
  [check("weight_positive", sqlText("weight > 0"))],
);
assets.setArguments([index("ix_assets_status_bought").on(assets.c.status, assets.c.boughtAt.desc())]);

export const ledger = table("ledger", orgMetadata, {
  id: integer().primaryKey().identity({ start: 100, increment: 10 }),
  net: integer(),
  tax: integer().serverDefault("0"),
  gross: integer().computed("net + tax", { stored: true }),
});
