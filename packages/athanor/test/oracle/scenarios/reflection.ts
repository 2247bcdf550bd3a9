import {
  type Column,
  type EntityClass,
  inspect,
  integer,
  MetaData,
  numeric,
  reflectTable,
  type SyncEngine,
  sqlText,
  table,
} from "athanor";
import { automapBase, type Relationship } from "athanor/orm";
import { mapperOf } from "../../../src/orm/instrumentation/entity.ts";
import type { SqlType } from "../../../src/sqltypes/sql-type.ts";
import { coreMetadata } from "../models/core.ts";
import { orgMetadata } from "../models/org.ts";
import { shopMetadata } from "../models/shop.ts";
import type { ScenarioArea } from "../scenario-case.ts";

export const reflection: ScenarioArea = {
  name: "reflection",
  scenarios: {
    "reflection/inspector": (t) => {
      t.create(shopMetadata);
      t.create(orgMetadata);
      const inspector = inspect(t.engine);
      t.quiet(() => {
        t.fact("names", inspector.getTableNames().toSorted());
        for (const name of ["users", "user_profiles", "products", "employees", "rooms", "assignments", "ledger"]) {
          t.fact(name, describeTable(t.engine, name));
        }
        t.fact("has", [inspector.hasTable("users"), inspector.hasTable("nowhere")]);
      });
      t.raises("missing", () => inspect(t.engine).getColumns("nowhere"));
    },

    "reflection/types-reflected": (t) => {
      t.create(orgMetadata);
      t.create(coreMetadata);
      const inspector = t.quiet(() => inspect(t.engine));
      t.quiet(() => {
        const assets = inspector.getColumns("assets");
        t.fact(
          "assets",
          Object.fromEntries(
            assets.map((each) => [each.name, [typeText(t.engine, each.type), each.nullable, each.default]]),
          ),
        );
        const samples = inspector.getColumns("samples");
        t.fact("samples", Object.fromEntries(samples.map(({ name, type }) => [name, typeText(t.engine, type)])));
      });
    },

    "reflection/autoload": (t) => {
      t.create(shopMetadata);
      const metadata = new MetaData();
      const orders = t.quiet(() => reflectTable(t.engine, "orders", metadata, { columns: { total: numeric(10, 2) } }));
      t.fact(
        "columns",
        orders.columns.map(({ name, type }) => [name, typeText(t.engine, type)]),
      );
      t.fact("tables", [...metadata.tables.keys()].toSorted());
      t.raises("missing", () => reflectTable(t.engine, "nowhere", metadata));
      const only = new MetaData();
      const none = new MetaData();
      t.quiet(() => {
        only.reflect(t.engine, { only: ["tags"] });
        none.reflect(t.engine, { only: ["orders"], resolveFks: false });
      });
      t.fact("only", [[...only.tables.keys()], [...none.tables.keys()]]);
    },

    "reflection/views-and-comments": (t) => {
      const metadata = new MetaData();
      const id = integer().primaryKey().comment("the key");
      table("noted", metadata, { id }, [], { comment: "a note" });
      t.create(metadata);
      t.quiet(() => {
        t.engine.begin((connection) => connection.execute(sqlText("create view v_noted as select id from noted")));
        const inspector = inspect(t.engine);
        t.fact("views", inspector.getViewNames());
        t.fact(
          "view columns",
          inspector.getColumns("v_noted").map(({ name }) => name),
        );
        t.fact("has view", inspector.hasTable("v_noted"));
        t.raises("comments", () => inspector.getTableComment("noted"));
      });
    },

    "reflection/schemas": (t) => {
      t.fact("skipped", "PostgreSQL only");
    },

    "reflection/automap": (t) => {
      t.fixture();
      const shop = ["users", "user_profiles", "products", "orders", "order_items", "tags", "product_tags"];
      t.quiet(() => {
        const Base = automapBase().prepare(t.engine, { only: shop });
        const Users = Base.classFor<{ id: Column<number>; orders_collection: Relationship<EntityClass, "many"> }>(
          "users",
        );
        const user = t.session().getOne(Users, 1);
        t.fact("classes", Object.keys(Base.classes).toSorted());
        t.fact("orders", user.orders_collection.length);
        t.fact("relationships", relationshipsOf(Base.classFor("orders")));
      });
    },
  },
  deviations: {
    "reflection/views-and-comments": {
      reason: "what a database does not keep is a NotSupportedError, which SQLAlchemy leaves to Python's own class",
      facts: { comments: { class: "NotSupportedError", mro: ["DatabaseError"] } },
    },
  },
};

function relationshipsOf(model: object): readonly string[] {
  return mapperOf(model)
    .relationships.map(({ key }) => key)
    .toSorted();
}

function typeText(engine: SyncEngine, type: SqlType): string {
  return engine.$core.dialect.typeName(type, "ddl");
}

/** What the oracle's `_describe` collects, under its names; what says nothing is left out there. */
function describeTable(engine: SyncEngine, name: string): unknown {
  const inspector = inspect(engine);
  const primaryKey = inspector.getPkConstraint(name);
  return {
    columns: inspector.getColumns(name).map((column) => ({
      name: column.name,
      type: typeText(engine, column.type),
      nullable: column.nullable,
      ...(column.default === null ? {} : { default: column.default }),
      primary_key: primaryKey.constrainedColumns.indexOf(column.name) + 1,
      ...(column.computed === null
        ? {}
        : { computed: { sqltext: column.computed.expression, persisted: column.computed.stored } }),
    })),
    pk: { constrained_columns: primaryKey.constrainedColumns, ...named(primaryKey) },
    fks: inspector.getForeignKeys(name).map((key) => ({
      ...named(key),
      constrained_columns: key.constrainedColumns,
      referred_table: key.referredTable,
      referred_columns: key.referredColumns,
      ...(key.options.onUpdate === undefined ? {} : { options: { onupdate: key.options.onUpdate.toUpperCase() } }),
    })),
    uniques: inspector.getUniqueConstraints(name).map((each) => ({ ...named(each), column_names: each.columnNames })),
    indexes: inspector.getIndexes(name).map((index) => ({
      name: index.name,
      column_names: index.columnNames,
      unique: index.unique ? 1 : 0,
    })),
    checks: inspector.getCheckConstraints(name).map((each) => ({ sqltext: each.sqlText, ...named(each) })),
  };
}

function named({ name }: { readonly name: string | null }): { readonly name?: string } {
  return name === null ? {} : { name };
}
