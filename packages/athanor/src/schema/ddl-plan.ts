import { CircularDependencyError, InvalidRequestError } from "../errors/errors.ts";
import { EnumType } from "../sqltypes/enum.ts";
import type { ForeignKeyConstraint } from "./foreign-key.ts";
import type { CreateOptions, MetaData } from "./metadata.ts";
import type { SchemaItem } from "./schema-item.ts";
import type { Sequence } from "./sequence.ts";
import { type SortedTables, sortTables } from "./sort-tables.ts";
import type { Table } from "./table.ts";
import { tableOfElement } from "./table-element.ts";

/** What a database must tell about itself before its DDL can be planned. */
export interface DdlCapabilities {
  /** ALTER TABLE can add and drop constraints, so that rings of foreign keys can be broken. */
  readonly alterConstraints: boolean;
  readonly sequences: boolean;
  readonly comments: boolean;
  /** Enumerations are types that have to be created before the tables that use them. */
  readonly enumTypes?: boolean;
}

/** What is there already, by key (`name` or `schema.name`). */
export interface ExistingObjects {
  readonly tables: ReadonlySet<string>;
  readonly sequences?: ReadonlySet<string>;
  readonly enumTypes?: ReadonlySet<string>;
}

/**
 * The steps that create or drop the tables of a MetaData, in the order of their foreign keys. `existing` is null where
 * nothing was looked up: then everything is created, or dropped. Plans only: neither schema nor database is touched.
 */
export function planDdl(
  metadata: MetaData,
  action: "create" | "drop",
  existing: ExistingObjects | null,
  capabilities: DdlCapabilities,
  options: CreateOptions = {},
): readonly SchemaItem[] {
  const chosen = chosenTables(metadata, options);
  const concerned = chosen.filter(
    (table) => existing === null || existing.tables.has(table.key) === (action === "drop"),
  );
  const context: Context = {
    tables: concerned,
    sorted: sortTables(concerned),
    // Sequences and types belong to the whole MetaData, not to a choice of its tables.
    sequences: options.tables === undefined ? allSequences(metadata) : sequencesOf(chosen),
    enumTypes: enumTypesOf(options.tables === undefined ? chosen : concerned),
    existing,
    capabilities,
  };
  return action === "create" ? planCreate(context) : planDrop(context, options.tables === undefined);
}

interface Context {
  readonly tables: readonly Table[];
  readonly sorted: SortedTables;
  readonly sequences: readonly Sequence[];
  readonly enumTypes: ReadonlyMap<string, EnumType>;
  readonly existing: ExistingObjects | null;
  readonly capabilities: DdlCapabilities;
}

function planCreate({ tables, sorted, sequences, enumTypes, existing, capabilities }: Context): SchemaItem[] {
  const items: SchemaItem[] = [];
  if (capabilities.enumTypes === true) {
    for (const [key, type] of enumTypes) {
      if (existing?.enumTypes?.has(key) !== true) items.push({ kind: "createEnumType", type });
    }
  }
  if (capabilities.sequences) {
    for (const sequence of sequences) {
      if (existing?.sequences?.has(sequence.key) !== true) items.push({ kind: "createSequence", sequence });
    }
  }
  const postponed = capabilities.alterConstraints ? postponedKeys(tables, sorted) : new Set<ForeignKeyConstraint>();
  for (const table of sorted.tables) {
    items.push({ kind: "createTable", table, postponed });
    for (const index of table.indexes) items.push({ kind: "createIndex", index });
    if (capabilities.comments) items.push(...commentsOf(table));
  }
  for (const constraint of postponed) items.push({ kind: "addConstraint", constraint });
  return items;
}

function planDrop(context: Context, everything: boolean): SchemaItem[] {
  const { tables, sorted, sequences, enumTypes, existing, capabilities } = context;
  const items: SchemaItem[] = [];
  const rings = postponedKeys(tables, sorted);
  if (capabilities.alterConstraints) {
    for (const constraint of rings) {
      if (constraint.name === null) throw unnamedRing(constraint);
      items.push({ kind: "dropConstraint", constraint });
    }
  } else if (rings.size > 0) {
    const members = new Set([...rings].flatMap((key) => [key.table, key.referredTable]));
    items.push({ kind: "emptyTables", tables: tables.filter((table) => members.has(table)) });
  }
  for (const table of sorted.tables.toReversed()) items.push({ kind: "dropTable", table });
  if (capabilities.sequences) {
    for (const sequence of sequences) {
      if (existing?.sequences?.has(sequence.key) !== false) items.push({ kind: "dropSequence", sequence });
    }
  }
  // A type may be used by tables that stay.
  if (capabilities.enumTypes === true && everything) {
    for (const [key, type] of enumTypes) {
      if (existing?.enumTypes?.has(key) !== false) items.push({ kind: "dropEnumType", type });
    }
  }
  return items;
}

/** Foreign keys that cannot stand in CREATE TABLE: those that close a ring, and those that were asked to wait. */
function postponedKeys(tables: readonly Table[], sorted: SortedTables): Set<ForeignKeyConstraint> {
  const among = new Set(tables);
  const asked = tables.flatMap((table) => table.foreignKeyConstraints.filter((key) => key.useAlter));
  return new Set([...sorted.cycles, ...asked.filter((key) => among.has(key.referredTable))]);
}

function unnamedRing(key: ForeignKeyConstraint): CircularDependencyError {
  return new CircularDependencyError(
    `Tables "${key.table.key}" and "${key.referredTable.key}" refer to each other, and the foreign key of column ` +
      `"${key.columns[0]}" has no name by which it could be dropped first. Give it one with references(…, { name }), ` +
      "or give the MetaData a naming convention.",
  );
}

function chosenTables(metadata: MetaData, { tables }: CreateOptions): readonly Table[] {
  const all = [...metadata.tables.values()];
  if (tables === undefined) return all;
  const chosen = new Set(
    tables.map((element) => {
      const table = tableOfElement(element);
      if (table?.metadata === metadata) return table;
      throw new InvalidRequestError(
        table === null
          ? "createAll and dropAll take tables and mapped classes."
          : `Table "${table.key}" belongs to another MetaData.`,
      );
    }),
  );
  return all.filter((table) => chosen.has(table));
}

function commentsOf(table: Table): SchemaItem[] {
  const items: SchemaItem[] = [];
  if (table.comment !== null) items.push({ kind: "setTableComment", table, comment: table.comment });
  for (const column of table.columns) {
    if (column.comment !== null) items.push({ kind: "setColumnComment", column, comment: column.comment });
  }
  return items;
}

/** The sequences of a MetaData, and those that columns of its tables take their values from. */
export function allSequences(metadata: MetaData): readonly Sequence[] {
  return [...new Set([...metadata.sequences, ...sequencesOf([...metadata.tables.values()])])];
}

function sequencesOf(tables: readonly Table[]): readonly Sequence[] {
  const defaults = tables.flatMap((table) => table.columns.map((column) => column.default));
  return [...new Set(defaults.flatMap((value) => (value?.kind === "sequence" ? [value.sequence] : [])))];
}

/** The enumerations of tables' columns, by `name` or `schema.name`. */
export function enumTypesOf(tables: readonly Table[]): ReadonlyMap<string, EnumType> {
  const types = new Map<string, EnumType>();
  for (const table of tables) {
    for (const { type } of table.columns) {
      if (type.stored instanceof EnumType && type.stored.native) {
        const { name, schema } = type.stored;
        types.set(schema === null ? name : `${schema}.${name}`, type.stored);
      }
    }
  }
  return types;
}
