import type { AnyColumn, Given } from "../../schema/column.ts";
import { Column } from "../../schema/column.ts";

const discriminators = new WeakSet<AnyColumn>();

/**
 * The column that tells of a row which class it is an object of: `kind: discriminator(varchar(20))`, in the shape of the
 * topmost class of a hierarchy. New objects get their class's `polymorphicIdentity` by themselves, so that constructors need
 * not be given one. The same as `polymorphicOn` of `map()`, which the types do not know of.
 */
export function discriminator<T>(column: Column<T, Given>): Column<T, "never"> {
  const declared = new Column<T, "never">(column.definition);
  discriminators.add(declared);
  return declared;
}

export function isDiscriminator(column: AnyColumn): boolean {
  return discriminators.has(column);
}
