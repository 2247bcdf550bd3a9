import type { BundleNode, SelectItemNode } from "../../sql/nodes/statements.ts";

/** Makes an element of a row from the values of its parts. */
export interface BundleReader {
  read(values: readonly unknown[], bundle: BundleNode): unknown;
}

/** What an element of a row is: an item that is read, by its number, or several of them as one. */
export type RowPart = number | { readonly bundle: BundleNode; readonly parts: readonly RowPart[] };

export function rowParts(selected: readonly SelectItemNode[]): readonly RowPart[] {
  let next = 0;
  const partOf = (item: SelectItemNode): RowPart => {
    if (item.kind === "bundle") return { bundle: item, parts: item.items.map(partOf) };
    next += 1;
    return next - 1;
  };
  return selected.map(partOf);
}

export function firstItem(part: RowPart): number {
  if (typeof part === "number") return part;
  const [first] = part.parts;
  return first === undefined ? 0 : firstItem(first);
}

/** The elements of all rows, from the values of the items. */
export function elementsOf(part: RowPart, columns: readonly unknown[][], count: number): unknown[] {
  if (typeof part === "number") return columns[part] ?? [];
  const { bundle, parts } = part;
  const reader = bundle.reader as BundleReader;
  const values = parts.map((each) => elementsOf(each, columns, count));
  const found = new Array<unknown>(count);
  for (let i = 0; i < count; i += 1) {
    found[i] = reader.read(
      values.map((each) => each[i]),
      bundle,
    );
  }
  return found;
}
