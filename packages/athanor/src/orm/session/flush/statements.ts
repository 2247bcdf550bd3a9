import type { ExecuteOptions } from "../../../engine/driver.ts";
import type { EngineCore } from "../../../engine/engine-core.ts";
import { compiledFor, preparedNode } from "../../../engine/prepare.ts";
import { CompileError } from "../../../errors/errors.ts";
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
import type { Mapper } from "../../mapping/mapper.ts";
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

/** The statements of one class on one engine. */
export class MapperStatements {
  readonly complete: Completer;
  readonly #engine: EngineCore;
  readonly #mapper: Mapper;
  readonly #inserts = new Map<number | string, InsertStatement>();
  readonly #manyInserts = new Map<number | string, InsertStatement>();
  readonly #updates = new Map<string, WriteStatement>();
  readonly #deletes = new Map<VersionCheck, WriteStatement>();

  constructor(engine: EngineCore, mapper: Mapper) {
    this.#engine = engine;
    this.#mapper = mapper;
    this.complete = completerFor(mapper);
  }

  /** The INSERT for objects with this mark; `example` is one of them. */
  insert(mark: number | string, example: object): InsertStatement {
    let statement = this.#inserts.get(mark);
    if (statement === undefined) {
      statement = this.#makeInsert(omittedColumns(this.#mapper, example as Columns));
      this.#inserts.set(mark, statement);
    }
    return statement;
  }

  /** The same for many objects, several of which may stand in one statement: keys come back as rows, where that can be. */
  insertMany(mark: number | string, example: object): InsertStatement {
    let statement = this.#manyInserts.get(mark);
    if (statement === undefined) {
      statement = this.#makeInsert(omittedColumns(this.#mapper, example as Columns), true);
      this.#manyInserts.set(mark, statement);
    }
    return statement;
  }

  #makeInsert(omitted: readonly ColumnProperty[], many = false): InsertStatement {
    const { from, columns } = this.#mapper;
    const { generatedKey, returned, outdated } = this.returning(omitted, many);
    const node = insertNode(from, returned);
    const keys = columns.filter((property) => !omitted.includes(property)).map(({ key }) => key);
    const take = keyTaker(this.#mapper, generatedKey);
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
    if (this.#mapper.eagerDefaults === false) {
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
    const { from, columns, eagerDefaults } = this.#mapper;
    const made = columns.filter((property) => !changed.includes(property) && this.#isMadeByUpdate(property));
    const isFetched = eagerDefaults === "auto" ? fetches : eagerDefaults;
    const canReturn = this.#engine.dialect.capabilities.updateReturning;
    const returned = canReturn ? made.filter((each) => (isFetched || this.#isVersion(each)) && this.#isTold(each)) : [];
    const node = updateNode(from, keyConditions(this.#mapper, check), returned);
    const keys = changed.map(({ key }) => key);
    const outdated = made.filter((property) => !returned.includes(property));
    return this.#ready(node, keys, returned, outdated);
  }

  delete(check: VersionCheck): WriteStatement {
    let statement = this.#deletes.get(check);
    if (statement === undefined) {
      statement = this.#ready(deleteNode(this.#mapper.from, keyConditions(this.#mapper, check)), null, [], []);
      this.#deletes.set(check, statement);
    }
    return statement;
  }

  #isVersion(property: ColumnProperty): boolean {
    return this.#mapper.version?.property === property;
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
    return this.#isVersion(property) && this.#mapper.version?.next === null && isMadeByDatabase(property);
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
      read: parameterReader(compiled, this.#mapper.columnsByKey),
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
export function keyConditions({ primaryKey, from, version }: Mapper, check: VersionCheck): readonly ExpressionNode[] {
  const columns = primaryKey.map(({ column }) => column);
  if (version === null || check === "none") return columnConditions(from, columns);
  const { column } = version.property;
  if (check === "equal") return columnConditions(from, [...columns, column]);
  const isNull: ExpressionNode = {
    kind: "binary",
    operator: operators.is,
    left: columnIn(from, column),
    right: nullNode,
    type: booleanType,
    modifier: null,
  };
  return [...columnConditions(from, columns), isNull];
}

/** Each column equal to the parameter of its position. */
export function columnConditions(table: TableNode, columns: readonly TableColumn[]): readonly ExpressionNode[] {
  return columns.map((column, position) => {
    const right: BindNode = {
      kind: "bind",
      value: null,
      type: column.type,
      name: keyParameter(position),
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
/** Under which an engine keeps the statements of its mappers. */
const extension = { name: "unit of work" };

export function statementsFor(engine: EngineCore, mapper: Mapper): MapperStatements {
  let all = engine.extensions.get(extension) as WeakMap<Mapper, MapperStatements> | undefined;
  if (all === undefined) {
    all = new WeakMap();
    engine.extensions.set(extension, all);
  }
  let statements = all.get(mapper);
  if (statements === undefined) {
    statements = new MapperStatements(engine, mapper);
    all.set(mapper, statements);
  }
  return statements;
}
