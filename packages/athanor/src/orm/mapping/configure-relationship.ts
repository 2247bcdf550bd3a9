import { AmbiguousForeignKeysError, ArgumentError, NoForeignKeysError } from "../../errors/errors.ts";
import type { ForeignKeyConstraint } from "../../schema/foreign-key.ts";
import type { Table as SchemaTable } from "../../schema/table.ts";
import type { TableColumn } from "../../schema/table-column.ts";
import { allOf } from "../../sql/coercions/boolean-lists.ts";
import { booleanType } from "../../sql/coercions/literal-types.ts";
import { condition, offersNode, ordering } from "../../sql/coercions/operands.ts";
import { columnIn } from "../../sql/compile/from-clause.ts";
import { Table } from "../../sql/expression/table.ts";
import type { ColumnNode, ExpressionNode, OrderingNode } from "../../sql/nodes/expressions.ts";
import type { EntityNode, TableNode } from "../../sql/nodes/froms.ts";
import { operators } from "../../sql/nodes/operators.ts";
import { traverse } from "../../sql/traverse/transform.ts";
import { NODE } from "../../util/symbols.ts";
import { type AliasTarget, aliasFacts } from "./alias-target.ts";
import { isForeign, isRemote } from "./join-marks.ts";
import type { Mapper } from "./mapper.ts";
import type { AnyRelationship, RelationshipOptions } from "./relationship.ts";
import type { JoinFacts, KeyPair } from "./relationship-property.ts";
import { tableColumn } from "./table-columns.ts";

/** One way between two tables: a foreign key, or what a condition says. */
interface Way {
  readonly direction: "manyToOne" | "oneToMany";
  /** Foreign key and what it points at. */
  readonly columns: readonly (readonly [foreign: TableColumn, key: TableColumn])[];
}

/** What a relationship leads from and to; `alias` stands in place of the target's class. */
type Ends = Omit<AliasTarget, "alias"> & { readonly alias: EntityNode | null };

export function joinFacts(name: string, { alias, ...ends }: Ends): JoinFacts {
  const { parent, target, declared } = ends;
  const secondary = resolveSecondary(name, parent, declared);
  if (alias !== null) return aliasFacts(name, { ...ends, alias }, secondary);
  return secondary === null
    ? directFacts(name, parent, target, declared)
    : secondaryFacts(name, parent, target, declared, secondary);
}

// ── one table to the other ───────────────────────────────────────────────────
function directFacts(name: string, parent: Mapper, target: Mapper, declared: AnyRelationship): JoinFacts {
  const { primaryJoin, foreignKeys } = declared.options;
  const foreign = foreignKeys === undefined ? null : foreignColumns(name, parent, target, foreignKeys);
  const custom = primaryJoin === undefined ? null : condition(primaryJoin(), `${name}: primaryJoin`);
  const way =
    custom === null
      ? chooseWay(name, parent, target, declared, foreign)
      : wayOfCondition(name, parent, target, declared, custom, foreign);
  const pairs = way.columns.map(([foreignKey, key]) =>
    way.direction === "manyToOne"
      ? { local: columnIn(parent.from, foreignKey), remote: columnIn(target.from, key) }
      : { local: columnIn(parent.from, key), remote: columnIn(target.from, foreignKey) },
  );
  return {
    direction: way.direction,
    primaryJoin: custom ?? allEqual(pairs),
    secondaryJoin: null,
    pairs,
    secondaryPairs: [],
    secondary: null,
  };
}

/** Columns that are given, or attributes of the class that has the foreign key: its own, or that of a collection's members. */
function foreignColumns(
  name: string,
  parent: Mapper,
  target: Mapper,
  given: NonNullable<AnyRelationship["options"]["foreignKeys"]>,
): readonly TableColumn[] {
  if (typeof given === "function") return given().map((each) => tableColumn(each, `${name}: foreignKeys`));
  return [given].flat().map((key) => {
    const found = [parent, target].flatMap((mapper) => mapper.columnsByKey.get(key)?.columns ?? []);
    const foreign = found.find((column) => column.foreignKeys.length > 0) ?? found[0];
    if (foreign !== undefined) return foreign;
    throw new ArgumentError(
      `${name}: foreignKeys names ${JSON.stringify(key)}, which is no column of ${parent.className} or ${target.className}.`,
    );
  });
}

/** Foreign keys between the two tables, in both directions. */
function waysBetween(parent: Mapper, target: Mapper): readonly Way[] {
  const over = (constraint: ForeignKeyConstraint, direction: Way["direction"]): Way => ({
    direction,
    columns: constraint.elements.map((element) => [element.parent, element.column] as const),
  });
  const ways = [
    ...keysBetween(parent, target).map((constraint) => over(constraint, "manyToOne")),
    ...keysBetween(target, parent).map((constraint) => over(constraint, "oneToMany")),
  ];
  // Of several, those of the classes' own tables are nearer than those of the tables above them.
  const own = (way: Way) => way.columns.some(([foreign, key]) => [foreign, key].every(({ table }) => isOwn(table)));
  const isOwn = (table: SchemaTable) => table === parent.table || table === target.table;
  const nearest = ways.filter(own);
  return nearest.length > 0 ? nearest : ways;
}

/** Foreign keys from the tables of one class to those of another, without those by which a class's own tables are joined. */
function keysBetween(from: Mapper, to: Mapper): readonly ForeignKeyConstraint[] {
  const joining = new Set(
    [...from.tables, ...to.tables].flatMap(({ inherited }) => inherited.map(({ destination }) => destination.column)),
  );
  return tablesOf(from).flatMap((table) =>
    tablesOf(to).flatMap((other) =>
      pointingAt(table, other).filter(
        ({ elements }) => from.base !== to.base || !elements.every((element) => joining.has(element.parent)),
      ),
    ),
  );
}

function tablesOf({ tables }: Mapper): readonly SchemaTable[] {
  return tables.map(({ target }) => target.table);
}

function pointingAt(from: SchemaTable, to: SchemaTable): readonly ForeignKeyConstraint[] {
  return from.foreignKeyConstraints.filter((constraint) => constraint.referredTable === to);
}

function chooseWay(
  name: string,
  parent: Mapper,
  target: Mapper,
  declared: AnyRelationship,
  foreign: readonly TableColumn[] | null,
): Way {
  const all = waysBetween(parent, target);
  let ways = foreign === null ? all : all.filter((way) => way.columns.every(([column]) => foreign.includes(column)));
  if (ways.length === 0) throw noWay(name, parent, target, declared, all, foreign);
  // The key of a table that refers to itself leads both ways.
  ways = ways.filter((way) => !isSelf(way) || way.direction === selfDirection(name, declared, way));
  if (ways.length > 1) {
    // A collection is on the far side of a foreign key, whatever other keys there are.
    const fitting = ways.filter((way) => (declared.cardinality === "many" ? way.direction === "oneToMany" : true));
    if (fitting.length > 0) ways = fitting;
  }
  const [way] = ways;
  if (way === undefined) throw noWay(name, parent, target, declared, all, foreign);
  if (ways.length > 1) {
    throw new AmbiguousForeignKeysError(
      `${name}: there is more than one foreign key between ${JSON.stringify(parent.tableName)} and ` +
        `${JSON.stringify(target.tableName)}: ${ways.map(describeWay).join("; ")}. ` +
        `Say which one is meant, in each of these relationships: { foreignKeys: ${JSON.stringify(ways[0]?.columns[0]?.[0].key)} } names the attribute, ` +
        "and () => [Class.column] the column.",
    );
  }
  if (declared.cardinality === "many" && way.direction === "manyToOne") {
    throw new ArgumentError(
      `${name} is declared with many(), but the foreign key ${describeWay(way)} leads to one ${target.className}. ` +
        "Use one() or oneOrNone(), or put the foreign key on the other table.",
    );
  }
  return way;
}

function isSelf({ columns }: Way): boolean {
  return columns.every(([foreign, key]) => foreign.table === key.table);
}

/** Of a table that refers to itself: the far side of a many-to-one is the key, of a one-to-many the foreign key. */
function selfDirection(name: string, declared: AnyRelationship, way: Way): Way["direction"] {
  const { remoteSide } = declared.options;
  if (remoteSide === undefined) return declared.cardinality === "many" ? "oneToMany" : "manyToOne";
  const far = remoteColumnsOf(name, remoteSide);
  // A column that is on both sides, as a tenant's key is, tells nothing.
  const telling = way.columns.filter(([foreign, key]) => foreign !== key);
  return telling.some(([, key]) => far(key)) ? "manyToOne" : "oneToMany";
}

/** Which columns `remoteSide` names. */
function remoteColumnsOf(
  name: string,
  remoteSide: NonNullable<RelationshipOptions["remoteSide"]>,
): (column: TableColumn) => boolean {
  if (typeof remoteSide === "string") return ({ key }) => key === remoteSide;
  if (typeof remoteSide !== "function") return ({ key }) => remoteSide.includes(key);
  const given: unknown = remoteSide();
  const columns = (Array.isArray(given) ? (given as readonly unknown[]) : [given]).map((each) =>
    tableColumn(each, `${name}: remoteSide`),
  );
  return (column) => columns.includes(column);
}

function noWay(
  name: string,
  parent: Mapper,
  target: Mapper,
  declared: AnyRelationship,
  all: readonly Way[],
  foreign: readonly TableColumn[] | null,
): Error {
  if (foreign !== null && all.length > 0) {
    return new ArgumentError(
      `${name}: foreignKeys names ${foreign.join(", ")}, but the foreign keys between the tables are ${all.map(describeWay).join("; ")}.`,
    );
  }
  const [from, to] =
    declared.cardinality === "many" ? [target.tableName, parent.tableName] : [parent.tableName, target.tableName];
  return new NoForeignKeysError(
    `${name}: there is no foreign key between ${JSON.stringify(parent.tableName)} and ${JSON.stringify(target.tableName)}. ` +
      `Give ${JSON.stringify(from)} a column with references(() => …) to ${JSON.stringify(to)}` +
      `${declared.cardinality === "many" ? ", or name an association table: { secondary }" : ""}, or say how they join: { primaryJoin, foreignKeys }.`,
  );
}

function describeWay(way: Way): string {
  return way.columns.map(([foreign, key]) => `${foreign} → ${key}`).join(", ");
}

/** Reads which columns a condition equates. */
function wayOfCondition(
  name: string,
  parent: Mapper,
  target: Mapper,
  declared: AnyRelationship,
  node: ExpressionNode,
  foreign: readonly TableColumn[] | null,
): Way {
  const found: { direction: Way["direction"]; pair: readonly [TableColumn, TableColumn] }[] = [];
  const equated = equatedColumns(node);
  const isMarked = equated.some((pair) => pair.some(isForeign));
  for (const [a, b] of equated) {
    for (const [foreignNode, keyNode] of [
      [a, b],
      [b, a],
    ] as const) {
      const [foreignKey, key] = [foreignNode.column, keyNode.column];
      const refers = isMarked
        ? isForeign(foreignNode)
        : foreign === null
          ? foreignKey.foreignKeys.some((each) => each.column === key)
          : foreign.includes(foreignKey);
      if (!refers) continue;
      const pair = [foreignKey, key] as const;
      const isSelfReferring = parent.table === target.table || foreignKey.table === key.table;
      const direction =
        isRemote(foreignNode) !== isRemote(keyNode)
          ? isRemote(keyNode)
            ? "manyToOne"
            : "oneToMany"
          : isSelfReferring
            ? selfDirection(name, declared, { direction: "manyToOne", columns: [pair] })
            : leadsAway(parent, target, foreignKey)
              ? "manyToOne"
              : "oneToMany";
      found.push({ direction, pair });
    }
  }
  const [first] = found;
  if (first === undefined) {
    // Nothing is written, so that no column has to get its value from another.
    if (declared.options.viewOnly === true) {
      return { direction: declared.cardinality === "many" ? "oneToMany" : "manyToOne", columns: [] };
    }
    throw new ArgumentError(
      `${name}: primaryJoin equates no foreign key with the column it points at. Say which columns are foreign: foreign(Class.column) ` +
        "in the condition, or { foreignKeys: () => [Class.column] }; or only look at it: { viewOnly: true }.",
    );
  }
  return {
    direction: first.direction,
    columns: found.filter(({ direction }) => direction === first.direction).map(({ pair }) => pair),
  };
}

/** Whether a foreign key is on the parent's side; where both sides have its table, it is that of the class that owns it. */
function leadsAway(parent: Mapper, target: Mapper, { table }: TableColumn): boolean {
  const [inParent, inTarget] = [tablesOf(parent).includes(table), tablesOf(target).includes(table)];
  return inParent && inTarget ? table !== target.table : inParent;
}

type TableColumnNode = ColumnNode & { readonly column: TableColumn };

function equatedColumns(root: ExpressionNode): readonly (readonly [TableColumnNode, TableColumnNode])[] {
  const found: (readonly [TableColumnNode, TableColumnNode])[] = [];
  traverse(root, (node) => {
    if (node.kind !== "binary" || node.operator !== operators.eq) return true;
    const { left, right } = node;
    if (isTableColumn(left) && isTableColumn(right)) found.push([left, right]);
    return true;
  });
  return found;
}

function isTableColumn(node: ExpressionNode): node is TableColumnNode {
  return node.kind === "column" && node.column !== null;
}

// ── through an association table ─────────────────────────────────────────────
function secondaryFacts(
  name: string,
  parent: Mapper,
  target: Mapper,
  declared: AnyRelationship,
  secondary: Table<unknown, string>,
): JoinFacts {
  const from = secondary[NODE];
  const { primaryJoin, secondaryJoin } = declared.options;
  const side = (mapper: Mapper, given: typeof primaryJoin, what: string) => {
    const node = given === undefined ? null : condition(given(), `${name}: ${what}`);
    const pairs = node === null ? keyPairs(name, secondary, mapper, from) : pairsOf(node, secondary, mapper, from);
    return { node: node ?? allEqual(pairs), pairs };
  };
  const isSelf = parent.table === target.table && primaryJoin === undefined && secondaryJoin === undefined;
  if (isSelf) {
    throw new AmbiguousForeignKeysError(
      `${name}: ${JSON.stringify(secondary.name)} refers to ${JSON.stringify(parent.tableName)} on both sides. ` +
        "Say which column is which: { primaryJoin: () => …, secondaryJoin: () => … }.",
    );
  }
  const near = side(parent, primaryJoin, "primaryJoin");
  const far = side(target, secondaryJoin, "secondaryJoin");
  return {
    direction: "manyToMany",
    primaryJoin: near.node,
    secondaryJoin: far.node,
    pairs: near.pairs,
    secondaryPairs: far.pairs,
    secondary,
  };
}

function keyPairs(
  name: string,
  secondary: Table<unknown, string>,
  mapper: Mapper,
  from: TableNode,
): readonly KeyPair[] {
  const own = pointingAt(secondary, mapper.table);
  const constraints = own.length > 0 ? own : tablesOf(mapper).flatMap((table) => pointingAt(secondary, table));
  const [constraint] = constraints;
  if (constraint === undefined) {
    throw new NoForeignKeysError(
      `${name}: the association table ${JSON.stringify(secondary.name)} has no foreign key to ${JSON.stringify(mapper.tableName)}.`,
    );
  }
  if (constraints.length > 1) {
    throw new AmbiguousForeignKeysError(
      `${name}: the association table ${JSON.stringify(secondary.name)} has more than one foreign key to ` +
        `${JSON.stringify(mapper.tableName)}. Say which is meant: { primaryJoin, secondaryJoin }.`,
    );
  }
  return constraint.elements.map((element) => ({
    local: columnIn(mapper.from, element.column),
    remote: columnIn(from, element.parent),
  }));
}

function pairsOf(node: ExpressionNode, secondary: SchemaTable, mapper: Mapper, from: TableNode): readonly KeyPair[] {
  return equatedColumns(node).flatMap(([a, b]) => {
    const [local, remote] = a.column.table === secondary ? [b.column, a.column] : [a.column, b.column];
    if (remote.table !== secondary || !tablesOf(mapper).includes(local.table as SchemaTable)) return [];
    return [{ local: columnIn(mapper.from, local), remote: columnIn(from, remote) }];
  });
}

function resolveSecondary(name: string, parent: Mapper, { options }: AnyRelationship): Table<unknown, string> | null {
  const { secondary } = options;
  if (secondary === undefined) return null;
  const given: unknown = typeof secondary === "function" ? secondary() : secondary;
  const table = typeof given === "string" ? parent.table.metadata.tables.get(given) : given;
  if (table instanceof Table) return table as Table<unknown, string>;
  if (offersNode(given)) {
    const node = given[NODE];
    if (node.kind === "entity" && node.from.kind === "table") return node.from.table as Table<unknown, string>;
  }
  throw new ArgumentError(
    `${name}: secondary is ${typeof given === "string" ? `${JSON.stringify(given)}, and the metadata has no such table` : "no table"}.`,
  );
}

// ── small parts ──────────────────────────────────────────────────────────────
function allEqual(pairs: readonly KeyPair[]): ExpressionNode {
  return allOf(pairs.map(({ local, remote }) => equal(local, remote)));
}

function equal(left: ColumnNode, right: ColumnNode): ExpressionNode {
  return { kind: "binary", operator: operators.eq, left, right, type: booleanType, modifier: null };
}

export function relationshipOrdering(
  name: string,
  declared: AnyRelationship,
): readonly (ExpressionNode | OrderingNode)[] {
  const given: unknown = declared.options.orderBy?.();
  if (given === undefined) return [];
  return (Array.isArray(given) ? given : [given]).map((each) => ordering(each, `${name}: orderBy`));
}
