import { ArgumentError } from "../../errors/errors.ts";
import type { ForeignKeyConstraint } from "../../schema/foreign-key.ts";
import type { Table } from "../../schema/table.ts";

/** How classes and relationships are called that nobody has declared. */
export interface AutomapNaming {
  /** The class of a table. Default: the table's name. */
  readonly classNameFor?: (tableName: string, table: Table) => string;
  /** Of an object, the one that it refers to. Default: the other class's name in lower case. */
  readonly scalarRelationshipName?: (local: string, referred: string, foreignKey: ForeignKeyConstraint) => string;
  /** Of an object, those that refer to it. Default: the other class's name in lower case and `_collection`. */
  readonly collectionRelationshipName?: (local: string, referred: string, foreignKey: ForeignKeyConstraint) => string;
}

/** One end of a relationship between two tables. */
export interface RelationshipPlan {
  readonly name: string;
  readonly direction: "manyToOne" | "oneToMany" | "manyToMany";
  readonly local: Table;
  readonly referred: Table;
  /** The foreign key; of a many-to-many, the one that points to the local table. */
  readonly foreignKey: ForeignKeyConstraint;
  /** Of a many-to-many: the foreign key that points to the referred table. */
  readonly farKey: ForeignKeyConstraint | null;
  /** The other end's name, where it has one. */
  readonly backPopulates: string | null;
}

/** What is to be mapped: names of classes, and relationships, by table. */
export interface AutomapPlan {
  readonly classNames: ReadonlyMap<Table, string>;
  readonly relationships: ReadonlyMap<Table, readonly RelationshipPlan[]>;
}

/**
 * Plans classes for tables. Tables without a primary key get none; nor do those that consist of two foreign keys alone,
 * which join their two sides. Tables that are mapped already can be referred to, but get no relationships.
 *
 * @throws ArgumentError when two classes or two relationships of one class would have the same name.
 */
export function planAutomap(
  tables: readonly Table[],
  classNameOf: (table: Table) => string | null,
  naming: AutomapNaming,
): AutomapPlan {
  const associations = new Map(
    tables.filter((table) => classNameOf(table) === null).map((table) => [table, associationKeys(table)] as const),
  );
  const classNames = new Map<Table, string>();
  for (const table of tables) {
    const isNew = classNameOf(table) === null && table.primaryKey.columns.length > 0;
    if (!isNew || associations.get(table) !== null) continue;
    classNames.set(table, uniqueClassName(table, naming, classNames));
  }
  const names = new RelationshipNames((table) => classNames.get(table) ?? classNameOf(table), naming);
  for (const table of classNames.keys()) {
    for (const key of resolvedKeys(table)) names.addForeignKey(key, classNames);
  }
  for (const keys of associations.values()) if (keys !== null) names.addAssociation(keys, classNames);
  return { classNames, relationships: names.plans };
}

function uniqueClassName(table: Table, { classNameFor }: AutomapNaming, taken: ReadonlyMap<Table, string>): string {
  const name = classNameFor === undefined ? table.name : classNameFor(table.name, table);
  const other = [...taken].find(([, each]) => each === name)?.[0];
  if (other === undefined) return name;
  throw new ArgumentError(
    `Tables "${other.key}" and "${table.key}" would both be mapped to a class ${JSON.stringify(name)}. ` +
      "Tell them apart with the option classNameFor: (name, table) => ….",
  );
}

/** Foreign keys whose tables are known, in the order of their columns: databases list them in different orders. */
function resolvedKeys(table: Table): readonly ForeignKeyConstraint[] {
  const places = new Map(table.columns.map((column, place) => [column, place]));
  const place = ({ columns: [first] }: ForeignKeyConstraint): number =>
    first === undefined ? 0 : (places.get(first) ?? 0);
  return table.foreignKeyConstraints
    .filter((key) => key.elements.every((element) => element.resolved))
    .toSorted((a, b) => place(a) - place(b));
}

/** The two foreign keys of a table that has nothing else. */
function associationKeys(table: Table): readonly [ForeignKeyConstraint, ForeignKeyConstraint] | null {
  const [near, far, another] = resolvedKeys(table);
  if (near === undefined || far === undefined || another !== undefined) return null;
  const columns = new Set([...near.columns, ...far.columns]);
  return table.columns.every((column) => columns.has(column)) ? [near, far] : null;
}

type NameStrategy = (local: string, referred: string, foreignKey: ForeignKeyConstraint) => string;

/** Gives relationships their names: no two of a class are alike, and none is that of a column. */
class RelationshipNames {
  readonly plans = new Map<Table, RelationshipPlan[]>();
  readonly #classNameOf: (table: Table) => string | null;
  readonly #scalar: NameStrategy;
  readonly #collection: NameStrategy;

  constructor(classNameOf: (table: Table) => string | null, naming: AutomapNaming) {
    this.#classNameOf = classNameOf;
    this.#scalar = naming.scalarRelationshipName ?? ((_, referred) => referred.toLowerCase());
    this.#collection = naming.collectionRelationshipName ?? ((_, referred) => `${referred.toLowerCase()}_collection`);
  }

  addForeignKey(foreignKey: ForeignKeyConstraint, own: ReadonlyMap<Table, string>): void {
    const { table: local, referredTable: referred } = foreignKey;
    if (this.#classNameOf(referred) === null) return;
    const scalar = this.#nameFor(local, referred, foreignKey, this.#scalar, []);
    const taken = local === referred ? [scalar] : [];
    const collection = own.has(referred) ? this.#nameFor(referred, local, foreignKey, this.#collection, taken) : null;
    const common = { foreignKey, farKey: null };
    this.#add({ ...common, name: scalar, direction: "manyToOne", local, referred, backPopulates: collection });
    if (collection === null) return;
    this.#add({
      ...common,
      name: collection,
      direction: "oneToMany",
      local: referred,
      referred: local,
      backPopulates: scalar,
    });
  }

  addAssociation(
    [near, far]: readonly [ForeignKeyConstraint, ForeignKeyConstraint],
    own: ReadonlyMap<Table, string>,
  ): void {
    const [left, right] = [near.referredTable, far.referredTable];
    if (this.#classNameOf(left) === null || this.#classNameOf(right) === null) return;
    const there = own.has(left) ? this.#nameFor(left, right, far, this.#collection, []) : null;
    const taken = left === right && there !== null ? [there] : [];
    const back = own.has(right) ? this.#nameFor(right, left, near, this.#collection, taken) : null;
    const direction = "manyToMany" as const;
    if (there !== null) {
      this.#add({
        name: there,
        direction,
        local: left,
        referred: right,
        foreignKey: near,
        farKey: far,
        backPopulates: back,
      });
    }
    if (back !== null) {
      this.#add({
        name: back,
        direction,
        local: right,
        referred: left,
        foreignKey: far,
        farKey: near,
        backPopulates: there,
      });
    }
  }

  #add(plan: RelationshipPlan): void {
    const plans = this.plans.get(plan.local) ?? [];
    plans.push(plan);
    this.plans.set(plan.local, plans);
  }

  /** A name that is taken gets the columns of the foreign key behind it: `employees_by_manager_id`. */
  #nameFor(
    local: Table,
    referred: Table,
    foreignKey: ForeignKeyConstraint,
    strategy: NameStrategy,
    alsoTaken: readonly string[],
  ): string {
    const className = this.#classNameOf(local) ?? local.name;
    const name = strategy(className, this.#classNameOf(referred) ?? referred.name, foreignKey);
    const taken = new Set([
      ...local.columns.map(({ key }) => key),
      ...(this.plans.get(local) ?? []).map((plan) => plan.name),
      ...alsoTaken,
    ]);
    const longer = `${name}_by_${foreignKey.columns.map((column) => column.name).join("_")}`;
    const free = [name, longer].find((each) => !taken.has(each));
    if (free !== undefined) return free;
    throw new ArgumentError(
      `${className} would have two attributes ${JSON.stringify(longer)}, one of them for the foreign key of ` +
        `${foreignKey.columns.map((column) => `"${column}"`).join(", ")}. Name relationships with the options ` +
        "scalarRelationshipName and collectionRelationshipName.",
    );
  }
}
