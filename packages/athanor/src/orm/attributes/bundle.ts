import { rowShape } from "../../engine/row.ts";
import { ArgumentError } from "../../errors/errors.ts";
import { selectItem } from "../../sql/coercions/operands.ts";
import type { BundleNode, SelectItemNode } from "../../sql/nodes/statements.ts";
import type { NameOf, Selectable } from "../../sql/statement/types.ts";
import { nameOf } from "../../sql/traverse/output-columns.ts";
import { type BUNDLED, type NAME, NODE } from "../../util/symbols.ts";
import type { BundleReader } from "../loading/row-parts.ts";

/** The parts of a bundle that have names. */
type Parts<A extends readonly unknown[]> = { readonly [X in A[number] as NameOf<X>]: X };

/** Several things that are selected together, as one element of a row. */
export class Bundle<const N extends string, A extends readonly unknown[]> {
  declare readonly [NAME]: N;
  declare readonly [BUNDLED]: A;
  readonly [NODE]: BundleNode;
  /** Its parts by their names, for conditions and orderings. */
  readonly c: Parts<A>;

  constructor(name: N, parts: readonly unknown[]) {
    const items = parts.map((each) => selectItem(each, "bundle()"));
    this[NODE] = { kind: "bundle", name, items, reader: rowReader };
    const named = items.map((item, index) => [partName(item), parts[index]] as const);
    this.c = Object.fromEntries(named) as Parts<A>;
  }
}

function partName(item: SelectItemNode): string {
  if (item.kind === "entity") return item.name ?? "";
  if (item.kind === "bundle") return item.name;
  return item.kind === "column" ? item.key : nameOf(item);
}

/** A bundle of a row is a row of its own. */
const rowReader: BundleReader = {
  read(values, bundle) {
    return Object.setPrototypeOf(values, rowShape(namesOf(bundle)).Row.prototype) as unknown;
  },
};

const names = new WeakMap<BundleNode, readonly string[]>();
function namesOf(bundle: BundleNode): readonly string[] {
  let known = names.get(bundle);
  if (known === undefined) {
    known = bundle.items.map(partName);
    names.set(bundle, known);
  }
  return known;
}

/**
 * Several columns, expressions, models or value objects that stand in rows as one element, which is a row of its own:
 * `row.customer.name`. Bundles may stand in bundles.
 *
 * @example select(bundle("customer", User.id, User.name), Order.id).join(User.orders)
 */
export function bundle<const N extends string, const A extends readonly [Selectable, ...Selectable[]]>(
  name: N,
  ...parts: A
): Bundle<N, A> {
  if (typeof name !== "string" || parts.length === 0) {
    throw new ArgumentError("bundle() takes a name, and at least one thing to select.");
  }
  return new Bundle(name, parts);
}
