import type { ColumnNode, ExpressionNode } from "../../sql/nodes/expressions.ts";
import type { FromNode } from "../../sql/nodes/froms.ts";
import type { ColumnProperty } from "../mapping/column-property.ts";
import type { Hierarchy } from "../mapping/hierarchy.ts";
import type { Mapper } from "../mapping/mapper.ts";
import { moved } from "../mapping/moved.ts";
import type { LoadTree } from "./load-tree.ts";

/** What rows hold for the objects of one class: which attributes, and where. */
export interface Variant {
  readonly mapper: Mapper;
  readonly properties: readonly ColumnProperty[];
  /** Where their values stand, counted from the plan's own; null: one after the other, from the first on. */
  readonly positions: readonly number[] | null;
  readonly isWhole: boolean;
  /** Where the primary key stands; null: where that of the class that was asked for does. */
  readonly keyPositions: readonly number[] | null;
}

/** How the class of a row is found. */
export interface RowClasses {
  /** Where stands what tells it, counted from the first column; below zero: among what is computed. */
  readonly position: number;
  /** What is selected beside the columns of the class that was asked for. */
  readonly columns: readonly ColumnNode[];
  /** How such a row is read; null: it is no object of the class that was asked for. */
  variantOf(identity: unknown): Variant | null;
}

/** A column of a subclass that rows of a class above it have, too. */
export interface SubclassColumn {
  readonly mapper: Mapper;
  readonly property: ColumnProperty;
  readonly node: ColumnNode;
}

/** How rows of a class become objects of the classes below it. */
export class PolymorphicPlan implements RowClasses {
  readonly hierarchy: Hierarchy;
  /** The class that was asked for. */
  readonly asked: Mapper;
  /** Where the discriminator stands, counted from the first column; below zero: among what is computed. */
  readonly position: number;
  readonly extras: readonly SubclassColumn[];
  readonly #properties: readonly ColumnProperty[];
  readonly #variants = new Map<Mapper, Variant>();

  constructor(
    hierarchy: Hierarchy,
    asked: Mapper,
    position: number,
    properties: readonly ColumnProperty[],
    extras: readonly SubclassColumn[],
  ) {
    this.hierarchy = hierarchy;
    this.asked = asked;
    this.position = position;
    this.extras = extras;
    this.#properties = properties;
  }

  get columns(): readonly ColumnNode[] {
    return this.extras.map(({ node }) => node);
  }

  /** How a row with this discriminator is read. Throws InvalidRequestError where no class has it. */
  variantOf(identity: unknown): Variant {
    const mapper = this.hierarchy.mapperOf(identity, this.asked);
    let variant = this.#variants.get(mapper);
    if (variant === undefined) {
      variant = this.#makeVariant(mapper);
      this.#variants.set(mapper, variant);
    }
    return variant;
  }

  #makeVariant(mapper: Mapper): Variant {
    const found: { readonly property: ColumnProperty; readonly position: number }[] = [];
    const add = (index: number, position: number) => {
      const property = mapper.columns[index];
      if (property !== undefined && !found.some((each) => each.property === property))
        found.push({ property, position });
    };
    for (const [position, { index }] of this.#properties.entries()) add(index, position);
    for (const [position, { mapper: owner, property }] of this.extras.entries()) {
      if (mapper.isA(owner)) add(property.index, this.#properties.length + position);
    }
    return variantOf(mapper, found);
  }
}

/** Which attributes of a class stand where. */
export function variantOf(
  mapper: Mapper,
  found: readonly { readonly property: ColumnProperty; readonly position: number }[],
): Variant {
  const sorted = found.toSorted((a, b) => a.property.index - b.property.index);
  const isContiguous = sorted.every(({ position }, index) => position === index);
  return {
    mapper,
    properties: sorted.map(({ property }) => property),
    positions: isContiguous ? null : sorted.map(({ position }) => position),
    isWhole: sorted.length === mapper.columns.length,
    keyPositions: null,
  };
}

/**
 * The columns that subclasses add to those of the class that was asked for.
 *
 * @param nodes all of them, as they stand in FROM
 */
export function subclassColumns(
  asked: Mapper,
  subclasses: readonly Mapper[],
  nodes: readonly ColumnNode[],
  tree: LoadTree,
): readonly SubclassColumn[] {
  const found: SubclassColumn[] = [];
  let position = 0;
  for (const mapper of subclasses) {
    const wanted = tree.columns(mapper);
    for (const property of mapper.columns.slice(mapper.parent?.columns.length ?? asked.columns.length)) {
      if (found.some((each) => each.property.column === property.column)) continue;
      const node = nodes[position];
      position += 1;
      if (node !== undefined && wanted.includes(property)) found.push({ mapper, property, node });
    }
  }
  return found;
}

/** An expression that is the discriminator, over an element of FROM; null where an attribute is. */
export function discriminatorIn({ hierarchy }: Mapper, from: FromNode): ExpressionNode | null {
  if (hierarchy === null || hierarchy.discriminator.property !== null) return null;
  return moved(hierarchy.discriminator.expression, hierarchy.base.from, from);
}
