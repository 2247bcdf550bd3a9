import { CircularDependencyError, InvalidRequestError } from "../errors/errors.ts";
import { DomainType } from "../sqltypes/domain.ts";
import { EnumType } from "../sqltypes/enum.ts";
import { LISTENERS } from "../util/symbols.ts";
import { type DdlCapabilities, type DdlDialect, dialectNames } from "./ddl-dialect.ts";
import type { DdlEventName } from "./ddl-events.ts";
import type { ForeignKeyConstraint } from "./foreign-key.ts";
import type { CreateOptions, MetaData } from "./metadata.ts";
import type { SchemaItem } from "./schema-item.ts";
import type { Sequence } from "./sequence.ts";
import { type SortedTables, sortTables } from "./sort-tables.ts";
import type { Table } from "./table.ts";
import { tableOfElement } from "./table-element.ts";

/** What is there already, by key (`name` or `schema.name`). */
export interface ExistingObjects {
  /** Tables and views. */
  readonly tables: ReadonlySet<string>;
  readonly sequences?: ReadonlySet<string>;
  /** Enumerations and domains. */
  readonly types?: ReadonlySet<string>;
}

/** Somebody listens to this moment of creating or dropping. */
export interface DdlMoment {
  readonly kind: "event";
  readonly name: DdlEventName;
  readonly target: Table | MetaData;
  readonly tables: readonly Table[];
}

export type DdlStep = SchemaItem | DdlMoment;
type Action = "create" | "drop";

/**
 * The steps that create or drop the objects of a MetaData, in the order in which they depend on each other. `existing` is
 * null where nothing was looked up: then everything is created, or dropped. Plans only: neither schema nor database is
 * touched.
 */
export function planDdl(
  metadata: MetaData,
  action: Action,
  existing: ExistingObjects | null,
  dialect: Omit<DdlDialect, "ddl">,
  options: CreateOptions = {},
): readonly DdlStep[] {
  const { capabilities } = dialect;
  const chosen = chosenTables(metadata, options);
  const isConcerned = ({ key }: Table) => existing === null || existing.tables.has(key) === (action === "drop");
  const tables = chosen.filter((table) => table.view === null && isConcerned(table));
  const views = chosen.filter(
    (view) =>
      view.view !== null && (isConcerned(view) || (action === "create" && view.view.options.orReplace === true)),
  );
  const everything = options.tables === undefined;
  const context: Context = {
    tables,
    views: sortViews(views),
    sorted: sortTables(tables),
    // Sequences and types belong to the whole MetaData, not to a choice of its tables.
    sequences: everything ? allSequences(metadata) : sequencesOf(chosen),
    types: namedTypesOf(everything ? chosen : tables, dialectNames(dialect)),
    existing,
    capabilities,
    everything,
  };
  const steps = action === "create" ? planCreate(context) : planDrop(context);
  const concerned = [...context.sorted.tables, ...context.views];
  return around(metadata, action, concerned, steps);
}

interface Context {
  readonly tables: readonly Table[];
  readonly views: readonly Table[];
  readonly sorted: SortedTables;
  readonly sequences: readonly Sequence[];
  readonly types: ReadonlyMap<string, EnumType | DomainType>;
  readonly existing: ExistingObjects | null;
  readonly capabilities: DdlCapabilities;
  readonly everything: boolean;
}

function planCreate({ views, tables, sorted, sequences, types, existing, capabilities }: Context): DdlStep[] {
  const steps: DdlStep[] = [];
  if (capabilities.namedTypes === true) {
    for (const [key, type] of types) {
      if (existing?.types?.has(key) === true) continue;
      steps.push(type instanceof EnumType ? { kind: "createEnumType", type } : { kind: "createDomain", type });
    }
  }
  if (capabilities.sequences) {
    for (const sequence of sequences) {
      if (existing?.sequences?.has(sequence.key) !== true) steps.push({ kind: "createSequence", sequence });
    }
  }
  const postponed = capabilities.alterConstraints ? postponedKeys(tables, sorted) : new Set<ForeignKeyConstraint>();
  const concerned = [...sorted.tables, ...views];
  for (const table of sorted.tables) {
    const create: SchemaItem = { kind: "createTable", table, postponed };
    steps.push(...around(table, "create", concerned, [create, ...belongings(table, capabilities)]));
  }
  for (const constraint of postponed) steps.push({ kind: "addConstraint", constraint });
  for (const view of views) {
    const create: SchemaItem = { kind: "createView", view };
    steps.push(...around(view, "create", concerned, [create, ...belongings(view, capabilities)]));
  }
  return steps;
}

/** Indexes and comments of a table that has just been created. */
function belongings(table: Table, capabilities: DdlCapabilities): readonly SchemaItem[] {
  const indexes = table.indexes.map((index) => ({ kind: "createIndex", index, tableIsNew: true }) as const);
  return [...indexes, ...commentsOf(table, capabilities)];
}

function planDrop(context: Context): DdlStep[] {
  const { tables, views, sorted, sequences, types, existing, capabilities, everything } = context;
  const steps: DdlStep[] = [];
  const concerned = [...sorted.tables, ...views];
  for (const view of views.toReversed()) {
    steps.push(...around(view, "drop", concerned, [{ kind: "dropView", view }]));
  }
  const rings = postponedKeys(tables, sorted);
  if (capabilities.alterConstraints) {
    for (const constraint of rings) {
      if (constraint.name === null) throw unnamedRing(constraint);
      steps.push({ kind: "dropConstraint", constraint });
    }
  } else if (rings.size > 0) {
    const members = new Set([...rings].flatMap((key) => [key.table, key.referredTable]));
    steps.push({ kind: "emptyTables", tables: tables.filter((table) => members.has(table)) });
  }
  for (const table of sorted.tables.toReversed()) {
    steps.push(...around(table, "drop", concerned, [{ kind: "dropTable", table }]));
  }
  if (capabilities.sequences) {
    for (const sequence of sequences) {
      if (existing?.sequences?.has(sequence.key) !== false) steps.push({ kind: "dropSequence", sequence });
    }
  }
  // A type may be used by tables that stay.
  if (capabilities.namedTypes === true && everything) {
    for (const [key, type] of [...types].toReversed()) {
      if (existing?.types?.has(key) === false) continue;
      steps.push(type instanceof EnumType ? { kind: "dropEnumType", type } : { kind: "dropDomain", type });
    }
  }
  return steps;
}

/** The steps between the events of a table or a metadata, as far as somebody listens. */
function around(
  target: Table | MetaData,
  action: Action,
  tables: readonly Table[],
  steps: readonly DdlStep[],
): readonly DdlStep[] {
  const [before, after] =
    action === "create" ? (["beforeCreate", "afterCreate"] as const) : (["beforeDrop", "afterDrop"] as const);
  const moment = (name: DdlEventName): readonly DdlMoment[] =>
    target[LISTENERS].has(name) ? [{ kind: "event", name, target, tables }] : [];
  return [...moment(before), ...steps, ...moment(after)];
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
  const all = [...metadata.tables.values(), ...metadata.views.values()];
  if (tables === undefined) return all;
  const chosen = new Set(
    tables.map((element) => {
      const table = tableOfElement(element);
      if (table?.metadata === metadata) return table;
      throw new InvalidRequestError(
        table === null
          ? "createAll and dropAll take tables, views and mapped classes."
          : `Table "${table.key}" belongs to another MetaData.`,
      );
    }),
  );
  return all.filter((table) => chosen.has(table));
}

/** Each view behind those that it reads; a view can read earlier ones only. */
function sortViews(views: readonly Table[]): readonly Table[] {
  const given = new Set(views);
  const sorted = new Set<Table>();
  const place = (view: Table): void => {
    if (sorted.has(view) || !given.has(view)) return;
    for (const read of view.view?.reads ?? []) place(read);
    sorted.add(view);
  };
  for (const view of views) place(view);
  return [...sorted];
}

function commentsOf(table: Table, capabilities: DdlCapabilities): SchemaItem[] {
  if (!capabilities.comments) return [];
  const items: SchemaItem[] = [];
  if (table.comment !== null) items.push({ kind: "setTableComment", table, comment: table.comment });
  for (const column of table.columns) {
    if (column.comment !== null) items.push({ kind: "setColumnComment", column, comment: column.comment });
  }
  if (capabilities.constraintComments === true) {
    for (const constraint of table.constraints) {
      const { comment } = constraint;
      if (comment !== null) items.push({ kind: "setConstraintComment", constraint, comment });
    }
  }
  return items;
}

/** The schemas in which something of a MetaData is. */
export function schemasOf(metadata: MetaData, dialect: Omit<DdlDialect, "ddl">): readonly (string | null)[] {
  const tables = [...metadata.tables.values(), ...metadata.views.values()];
  const all = [...tables, ...allSequences(metadata), ...namedTypesOf(tables, dialectNames(dialect)).values()];
  return [...new Set(all.map(({ schema }) => schema))];
}

function allSequences(metadata: MetaData): readonly Sequence[] {
  return [...new Set([...metadata.sequences, ...sequencesOf([...metadata.tables.values()])])];
}

function sequencesOf(tables: readonly Table[]): readonly Sequence[] {
  const defaults = tables.flatMap((table) => table.columns.map((column) => column.default));
  return [...new Set(defaults.flatMap((value) => (value?.kind === "sequence" ? [value.sequence] : [])))];
}

/** Enumerations and domains by key, each behind those that it is made of. */
function namedTypesOf(
  tables: readonly Table[],
  dialects: readonly string[],
): ReadonlyMap<string, EnumType | DomainType> {
  const types = new Map<string, EnumType | DomainType>();
  for (const table of tables) {
    if (table.view !== null) continue;
    for (const { type } of table.columns) {
      for (const part of type.parts(dialects)) {
        if (part instanceof DomainType || (part instanceof EnumType && part.native)) {
          types.set(part.schema === null ? part.name : `${part.schema}.${part.name}`, part);
        }
      }
    }
  }
  return types;
}
