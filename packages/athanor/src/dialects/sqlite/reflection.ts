import { DatabaseError, NotSupportedError } from "../../errors/errors.ts";
import { actionOf, groupRows, membersOf } from "../../reflection/answers.ts";
import { type ByTable, Catalog, type CatalogQuery, type Scope } from "../../reflection/catalog.ts";
import type {
  IndexSorting,
  ReflectedCheckConstraint,
  ReflectedForeignKey,
  ReflectedIndex,
  ReflectedPrimaryKey,
  ReflectedTableComment,
  ReflectedTableOptions,
  ReflectedUniqueConstraint,
  Relation,
} from "../../reflection/reflected.ts";
import type { ReflectedColumn } from "../../schema/reflected-column.ts";
import type { Task } from "../../util/task.ts";
import { warn } from "../../util/warn.ts";
import {
  type ParsedColumn,
  type ParsedConstraint,
  type ParsedTable,
  parseCreateIndex,
  parseCreateTable,
  parseCreateView,
} from "./create-table.ts";
import { sqliteReflectedType } from "./reflected-types.ts";

type Row = readonly unknown[];

/** Values of PRAGMA table_xinfo's `hidden`. */
const computedKinds: Readonly<Record<number, "virtual" | "stored">> = { 2: "virtual", 3: "stored" };

/**
 * Reads schemas from SQLite: from the table-valued functions of its pragmas (https://sqlite.org/pragma.html), and from
 * the text of CREATE statements, which alone has the names and conditions of constraints.
 */
export class SqliteCatalog extends Catalog {
  readonly #quote: (identifier: string) => string;

  constructor(quote: (identifier: string) => string) {
    super();
    this.#quote = quote;
  }

  *defaultSchema(): Task<string> {
    return "main";
  }

  *schemas(query: CatalogQuery): Task<readonly string[]> {
    const rows = yield* query("SELECT name FROM pragma_database_list WHERE name <> 'temp' ORDER BY seq");
    return rows.map(([name]) => String(name));
  }

  *relations(query: CatalogQuery, scope: Scope): Task<readonly Relation[]> {
    if (scope.schema !== null) {
      const known = yield* query("SELECT 1 FROM pragma_database_list WHERE name = ?", [scope.schema]);
      if (known.length === 0) return [];
    }
    const columns = "m.name, m.type, m.schema_name";
    const rows = yield* this.#fromMaster(query, scope, { of: "'table', 'view'", columns, hidden: true });
    return rows.map(([name, type, schema]) => ({
      name: String(name),
      kind: type === "view" ? "view" : "table",
      temporary: schema === "temp",
      partition: false,
    }));
  }

  // ── columns ────────────────────────────────────────────────────────────────
  *columns(query: CatalogQuery, scope: Scope): Task<ByTable<readonly ReflectedColumn[]>> {
    const tables = yield* this.#fromMaster(query, scope, columnsOf("'table'"));
    const views = yield* this.#viewColumns(query, scope);
    return groupRows([...tables, ...views], (rows) => {
      const parsed = parsedOf(rows[0]?.[1]);
      const keys = rows.filter((row) => Number(row[6]) > 0).length;
      return rows.map((row) => this.#column(row, parsed, keys === 1));
    });
  }

  /** One view that cannot be read makes the whole query fail: then each is asked for by itself. */
  *#viewColumns(query: CatalogQuery, scope: Scope): Task<readonly Row[]> {
    try {
      return yield* this.#fromMaster(query, scope, columnsOf("'view'"));
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
    }
    const found: Row[] = [];
    for (const [name] of yield* this.#fromMaster(query, scope, { of: "'view'", columns: "m.name" })) {
      try {
        const one = { schema: scope.schema, names: [String(name)] };
        found.push(...(yield* this.#fromMaster(query, one, columnsOf("'view'"))));
      } catch (error) {
        if (!(error instanceof DatabaseError)) throw error;
      }
    }
    return found;
  }

  #column(row: Row, parsed: ParsedTable, isSingleKey: boolean): ReflectedColumn {
    const [table, , name, declared, notNull, initial, key, hidden, withoutRowid] = row;
    const own: ParsedColumn | undefined = parsed.columns.find((each) => sameName(each.name, String(name)));
    const { type, known } = sqliteReflectedType(String(declared), own?.collation ?? null);
    if (!known) {
      warn(
        `The type ${String(declared)} of column "${String(table)}.${String(name)}" is none that SQLite's dialect knows.`,
      );
    }
    const storage = computedKinds[Number(hidden)];
    const computed =
      storage === undefined || own === undefined || own.generated === null
        ? null
        : { expression: own.generated, stored: storage === "stored" };
    return {
      name: String(name),
      type,
      nullable: Number(notNull) === 0,
      default: initial === null ? null : String(initial),
      // A single key of exactly this type is the row's number, except where rows have none.
      autoincrement:
        isSingleKey && Number(key) === 1 && String(declared).toUpperCase() === "INTEGER" && Number(withoutRowid) === 0,
      sequence: null,
      computed,
      identity: null,
      onUpdate: null,
      comment: null,
    };
  }

  // ── constraints ────────────────────────────────────────────────────────────
  *primaryKeys(query: CatalogQuery, scope: Scope): Task<ByTable<ReflectedPrimaryKey>> {
    const rows = yield* this.#fromMaster(query, scope, {
      of: "'table'",
      columns: "m.name, m.sql, c.name",
      source: "pragma_table_xinfo(m.name, m.schema_name) c",
      condition: "c.pk > 0",
      order: "c.pk",
    });
    return groupRows(rows, (found) => {
      const [named] = constraintsOf(parsedOf(found[0]?.[1]), "primaryKey");
      return { ...told(named), constrainedColumns: found.map((row) => String(row[2])) };
    });
  }

  *foreignKeys(query: CatalogQuery, scope: Scope): Task<ByTable<readonly ReflectedForeignKey[]>> {
    // A foreign key that names no columns points to the primary key; the table may not be there yet.
    const key = 'SELECT c.name FROM pragma_table_xinfo(k."table", m.schema_name) c WHERE c.pk = k.seq + 1';
    const target = `coalesce(k."to", (${key}), k."from")`;
    const rows = yield* this.#fromMaster(query, scope, {
      of: "'table'",
      columns: `m.name, m.sql, k.id, k."table", k."from", ${target}, k.on_update, k.on_delete`,
      source: "pragma_foreign_key_list(m.name, m.schema_name) k",
      // The pragma numbers them from the last to the first.
      order: "k.id DESC, k.seq",
    });
    return groupRows(rows, (found) => {
      const parsed = [...constraintsOf(parsedOf(found[0]?.[1]), "foreignKey")];
      return membersOf(found, 2, (parts) => foreignKey(parts, parsed, scope.schema));
    });
  }

  *uniqueConstraints(query: CatalogQuery, scope: Scope): Task<ByTable<readonly ReflectedUniqueConstraint[]>> {
    const rows = yield* this.#fromMaster(query, scope, {
      of: "'table'",
      columns: "m.name, m.sql, i.name, x.name",
      source: "pragma_index_list(m.name, m.schema_name) i, pragma_index_xinfo(i.name, m.schema_name) x",
      condition: "i.origin = 'u' AND x.key = 1",
      order: "i.seq DESC, x.seqno",
    });
    return groupRows(rows, (found) => {
      const parsed = [...constraintsOf(parsedOf(found[0]?.[1]), "unique")];
      return membersOf(found, 2, (parts) => {
        const columnNames = parts.map((part) => String(part[1]));
        return { ...told(takeNamed(parsed, columnNames)), columnNames, duplicatesIndex: null };
      });
    });
  }

  *checkConstraints(query: CatalogQuery, scope: Scope): Task<ByTable<readonly ReflectedCheckConstraint[]>> {
    const rows = yield* this.#fromMaster(query, scope, { of: "'table'", columns: "m.name, m.sql" });
    return groupRows(rows, ([row]) =>
      constraintsOf(parsedOf(row?.[1]), "check").map((check) => ({ ...told(check), sqlText: check.sqlText })),
    );
  }

  *indexes(query: CatalogQuery, scope: Scope): Task<ByTable<readonly ReflectedIndex[]>> {
    const rows = yield* this.#fromMaster(query, scope, {
      of: "'table'",
      columns: 'm.name, i.name, m.schema_name, i."unique", x.name, x."desc"',
      source: "pragma_index_list(m.name, m.schema_name) i, pragma_index_xinfo(i.name, m.schema_name) x",
      condition: "i.origin = 'c' AND x.key = 1",
      order: "i.name, x.seqno",
    });
    const texts = yield* this.#indexTexts(query, scope);
    return groupRows(rows, (found) =>
      membersOf(found, 1, (parts) => index(parts, texts.get(keyOf(parts[0]?.[1], parts[0]?.[0])) ?? "")),
    );
  }

  /** The CREATE INDEX of each index. Joined in the query above, the catalog would be read once for each index. */
  *#indexTexts(query: CatalogQuery, { schema, names }: Scope): Task<ReadonlyMap<string, string>> {
    const named = names === null ? "" : " AND s.tbl_name IN (SELECT value FROM json_each(?))";
    const sql = `SELECT s.schema_name, s.name, s.sql FROM ${this.#master(schema)} s WHERE s.type = 'index' AND s.sql IS NOT NULL${named}`;
    const rows = yield* query(sql, names === null ? [] : [JSON.stringify(names)]);
    return new Map(rows.map(([place, name, text]) => [keyOf(place, name), String(text)]));
  }

  // ── options, views, comments ───────────────────────────────────────────────
  *tableOptions(query: CatalogQuery, scope: Scope): Task<ByTable<ReflectedTableOptions>> {
    const rows = yield* this.#fromMaster(query, scope, {
      of: "'table'",
      columns: `m.name, m.sql, ${listed("l.wr")}, ${listed("l.strict")}`,
    });
    return groupRows(rows, ([row]) => {
      const sqlite = {
        ...(Number(row?.[2]) === 1 ? { withoutRowid: true } : {}),
        ...(Number(row?.[3]) === 1 ? { strict: true } : {}),
        ...(parsedOf(row?.[1]).autoincrement ? { autoincrement: true } : {}),
      };
      return Object.keys(sqlite).length === 0 ? {} : { sqlite };
    });
  }

  *viewDefinitions(query: CatalogQuery, scope: Scope): Task<ByTable<string | null>> {
    const rows = yield* this.#fromMaster(query, scope, { of: "'view'", columns: "m.name, m.sql" });
    return groupRows(rows, ([row]) => parseCreateView(String(row?.[1])));
  }

  *tableComments(): Task<ByTable<ReflectedTableComment>> {
    throw new NotSupportedError("SQLite keeps no comments of tables and columns.");
  }

  // ── the catalog ────────────────────────────────────────────────────────────
  /** `sqlite_master` of a schema, or of the database and what is temporary. */
  #master(schema: string | null): string {
    const of = (name: string, quoted: string) =>
      `SELECT ${name} AS schema_name, type, name, tbl_name, sql FROM ${quoted}.sqlite_master`;
    if (schema !== null) return `(${of(`'${schema.replaceAll("'", "''")}'`, this.#quote(schema))})`;
    return `(${of("'main'", "main")} UNION ALL ${of("'temp'", "temp")})`;
  }

  /** Rows about the tables of a scope, in the order of their names. */
  #fromMaster(query: CatalogQuery, { schema, names }: Scope, question: Question): Task<readonly Row[]> {
    const { columns, of, source, condition, order } = question;
    const conditions = [`m.type IN (${of})`, notShadow];
    if (schema === null && question.hidden !== true) conditions.push(notHidden);
    if (condition !== undefined) conditions.push(condition);
    if (names !== null) conditions.push("m.name IN (SELECT value FROM json_each(?))");
    const sql =
      `SELECT ${columns} FROM ${this.#master(schema)} m${source === undefined ? "" : `, ${source}`} ` +
      `WHERE ${conditions.join(" AND ")} ORDER BY m.schema_name, m.name${order === undefined ? "" : `, ${order}`}`;
    return query(sql, names === null ? [] : [JSON.stringify(names)]);
  }
}

/** What is asked of the tables `m` of a schema. */
interface Question {
  readonly of: "'table'" | "'view'" | "'table', 'view'";
  readonly columns: string;
  /** What is joined to the tables. */
  readonly source?: string;
  readonly condition?: string;
  readonly order?: string;
  /** Tables as well that a temporary one of the same name hides. */
  readonly hidden?: true;
}

/** Whether PRAGMA table_list says this of the table; the list is made once for a statement, not once for each table. */
function listed(condition: string): string {
  return `(m.schema_name, m.name) IN (SELECT l.schema, l.name FROM pragma_table_list l WHERE ${condition})`;
}

/** Shadow tables hold the contents of virtual ones (full-text indexes); nobody declares them. */
const notShadow = `m.name NOT LIKE 'sqlite~_%' ESCAPE '~' AND NOT ${listed("l.type = 'shadow'")}`;
const notHidden = "NOT (m.schema_name = 'main' AND m.name IN (SELECT name FROM temp.sqlite_master))";

function columnsOf(of: Question["of"]): Question {
  return {
    of,
    columns: `m.name, m.sql, c.name, c.type, c."notnull", c.dflt_value, c.pk, c.hidden, ${listed("l.wr")}`,
    source: "pragma_table_xinfo(m.name, m.schema_name) c",
    // Columns that virtual tables hide.
    condition: "c.hidden <> 1",
    order: "c.cid",
  };
}

const unnamed = { name: null, comment: null, dialectOptions: {} } as const;

/** What the text of a table says of a constraint. */
function told(constraint: ParsedConstraint | undefined): Pick<ReflectedPrimaryKey, keyof typeof unnamed> {
  const { name = null, onConflict = null } = constraint ?? {};
  return { ...unnamed, name, dialectOptions: onConflict === null ? {} : { sqlite: { onConflict } } };
}

function parsedOf(sql: unknown): ParsedTable {
  return parseCreateTable(String(sql));
}

function constraintsOf(table: ParsedTable, kind: ParsedConstraint["kind"]): readonly ParsedConstraint[] {
  return table.constraints.filter((constraint) => constraint.kind === kind);
}

function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** Takes the first constraint over these columns out of a list. */
function takeNamed(
  constraints: ParsedConstraint[],
  columns: readonly string[],
  referredTable: string = "",
): ParsedConstraint | undefined {
  const found = constraints.findIndex(
    (each) =>
      each.columns.length === columns.length &&
      each.columns.every((column, i) => sameName(column, columns[i] ?? "")) &&
      sameName(each.referredTable, referredTable),
  );
  return found < 0 ? undefined : constraints.splice(found, 1)[0];
}

function foreignKey(rows: readonly Row[], parsed: ParsedConstraint[], schema: string | null): ReflectedForeignKey {
  const [, table, , , onUpdate, onDelete] = rows[0] ?? [];
  const constrainedColumns = rows.map((row) => String(row[2]));
  const named = takeNamed(parsed, constrainedColumns, String(table));
  const deletes = actionOf(onDelete);
  const updates = actionOf(onUpdate);
  return {
    ...unnamed,
    name: named?.name ?? null,
    constrainedColumns,
    referredSchema: schema,
    referredTable: String(table),
    referredColumns: rows.map((row) => String(row[3])),
    options: {
      ...(deletes === null ? {} : { onDelete: deletes }),
      ...(updates === null ? {} : { onUpdate: updates }),
      ...(named === undefined || named.deferrable === null ? {} : { deferrable: named.deferrable }),
      ...(named === undefined || named.initially === null ? {} : { initially: named.initially }),
    },
  };
}

function keyOf(schema: unknown, name: unknown): string {
  return JSON.stringify([String(schema), String(name)]);
}

function index(rows: readonly Row[], sql: string): ReflectedIndex {
  const [name, , unique] = rows[0] ?? [];
  const { elements, where } = parseCreateIndex(sql);
  const columnNames = rows.map((row) => (row[3] === null ? null : String(row[3])));
  const descending = rows.flatMap((row, position) => (Number(row[4]) === 1 ? [position] : []));
  const sorting: Record<number, readonly IndexSorting[]> = Object.fromEntries(
    descending.map((position) => [position, ["desc"]]),
  );
  return {
    name: String(name),
    unique: Number(unique) === 1,
    columnNames,
    expressions: columnNames.includes(null) ? elements : null,
    sorting,
    where,
    duplicatesConstraint: null,
    comment: null,
    dialectOptions: {},
  };
}
