import { actionOf, groupRows, membersOf } from "../../reflection/answers.ts";
import { type ByTable, Catalog, type CatalogQuery, type Scope } from "../../reflection/catalog.ts";
import type {
  IndexSorting,
  ReflectedCheckConstraint,
  ReflectedForeignKey,
  ReflectedIndex,
  ReflectedPartition,
  ReflectedPrimaryKey,
  ReflectedTableComment,
  ReflectedTableOptions,
  ReflectedUniqueConstraint,
  Relation,
} from "../../reflection/reflected.ts";
import type { MysqlIndexOptions, MysqlTableOptions } from "../../schema/dialect-options.ts";
import type { ReflectedColumn } from "../../schema/reflected-column.ts";
import { JsonType } from "../../sqltypes/json.ts";
import type { Task } from "../../util/task.ts";
import { warn } from "../../util/warn.ts";
import { mysqlReflectedType } from "./reflected-types.ts";
import type { MysqlServer } from "./server.ts";
import { stringLiteral } from "./types.ts";

type Row = readonly unknown[];

const relationKinds: Readonly<Record<string, Relation["kind"]>> = {
  "BASE TABLE": "table",
  "SYSTEM VERSIONED": "table",
  TEMPORARY: "table",
  VIEW: "view",
  "SYSTEM VIEW": "view",
};

/** Databases of the server's own. */
const systemSchemas = "('information_schema', 'mysql', 'performance_schema', 'sys')";

/**
 * Reads schemas from MySQL and MariaDB: from `information_schema`, view by view, since joins between its views are slow
 * on MariaDB (https://mariadb.com/kb/en/information-schema-tables/). A schema is a database.
 */
export class MysqlCatalog extends Catalog {
  readonly #server: () => MysqlServer;

  constructor(server: () => MysqlServer) {
    super();
    this.#server = server;
  }

  *defaultSchema(query: CatalogQuery): Task<string | null> {
    const [row] = yield* query("SELECT DATABASE()");
    return textOf(row?.[0]);
  }

  *schemas(query: CatalogQuery): Task<readonly string[]> {
    const rows = yield* query(
      `SELECT schema_name FROM information_schema.schemata WHERE schema_name NOT IN ${systemSchemas} ORDER BY schema_name`,
    );
    return rows.map(([name]) => String(name));
  }

  *relations(query: CatalogQuery, scope: Scope): Task<readonly Relation[]> {
    const rows = yield* ask(query, scope, { view: "tables", columns: "table_name, table_type", order: "table_name" });
    return rows.flatMap(([name, type]) => {
      const kind = relationKinds[String(type)];
      return kind === undefined
        ? []
        : [{ name: String(name), kind, temporary: String(type) === "TEMPORARY", partition: false }];
    });
  }

  // ── columns ────────────────────────────────────────────────────────────────
  *columns(query: CatalogQuery, scope: Scope): Task<ByTable<readonly ReflectedColumn[]>> {
    const rows = yield* ask(query, scope, {
      view: "columns",
      columns:
        "table_name, column_name, column_type, is_nullable, column_default, extra, generation_expression, column_comment, collation_name",
      order: "table_name, ordinal_position",
    });
    const tables = yield* ask(query, scope, { view: "tables", columns: "table_name, table_collation" });
    const collations = new Map(tables.map(([name, collation]) => [String(name), textOf(collation)]));
    const json = yield* this.#jsonColumns(query, scope);
    return groupRows(rows, (found) => {
      const table = String(found[0]?.[0]);
      return found.map((row) => this.#column(row, collations.get(table) ?? null, json.has(keyOf(row[0], row[1]))));
    });
  }

  /** MariaDB keeps JSON as text with a check that it is. */
  *#jsonColumns(query: CatalogQuery, scope: Scope): Task<ReadonlySet<string>> {
    if (!this.#server().mariadb) return new Set();
    const checks = yield* this.#checkRows(query, scope);
    return new Set(checks.filter(isJsonCheck).map(([table, name]) => keyOf(table, name)));
  }

  #column(row: Row, tableCollation: string | null, isJson: boolean): ReflectedColumn {
    const [table, name, columnType, nullable, initial, extra, expression, comment, collation] = row.map(textOf);
    const own = collation === tableCollation || collation === null || collation === undefined ? {} : { collation };
    const found = mysqlReflectedType(columnType ?? "", name ?? "", own);
    if (!found.known) warn(`The type ${columnType} of column "${table}.${name}" is none that MySQL's dialect knows.`);
    const words = (extra ?? "").toLowerCase();
    const generated = expression !== null && expression !== undefined && expression !== "";
    const [, onUpdate = null] = /\bon update (.*)$/.exec(words) ?? [];
    return {
      name: name ?? "",
      type: isJson ? new JsonType() : found.type,
      nullable: nullable === "YES",
      default: generated ? null : this.#default(initial ?? null, words, found.type.affinity),
      autoincrement: words.includes("auto_increment"),
      sequence: null,
      computed: generated ? { expression: unescaped(expression), stored: words.includes("stored") } : null,
      identity: null,
      onUpdate,
      comment: comment === "" ? null : (comment ?? null),
    };
  }

  /** MariaDB gives SQL, MySQL the value, unless it is an expression. */
  #default(given: string | null, extra: string, affinity: string): string | null {
    if (given === null) return null;
    if (this.#server().mariadb) return given === "NULL" ? null : given;
    if (extra.includes("default_generated")) return unescaped(given);
    return numbers.has(affinity) || /^[bx]'/i.test(given) ? given : stringLiteral(given);
  }

  // ── keys and indexes ───────────────────────────────────────────────────────
  *primaryKeys(query: CatalogQuery, scope: Scope): Task<ByTable<ReflectedPrimaryKey>> {
    const rows = yield* ask(query, scope, {
      view: "statistics",
      columns: "table_name, column_name",
      where: "index_name = 'PRIMARY'",
      order: "table_name, seq_in_index",
    });
    return groupRows(rows, (found) => ({ ...unnamed, constrainedColumns: found.map((row) => String(row[1])) }));
  }

  *indexes(query: CatalogQuery, scope: Scope): Task<ByTable<readonly ReflectedIndex[]>> {
    const foreignKeys = yield* this.foreignKeys(query, scope);
    const rows = yield* this.#indexRows(query, scope, "");
    return groupRows(rows, (found) => {
      const keys = foreignKeys.get(String(found[0]?.[0])) ?? [];
      return membersOf(found, 1, (parts) => index(parts, keys));
    });
  }

  /** A unique constraint is a unique index. */
  *uniqueConstraints(query: CatalogQuery, scope: Scope): Task<ByTable<readonly ReflectedUniqueConstraint[]>> {
    const rows = yield* this.#indexRows(query, scope, " AND non_unique = 0");
    return groupRows(rows, (found) =>
      membersOf(found, 1, (parts) => {
        const name = String(parts[0]?.[0]);
        const columnNames = parts.map((part) => String(part[2]));
        return { ...unnamed, name, columnNames, duplicatesIndex: name };
      }),
    );
  }

  #indexRows(query: CatalogQuery, scope: Scope, condition: string): Task<readonly Row[]> {
    const expression = this.#server().mariadb ? "NULL" : "expression";
    return ask(query, scope, {
      view: "statistics",
      columns: `table_name, index_name, non_unique, column_name, collation, sub_part, index_type, index_comment, ${expression}`,
      where: `index_name <> 'PRIMARY'${condition}`,
      order: "table_name, index_name, seq_in_index",
    });
  }

  *foreignKeys(query: CatalogQuery, scope: Scope): Task<ByTable<readonly ReflectedForeignKey[]>> {
    const rows = yield* ask(query, scope, {
      view: "key_column_usage",
      columns:
        "table_name, constraint_name, column_name, referenced_table_schema, referenced_table_name, referenced_column_name, table_schema",
      where: "referenced_table_name IS NOT NULL",
      order: "table_name, constraint_name, ordinal_position",
    });
    if (rows.length === 0) return new Map();
    const rules = yield* ask(query, scope, {
      view: "referential_constraints",
      schema: "constraint_schema",
      columns: "table_name, constraint_name, delete_rule, update_rule",
    });
    const actions = new Map(rules.map(([table, name, ...rest]) => [keyOf(table, name), rest]));
    return groupRows(rows, (found) => {
      const table = String(found[0]?.[0]);
      return membersOf(found, 1, (parts) =>
        foreignKey(parts, actions.get(keyOf(table, parts[0]?.[0])) ?? [], scope.schema),
      );
    });
  }

  // ── checks ─────────────────────────────────────────────────────────────────
  *checkConstraints(query: CatalogQuery, scope: Scope): Task<ByTable<readonly ReflectedCheckConstraint[]>> {
    const rows = yield* this.#checkRows(query, scope);
    const own = this.#server().mariadb ? rows.filter((row) => !isJsonCheck(row)) : rows;
    return groupRows(own, (found) =>
      found.map(([, name, clause]) => ({
        ...unnamed,
        name: String(name),
        sqlText: withoutParentheses(String(clause)),
      })),
    );
  }

  /** Table, name and condition of each check. */
  *#checkRows(query: CatalogQuery, scope: Scope): Task<readonly Row[]> {
    const schema = "constraint_schema";
    if (this.#server().mariadb) {
      const columns = "table_name, constraint_name, check_clause";
      return yield* ask(query, scope, { view: "check_constraints", schema, columns, order: columns });
    }
    const tables = yield* ask(query, scope, {
      view: "table_constraints",
      columns: "table_name, constraint_name",
      where: "constraint_type = 'CHECK'",
      order: "table_name, constraint_name",
    });
    if (tables.length === 0) return [];
    const clauses = yield* ask(
      query,
      { ...scope, names: null },
      {
        view: "check_constraints",
        schema,
        columns: "constraint_name, check_clause",
      },
    );
    const byName = new Map(clauses.map(([name, clause]) => [String(name), clause]));
    return tables.map(([table, name]) => [table, name, unescaped(String(byName.get(String(name)) ?? ""))]);
  }

  // ── options, comments, views, partitions ───────────────────────────────────
  *tableOptions(query: CatalogQuery, scope: Scope): Task<ByTable<ReflectedTableOptions>> {
    const rows = yield* ask(query, scope, {
      view: "tables",
      columns: "table_name, engine, table_collation, create_options",
      where: "table_type <> 'VIEW'",
    });
    return groupRows(rows, ([row]) => ({ mysql: optionsOf(row ?? []) }));
  }

  *tableComments(query: CatalogQuery, scope: Scope): Task<ByTable<ReflectedTableComment>> {
    const where = "table_type <> 'VIEW' AND table_comment <> ''";
    const rows = yield* ask(query, scope, { view: "tables", columns: "table_name, table_comment", where });
    return groupRows(rows, ([row]) => ({ text: textOf(row?.[1]) }));
  }

  *viewDefinitions(query: CatalogQuery, scope: Scope): Task<ByTable<string | null>> {
    const rows = yield* ask(query, scope, { view: "views", columns: "table_name, view_definition" });
    return groupRows(rows, ([row]) => textOf(row?.[1]));
  }

  override *partitions(query: CatalogQuery, scope: Scope): Task<ByTable<readonly ReflectedPartition[]>> {
    const rows = yield* ask(query, scope, {
      view: "partitions",
      columns: "table_name, partition_name, partition_method, partition_description",
      where: "partition_name IS NOT NULL",
      order: "table_name, partition_ordinal_position",
    });
    return groupRows(rows, (found) =>
      found.map(([, name, method, description]) => ({
        name: String(name),
        schema: scope.schema,
        bound: partitionBound(String(method), textOf(description)),
      })),
    );
  }

  override *sequences(query: CatalogQuery, schema: string | null): Task<readonly string[]> {
    const question = { view: "tables", columns: "table_name", where: "table_type = 'SEQUENCE'", order: "table_name" };
    const rows = yield* ask(query, { schema, names: null }, question);
    return rows.map(([name]) => String(name));
  }
}

// ── questions ────────────────────────────────────────────────────────────────
/** What is asked of one view of `information_schema`. */
interface Question {
  readonly view: string;
  readonly columns: string;
  /** The column that names the schema. */
  readonly schema?: string;
  readonly where?: string;
  readonly order?: string;
}

/** Rows about the tables of a scope; the first column is the table. */
function* ask(query: CatalogQuery, { schema, names }: Scope, question: Question): Task<readonly Row[]> {
  const { view, columns, where, order } = question;
  const conditions = [
    `${question.schema ?? "table_schema"} = ${schema === null ? "DATABASE()" : "?"}`,
    ...(names === null ? [] : [`table_name IN (${names.map(() => "?").join(", ")})`]),
    ...(where === undefined ? [] : [where]),
  ];
  const sql =
    `SELECT ${columns} FROM information_schema.${view} WHERE ${conditions.join(" AND ")}` +
    (order === undefined ? "" : ` ORDER BY ${order}`);
  const rows = yield* query(sql, [...(schema === null ? [] : [schema]), ...(names ?? [])]);
  if (names === null) return rows;
  // Names are compared without regard to their case there.
  const asked = new Set(names);
  return rows.filter(([name]) => asked.has(String(name)));
}

const unnamed = { name: null, comment: null, dialectOptions: {} } as const;
const numbers: ReadonlySet<string> = new Set(["integer", "numeric", "float", "boolean"]);

function keyOf(table: unknown, name: unknown): string {
  return JSON.stringify([String(table), String(name)]);
}

/** Drivers give long texts of the catalog as bytes at times. */
function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : String(value);
}

// ── answers ──────────────────────────────────────────────────────────────────
/** The check that MariaDB makes of the type JSON. */
function isJsonCheck([, name, clause]: Row): boolean {
  return String(clause) === `json_valid(\`${String(name).replaceAll("`", "``")}\`)`;
}

/** MySQL writes the quotes inside expressions with a backslash. */
function unescaped(expression: string): string {
  return expression.replaceAll("\\'", "'");
}

function withoutParentheses(condition: string): string {
  if (!condition.startsWith("(") || !condition.endsWith(")")) return condition;
  let depth = 0;
  const bare = condition.replaceAll(/'(?:[^'\\]|''|\\.)*'|`[^`]*`/g, (text) => "x".repeat(text.length));
  for (const [i, sign] of [...bare].entries()) {
    if (sign === "(") depth += 1;
    if (sign === ")") depth -= 1;
    if (depth === 0 && i < bare.length - 1) return condition;
  }
  return condition.slice(1, -1);
}

function foreignKey(parts: readonly Row[], actions: Row, schema: string | null): ReflectedForeignKey {
  const [name, , referredSchema, referredTable, , ownSchema] = parts[0] ?? [];
  const onDelete = mysqlAction(actions[0]);
  const onUpdate = mysqlAction(actions[1]);
  return {
    ...unnamed,
    name: String(name),
    constrainedColumns: parts.map((part) => String(part[1])),
    referredSchema: referredSchema === ownSchema ? schema : String(referredSchema),
    referredTable: String(referredTable),
    referredColumns: parts.map((part) => String(part[4])),
    options: {
      ...(onDelete === null ? {} : { onDelete }),
      ...(onUpdate === null ? {} : { onUpdate }),
    },
  };
}

/** RESTRICT is what MariaDB makes of nothing at all, and means the same as NO ACTION. */
function mysqlAction(text: unknown): ReturnType<typeof actionOf> {
  const action = actionOf(text);
  return action === "restrict" ? null : action;
}

function index(parts: readonly Row[], keys: readonly ReflectedForeignKey[]): ReflectedIndex {
  const [name, nonUnique, , , , type, comment] = parts[0] ?? [];
  const columnNames = parts.map((part) => textOf(part[2]));
  const method = String(type);
  const lengths = parts.flatMap((part) => (part[4] === null ? [] : [[String(part[2]), Number(part[4])] as const]));
  const isSpecial = method === "FULLTEXT" || method === "SPATIAL";
  const mysql: MysqlIndexOptions = {
    ...(isSpecial ? { prefix: method } : {}),
    ...(method === "HASH" ? { using: "hash" as const } : {}),
    ...(lengths.length === 0 || method === "SPATIAL" ? {} : { length: Object.fromEntries(lengths) }),
  };
  const sorting: Record<number, readonly IndexSorting[]> = {};
  for (const [position, part] of parts.entries()) if (part[3] === "D") sorting[position] = ["desc"];
  const expressions = parts.map((part) => unescaped(textOf(part[7]) ?? String(part[2])));
  // The index that a foreign key makes by itself has its name.
  const implied = keys.find((key) => key.name === name && key.constrainedColumns.join() === columnNames.join());
  return {
    name: String(name),
    unique: Number(nonUnique) === 0,
    columnNames,
    expressions: columnNames.includes(null) ? expressions : null,
    sorting,
    where: null,
    duplicatesConstraint: implied?.name ?? null,
    comment: textOf(comment) === "" ? null : textOf(comment),
    dialectOptions: Object.keys(mysql).length === 0 ? {} : { mysql },
  };
}

/** `row_format=COMPRESSED key_block_size=8`; how the table is partitioned is told by `getPartitions`. */
function optionsOf([, engine, collation, given]: Row): MysqlTableOptions {
  const options: Record<string, string | number> = {};
  if (textOf(engine) !== null) options["engine"] = String(engine);
  const collate = textOf(collation);
  if (collate !== null) {
    options["charset"] = collate.split("_")[0] ?? collate;
    options["collate"] = collate;
  }
  for (const [, name = "", value = ""] of (textOf(given) ?? "").matchAll(/(\w+)=("[^"]*"|'[^']*'|\S+)/g)) {
    options[name.toLowerCase().replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())] = value.replaceAll(
      /^["']|["']$/g,
      "",
    );
  }
  return options;
}

function partitionBound(method: string, description: string | null): string {
  if (description === null) return method;
  return method.startsWith("RANGE") ? `VALUES LESS THAN (${description})` : `VALUES IN (${description})`;
}
