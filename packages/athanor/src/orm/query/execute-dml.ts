import type { CursorResult } from "../../engine/cursor-result.ts";
import { type ExecutionParameters, type ParameterSet, type Prepared, preparedNode } from "../../engine/prepare.ts";
import { InvalidRequestError } from "../../errors/errors.ts";
import { attributesOf } from "../../sql/coercions/entity-attributes.ts";
import type { DmlNode, InsertNode } from "../../sql/nodes/statements.ts";
import type { ExecutionOptions } from "../../sql/statement/types.ts";
import type { Task } from "../../util/task.ts";
import { withCriteria } from "../loading/apply-criteria.ts";
import { criteriaOf } from "../loading/loader-criteria.ts";
import { planRows, type RowPlan } from "../loading/query-plan.ts";
import { ClassMapper } from "../mapping/class-mapper.ts";
import type { Mapper } from "../mapping/mapper.ts";
import { changeObjects } from "./change-objects.ts";
import type { DmlSession } from "./dml-session.ts";
import { insertObjects, insertWithDiscriminator, withDiscriminator } from "./insert-objects.ts";
import { updateByKey } from "./update-by-key.ts";

/** What an INSERT, UPDATE or DELETE through a session gave. */
export interface DmlOutcome {
  readonly cursor: CursorResult;
  /** How rows of RETURNING become objects; null where no entity is among them. */
  readonly plan: RowPlan | null;
  /** For each element of RETURNING a list with a value for each row; null without entities. */
  readonly columns: readonly (readonly unknown[])[] | null;
}

/**
 * Executes an INSERT, UPDATE or DELETE through a session: objects of the session follow what the statement does, and
 * mapped classes in RETURNING become objects of it. It cascades to nothing.
 */
export function* executeDml(
  session: DmlSession,
  prepared: Prepared & { readonly node: DmlNode },
  parameters: ExecutionParameters,
  options: ExecutionOptions,
): Task<DmlOutcome> {
  const { node, key } = prepared;
  const cursor = yield* executed(session, prepared, byColumns(node, parameters), options);
  const plan = node.returning.length === 0 ? null : planRows(node.returning, node.options, key.binds);
  if (plan === null) return { cursor, plan, columns: null };
  const columns = yield* plan.load(cursor.rows, {
    session: session.loads,
    // What an UPDATE returns is what the rows hold now.
    populateExisting: options.populateExisting ?? node.kind === "update",
    values: key.binds.map(({ value }) => value),
    parameters: isList(parameters) ? {} : (parameters ?? {}),
  });
  return { cursor, plan, columns };
}

function executed(
  session: DmlSession,
  prepared: Prepared & { readonly node: DmlNode },
  parameters: ExecutionParameters,
  options: ExecutionOptions,
): Task<CursorResult> {
  const { node } = prepared;
  const mapper = node.kind === "insert" ? null : mapperOf(node.entity);
  const asked = isList(parameters) ? node : withCriteria(node, criteriaOf(node.options));
  const inserted = asked.kind === "insert" ? mapperOf(asked.entity) : null;
  if (asked.kind === "insert" && inserted !== null && (inserted.hierarchy !== null || inserted.tables.length > 1)) {
    return insertInHierarchy(session, asked, inserted, parameters);
  }
  if (node.kind === "insert" && isList(parameters)) {
    return session.executePrepared(prepared, withFirstVersions(mapperOf(node.entity), parameters));
  }
  if (asked.kind === "insert" || node.kind === "insert" || mapper === null) {
    return session.executePrepared(asked === node ? prepared : preparedNode(asked), parameters);
  }
  if (!isList(parameters)) return changeObjects(session, { node: asked, mapper, parameters, options });
  if (node.kind === "update" && node.where.length === 0) return updateByKey(session, node, mapper, parameters);
  if (options.synchronizeSession === false) return session.executePrepared(prepared, parameters);
  throw new InvalidRequestError(
    `Which objects of the session a batch of ${node.kind.toUpperCase()} statements meets cannot be told: ` +
      "execute them one by one, or with synchronizeSession: false.",
    { code: "criteria-not-evaluable" },
  );
}

/** An INSERT of a class among others: with its discriminator, and into each of its tables. */
function insertInHierarchy(
  session: DmlSession,
  node: InsertNode,
  mapper: Mapper,
  parameters: ExecutionParameters,
): Task<CursorResult> {
  const list = isList(parameters) ? parameters : node.rows === null && node.select === null ? [parameters ?? {}] : [];
  if (mapper.tables.length > 1) return insertObjects(session, node, mapper, withFirstVersions(mapper, list));
  const given = insertWithDiscriminator(node, mapper);
  if (given.rows !== null || given.select !== null) return session.executePrepared(preparedNode(given), parameters);
  const rows = withFirstVersions(mapper, list).map((row) => withDiscriminator(mapper, row));
  return session.executePrepared(preparedNode(given), isList(parameters) ? rows : rows[0]);
}

/** Values of attributes that are no columns (value objects, hybrids) become those of the columns that they write. */
function byColumns(node: DmlNode, parameters: ExecutionParameters): ExecutionParameters {
  const attributes = node.kind === "delete" ? null : attributesOf(node.entity);
  if (attributes === null || parameters === undefined) return parameters;
  const written = (row: ParameterSet) => attributes.columnValues(row, node.table);
  return isList(parameters) ? parameters.map(written) : written(parameters);
}

/** New rows get the version that new objects get. */
function withFirstVersions(mapper: Mapper | null, rows: readonly ParameterSet[]): readonly ParameterSet[] {
  const version = mapper?.version ?? null;
  if (version === null || version.next === null) return rows;
  const { property, next } = version;
  return rows.map((row) => (Object.hasOwn(row, property.key) ? row : { ...row, [property.key]: next(null) }));
}

function isList(parameters: ExecutionParameters): parameters is readonly ParameterSet[] {
  return Array.isArray(parameters);
}

function mapperOf(entity: object | null): Mapper | null {
  return entity instanceof ClassMapper ? entity : null;
}
