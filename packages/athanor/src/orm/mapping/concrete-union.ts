import { ArgumentError } from "../../errors/errors.ts";
import { anyOf } from "../../sql/coercions/boolean-lists.ts";
import { booleanType, textType } from "../../sql/coercions/literal-types.ts";
import { bind, nullNode } from "../../sql/coercions/operands.ts";
import { columnIn } from "../../sql/compile/from-clause.ts";
import type { ColumnNode, ExpressionNode } from "../../sql/nodes/expressions.ts";
import type { FromNode, SubqueryNode } from "../../sql/nodes/froms.ts";
import { type Operator, operators } from "../../sql/nodes/operators.ts";
import type { QueryNode, SelectNode } from "../../sql/nodes/statements.ts";
import { selectNode } from "../../sql/statement/select-node.ts";
import { uniqueName } from "../../sql/traverse/output-columns.ts";
import type { SqlType } from "../../sqltypes/sql-type.ts";
import type { ColumnProperty } from "./column-property.ts";
import type { Mapper } from "./mapper.ts";
import { moved } from "./moved.ts";

/** A column of the union, and the attributes whose values it has. */
export interface UnionColumn {
  readonly name: string;
  readonly key: string;
  readonly type: SqlType;
  readonly properties: Map<Mapper, ColumnProperty>;
}

/**
 * A class and classes below it that share no rows, as one element of FROM: UNION ALL of what each is selected from. A column
 * that a class lacks is NULL in its rows, and one more says of each row which class it is of.
 */
export class ConcreteUnion {
  readonly base: Mapper;
  /** The columns of all classes, those of `base` first and in its order. */
  readonly columns: readonly UnionColumn[];
  readonly #members: ReadonlyMap<string, Mapper>;
  readonly #typeName: string;
  readonly #query: QueryNode;

  private constructor(base: Mapper, members: readonly Mapper[]) {
    this.base = base;
    this.columns = unionColumns(base, members);
    const names = new Set<string>();
    this.#members = new Map(members.map((each) => [uniqueName(each.className, names), each]));
    this.#typeName = uniqueName("concrete_class", new Set(this.columns.map(({ name }) => name)));
    this.#query = unionOf([...this.#members].map(([name, member]) => this.#select(name, member)));
  }

  /** One for each list of classes, so that statements of the same structure share what was made of them. */
  static of(base: Mapper, subclasses: readonly Mapper[]): ConcreteUnion {
    const members = [base, ...subclasses].filter(hasRows);
    if (members.length === 0) {
      throw new ArgumentError(
        `${base.className} is polymorphicAbstract, and none of the classes below it has objects.`,
      );
    }
    let list = known.get(base);
    if (list === undefined) {
      list = [];
      known.set(base, list);
    }
    let union = list.find((each) => isSame([...each.#members.values()], members));
    if (union === undefined) {
      union = new ConcreteUnion(base, members);
      list.push(union);
    }
    return union;
  }

  /** The classes whose rows are in it. */
  get members(): Iterable<Mapper> {
    return this.#members.values();
  }
  /** The class of a row. */
  memberNamed(name: unknown): Mapper | undefined {
    return this.#members.get(String(name));
  }

  /** An element of FROM of its own. */
  subquery(name: string | null): SubqueryNode {
    return { kind: "subquery", query: this.#query, name, lateral: false };
  }
  /** The attributes of a class, as an element of FROM has them. */
  columnsIn(from: FromNode, mapper: Mapper): readonly ColumnNode[] {
    return mapper.columns.flatMap((property) => {
      const column = this.columnOf(mapper, property);
      return column === undefined ? [] : nodeIn(from, column);
    });
  }
  /** The column that has the values of an attribute. */
  columnOf(mapper: Mapper, property: ColumnProperty): UnionColumn | undefined {
    return this.columns.find(({ properties }) => properties.get(mapper) === property);
  }
  /** The columns that a class does not have. */
  columnsBeyond(mapper: Mapper): readonly UnionColumn[] {
    return this.columns.filter(({ properties }) => !properties.has(mapper));
  }
  /** What says of a row which class it is of. */
  typeIn(from: FromNode): ColumnNode {
    return nodeIn(from, { name: this.#typeName, key: this.#typeName, type: textType });
  }

  #select(name: string, member: Mapper): SelectNode {
    const columns = this.columns.map((column): ExpressionNode => {
      const property = column.properties.get(member);
      const { type } = column;
      const expression: ExpressionNode =
        property === undefined
          ? { kind: "cast", expression: nullNode, type, safe: false }
          : columnIn(member.from, property.column);
      return { kind: "label", name: column.name, expression, type };
    });
    const text = `'${name.replaceAll("'", "''")}'`;
    const type: ExpressionNode = { kind: "fragment", texts: [text], expressions: [], type: textType };
    const own = ownRows(member);
    return selectNode({
      columns: [...columns, { kind: "label", name: this.#typeName, expression: type, type: textType }],
      from: [member.from],
      where: own === null ? [] : [own],
    });
  }
}

const known = new WeakMap<Mapper, ConcreteUnion[]>();

export function nodeIn(from: FromNode, { name, key, type }: Pick<UnionColumn, "name" | "key" | "type">): ColumnNode {
  return { kind: "column", from, name, key, type, column: null, entity: null };
}

function isSame(left: readonly Mapper[], right: readonly Mapper[]): boolean {
  return left.length === right.length && left.every((each, index) => each === right[index]);
}

function unionOf(selects: readonly SelectNode[]): QueryNode {
  const [only] = selects;
  if (only !== undefined && selects.length === 1) return only;
  return {
    kind: "compound",
    operator: "UNION ALL",
    members: selects,
    orderBy: [],
    limit: null,
    offset: null,
    ctes: [],
    parameters: [],
    options: [],
  };
}

/** Attributes of one name are one column; what the database makes of them has to fit together. */
function unionColumns(base: Mapper, members: readonly Mapper[]): readonly UnionColumn[] {
  const columns: UnionColumn[] = [];
  const names = new Set<string>();
  for (const mapper of new Set([base, ...members])) {
    for (const property of mapper.columns) {
      const { key, column, type } = property;
      const same = columns.find((each) => each.key === key);
      if (same === undefined) {
        const name = uniqueName(column.name, names);
        columns.push({ name, key, type, properties: new Map([[mapper, property]]) });
      } else {
        assertSameType(mapper, property, same);
        same.properties.set(mapper, property);
      }
    }
  }
  return columns;
}

function assertSameType(mapper: Mapper, { key, type }: ColumnProperty, same: UnionColumn): void {
  if (type.kind === same.type.kind && type.constructor === same.type.constructor) return;
  const [other] = same.properties.keys();
  throw new ArgumentError(
    `${mapper.className}.${key} and ${other?.className}.${key} are of different types, so that they cannot be one column of the classes' union. ` +
      "Give one of the two another name.",
  );
}

// ── rows of one class ────────────────────────────────────────────────────────
function hasRows(mapper: Mapper): boolean {
  return !mapper.isAbstract && (mapper.base === mapper || !sharesRows(mapper) || mapper.polymorphicIdentity !== null);
}

/** Whether the rows of a class are told by a discriminator from those of others in the same table. */
function sharesRows({ base, hierarchy }: Mapper): boolean {
  return hierarchy !== null && base.subclasses.length > 0;
}

/** What the rows of exactly this class have in common; null where its table has no others. */
function ownRows(mapper: Mapper): ExpressionNode | null {
  const { base, hierarchy, from, polymorphicIdentity } = mapper;
  if (hierarchy === null || !sharesRows(mapper)) return null;
  const left = moved(hierarchy.discriminator.expression, base.from, from);
  const compared = (operator: Operator, right: ExpressionNode): ExpressionNode => ({
    kind: "binary",
    operator,
    left,
    right,
    type: booleanType,
    modifier: null,
  });
  return anyOf([
    ...(polymorphicIdentity === null ? [] : [compared(operators.eq, bind(polymorphicIdentity, left.type))]),
    // A row without a discriminator is an object of the topmost class.
    ...(base === mapper ? [compared(operators.is, nullNode)] : []),
  ]);
}
