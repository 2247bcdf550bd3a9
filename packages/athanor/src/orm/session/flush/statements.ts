import type { ExecuteOptions } from "../../../engine/driver.ts";
import type { EngineCore } from "../../../engine/engine-core.ts";
import { compiledFor, preparedNode } from "../../../engine/prepare.ts";
import { CompileError, InvalidRequestError } from "../../../errors/errors.ts";
import type { TableColumn } from "../../../schema/table-column.ts";
import { booleanType } from "../../../sql/coercions/literal-types.ts";
import { nullNode } from "../../../sql/coercions/operands.ts";
import type { CompiledStatement } from "../../../sql/compile/compiled.ts";
import { columnIn } from "../../../sql/compile/from-clause.ts";
import type { BindNode, ExpressionNode } from "../../../sql/nodes/expressions.ts";
import type { TableNode } from "../../../sql/nodes/froms.ts";
import { operators } from "../../../sql/nodes/operators.ts";
import type { DeleteNode, InsertNode, StatementNode, UpdateNode } from "../../../sql/nodes/statements.ts";
import { insertNode as emptyInsert } from "../../../sql/statement/insert.ts";
import type { Columns } from "../../mapping/column-access.ts";
import type { ColumnProperty } from "../../mapping/column-property.ts";
import type { WrittenTable } from "../../mapping/written-table.ts";
import { type Completer, completerFor, isReadOnly, omittedColumns } from "./insert-values.ts";
import { type KeyTaker, keyTaker } from "./key-copiers.ts";
import { keyParameter, type ParameterReader, parameterReader } from "./parameter-readers.ts";
import type { VersionCheck } from "./versions.ts";

/** A statement of the unit of work, ready for the driver. */
export interface WriteStatement {
  readonly sql: string;
  readonly options: ExecuteOptions;
  readonly compiled: CompiledStatement;
  readonly read: ParameterReader;
  /** Columns whose values come back with the statement, in the order of its rows. */
  readonly returned: readonly ColumnProperty[];
  /** Columns that the statement changes and that have to be loaded anew. */
  readonly outdated: readonly ColumnProperty[];
}

export interface InsertStatement extends WriteStatement {
  /** The key that the driver reports; null where there is none, or where it is returned. */
  readonly reportedKey: ColumnProperty | null;
  readonly take: KeyTaker;
}

/** The statements for one table of a class on one engine. */
export class TableStatements {
  readonly complete: Completer;
  readonly #engine: EngineCore;
  readonly #table: WrittenTable;
  readonly #inserts = new Map<number | string, InsertStatement>();
  readonly #manyInserts = new Map<number | string, InsertStatement>();
  readonly #updates = new Map<string, WriteStatement>();
  readonly #deletes = new Map<VersionCheck, WriteStatement>();

  constructor(engine: EngineCore, table: WrittenTable) {
    if (table.isQuery) throw mappedToQuery(table);
    this.#engine = engine;
    this.#table = table;
    this.complete = completerFor(table);
  }

  /** The INSERT for objects with this mark; `example` is one of them. */
  insert(mark: number | string, example: object): InsertStatement {
    let statement = this.#inserts.get(mark);
    if (statement === undefined) {
      statement = this.#makeInsert(omittedColumns(this.#table, example as Columns));
      this.#inserts.set(mark, statement);
    }
    return statement;
  }

  /** The same for many objects, several of which may stand in one statement: keys come back as rows, where that can be. */
  insertMany(mark: number | string, example: object): InsertStatement {
    let statement = this.#manyInserts.get(mark);
    if (statement === undefined) {
      statement = this.#makeInsert(omittedColumns(this.#table, example as Columns), true);
      this.#manyInserts.set(mark, statement);
    }
    return statement;
  }

  #makeInsert(omitted: readonly ColumnProperty[], many = false): InsertStatement {
    const { target, columns } = this.#table;
    const { generatedKey, returned, outdated } = this.returning(omitted, many);
    const node = insertNode(target, returned);
    const keys = columns.filter((property) => !omitted.includes(property)).map(({ column }) => column.key);
    const take = keyTaker(this.#table, generatedKey);
    return { ...this.#ready(node, keys, returned, outdated), reportedKey: generatedKey, take };
  }

  /** How the values of columns become known that the database makes. */
  returning(
    omitted: readonly ColumnProperty[],
    many = false,
  ): {
    readonly generatedKey: ColumnProperty | null;
    readonly returned: readonly ColumnProperty[];
    readonly outdated: readonly ColumnProperty[];
  } {
    const { insertReturning, orderedReturning, lastInsertId } = this.#engine.dialect.capabilities;
    const generatedKey = omitted.find(({ column }) => column.autoincrement) ?? null;
    // A key without a value is refused by the database, and has no value to give back.
    const others = omitted.filter((property) => property !== generatedKey && isMadeByDatabase(property));
    if (!insertReturning) return { generatedKey, returned: [], outdated: others };
    const isReported = lastInsertId && !(many && orderedReturning);
    if (this.#table.eagerDefaults === false) {
      const asked = others.filter((property) => this.#isVersion(property));
      if (generatedKey !== null && !(isReported && asked.length === 0)) asked.unshift(generatedKey);
      const isTold = generatedKey !== null && !asked.includes(generatedKey);
      const outdated = others.filter((property) => !asked.includes(property));
      return { generatedKey: isTold ? generatedKey : null, returned: asked, outdated };
    }
    if (others.length === 0 && (generatedKey === null || isReported))
      return { generatedKey, returned: [], outdated: [] };
    const returned = generatedKey === null ? others : [generatedKey, ...others];
    return { generatedKey: null, returned, outdated: [] };
  }

  /**
   * The UPDATE of these columns; `fetches` when values that the database makes should come back with it. `check`: what it
   * asks of the version.
   */
  update(changed: readonly ColumnProperty[], fetches: boolean, check: VersionCheck): WriteStatement {
    let name = `${check}${fetches ? "+" : ""}`;
    for (const { index } of changed) name += `${index},`;
    let statement = this.#updates.get(name);
    if (statement === undefined) {
      statement = this.#makeUpdate(changed, fetches, check);
      this.#updates.set(name, statement);
    }
    return statement;
  }

  #makeUpdate(changed: readonly ColumnProperty[], fetches: boolean, check: VersionCheck): WriteStatement {
    const { target, columns, eagerDefaults } = this.#table;
    const made = columns.filter((property) => !changed.includes(property) && this.#isMadeByUpdate(property));
    const isFetched = eagerDefaults === "auto" ? fetches : eagerDefaults;
    const canReturn = this.#engine.dialect.capabilities.updateReturning;
    const returned = canReturn ? made.filter((each) => (isFetched || this.#isVersion(each)) && this.#isTold(each)) : [];
    const node = updateNode(target, keyConditions(this.#table, check), returned);
    const keys = changed.map(({ column }) => column.key);
    const outdated = made.filter((property) => !returned.includes(property));
    return this.#ready(node, keys, returned, outdated);
  }

  delete(check: VersionCheck): WriteStatement {
    let statement = this.#deletes.get(check);
    if (statement === undefined) {
      statement = this.#ready(deleteNode(this.#table.target, keyConditions(this.#table, check)), null, [], []);
      this.#deletes.set(check, statement);
    }
    return statement;
  }

  #isVersion(property: ColumnProperty): boolean {
    return this.#table.version?.property === property;
  }
  /** RETURNING tells what the column holds in the end. */
  #isTold(property: ColumnProperty): boolean {
    const { column } = property;
    const isKnownToStatement = column.computed !== null || column.system || column.onUpdate?.kind === "sql";
    return isKnownToStatement || this.#engine.dialect.capabilities.returnsBeforeTriggers !== true;
  }
  /** The database gives the column another value with an UPDATE that says nothing of it. */
  #isMadeByUpdate(property: ColumnProperty): boolean {
    const { column } = property;
    if (isReadOnly(property) || column.serverOnUpdate || column.onUpdate?.kind === "sql") return true;
    // What makes the first version makes those that follow.
    return this.#isVersion(property) && this.#table.version?.next === null && isMadeByDatabase(property);
  }

  #ready(
    node: StatementNode,
    keys: readonly string[] | null,
    returned: readonly ColumnProperty[],
    outdated: readonly ColumnProperty[],
  ): WriteStatement {
    const compiled = compiledFor(this.#engine, preparedNode(node), keys);
    return {
      sql: fixedText(compiled),
      options: { returnsRows: compiled.returnsRows, bigints: compiled.bigints, converted: true, prepare: true },
      compiled,
      read: parameterReader(compiled, this.#table.columnsByKey),
      returned,
      outdated,
    };
  }
}

/** The text of a statement without lists. */
export function fixedText({ sql }: CompiledStatement): string {
  if (sql === null) throw new CompileError("A statement of the unit of work has no lists.");
  return sql;
}

function isMadeByDatabase(property: ColumnProperty): boolean {
  const { column } = property;
  return isReadOnly(property) || column.serverDefault !== null || column.default !== null || column.identity !== null;
}

function mappedToQuery({ className, tableName }: WrittenTable): InvalidRequestError {
  return new InvalidRequestError(
    `Objects of ${className} cannot be added, changed or deleted: the class is mapped to the query ${JSON.stringify(tableName)}, not to a table. ` +
      "Change the objects of the classes whose tables the query reads, and refresh these. A relationship that would write here is given { viewOnly: true }.",
    { code: "mapped-to-query" },
  );
}

// ── nodes ────────────────────────────────────────────────────────────────────
export function insertNode(table: TableNode, returned: readonly ColumnProperty[]): InsertNode {
  const node = emptyInsert({ table, columns: [], entity: null });
  return { ...node, returning: returned.map(({ column }) => columnIn(table, column)) };
}

export function updateNode(
  table: TableNode,
  where: readonly ExpressionNode[],
  returned: readonly ColumnProperty[],
): UpdateNode {
  return {
    kind: "update",
    table,
    set: [],
    ordered: false,
    where,
    returning: returned.map(({ column }) => columnIn(table, column)),
    ctes: [],
    hints: [],
    entity: null,
    options: [],
  };
}

export function deleteNode(table: TableNode, where: readonly ExpressionNode[]): DeleteNode {
  return { kind: "delete", table, using: [], where, returning: [], ctes: [], hints: [], entity: null, options: [] };
}

/** `primary key = :key`, and what is asked of the version, with parameters named by `keyParameter`. */
export function keyConditions(
  { primaryKey, target, version }: WrittenTable,
  check: VersionCheck,
): readonly ExpressionNode[] {
  const columns = primaryKey.map(({ column }) => column);
  if (version === null || check === "none") return columnConditions(target, columns);
  const { column } = version.property;
  if (check === "equal") return columnConditions(target, [...columns, column]);
  const isNull: ExpressionNode = {
    kind: "binary",
    operator: operators.is,
    left: columnIn(target, column),
    right: nullNode,
    type: booleanType,
    modifier: null,
  };
  return [...columnConditions(target, columns), isNull];
}

/** Each column equal to the parameter of its position, counted from the first. */
export function columnConditions(
  table: TableNode,
  columns: readonly TableColumn[],
  first = 0,
): readonly ExpressionNode[] {
  return columns.map((column, position) => {
    const right: BindNode = {
      kind: "bind",
      value: null,
      type: column.type,
      name: keyParameter(first + position),
      required: true,
      expanding: false,
    };
    return {
      kind: "binary",
      operator: operators.eq,
      left: columnIn(table, column),
      right,
      type: booleanType,
      modifier: null,
    };
  });
}

// ── cache ────────────────────────────────────────────────────────────────────
/** Under which an engine keeps the statements for its tables. */
const extension = { name: "unit of work" };

export function statementsFor(engine: EngineCore, table: WrittenTable): TableStatements {
  let all = engine.extensions.get(extension) as WeakMap<WrittenTable, TableStatements> | undefined;
  if (all === undefined) {
    all = new WeakMap();
    engine.extensions.set(extension, all);
  }
  let statements = all.get(table);
  if (statements === undefined) {
    statements = new TableStatements(engine, table);
    all.set(table, statements);
  }
  return statements;
}
