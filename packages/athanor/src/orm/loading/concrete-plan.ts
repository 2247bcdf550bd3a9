import type { ColumnNode } from "../../sql/nodes/expressions.ts";
import type { FromNode } from "../../sql/nodes/froms.ts";
import type { ColumnProperty } from "../mapping/column-property.ts";
import { type ConcreteUnion, nodeIn, type UnionColumn } from "../mapping/concrete-union.ts";
import type { Mapper } from "../mapping/mapper.ts";
import type { LoadTree } from "./load-tree.ts";
import { type RowClasses, type Variant, variantOf } from "./polymorphic-plan.ts";

/** How rows of several tables become objects of the classes that the tables are of. */
export class ConcretePlan implements RowClasses {
  readonly position: number;
  readonly columns: readonly ColumnNode[];
  readonly #union: ConcreteUnion;
  /** The class that was asked for. */
  readonly #asked: Mapper;
  readonly #present: readonly UnionColumn[];
  readonly #variants = new Map<Mapper, Variant>();

  /** @param properties what is loaded of the attributes of the class that was asked for */
  constructor(
    union: ConcreteUnion,
    asked: Mapper,
    from: FromNode,
    properties: readonly ColumnProperty[],
    wanted: readonly UnionColumn[],
  ) {
    this.#union = union;
    this.#asked = asked;
    const own = properties.flatMap((property) => union.columnOf(asked, property) ?? []);
    this.#present = [...own, ...wanted];
    this.columns = [...wanted.map((each) => nodeIn(from, each)), union.typeIn(from)];
    this.position = this.#present.length;
  }

  variantOf(identity: unknown): Variant | null {
    const mapper = this.#union.memberNamed(identity);
    if (mapper?.isA(this.#asked) !== true) return null;
    let variant = this.#variants.get(mapper);
    if (variant === undefined) {
      variant = this.#makeVariant(mapper);
      this.#variants.set(mapper, variant);
    }
    return variant;
  }

  #makeVariant(mapper: Mapper): Variant {
    const found = this.#present.flatMap(({ properties }, position) => {
      const property = properties.get(mapper);
      return property === undefined ? [] : [{ property, position }];
    });
    const positionOf = (key: ColumnProperty) => found.findIndex(({ property }) => property === key);
    const keyPositions = mapper.primaryKey.map((key) => found[positionOf(key)]?.position ?? -1);
    return { ...variantOf(mapper, found), keyPositions };
  }
}

/**
 * The columns beyond those of the class that was asked for which one of the classes below it wants to have loaded.
 *
 * @param needed attributes without which relationships could not be loaded
 */
export function wantedColumns(
  union: ConcreteUnion,
  asked: Mapper,
  tree: LoadTree,
  needed: readonly ColumnProperty[],
): readonly UnionColumn[] {
  const members = [...union.members].filter((each) => each.isA(asked));
  const chosen = new Set([...needed, ...members.flatMap((each) => tree.columns(each))]);
  return union
    .columnsBeyond(asked)
    .filter(({ properties }) => [...properties.values()].some((property) => chosen.has(property)));
}
