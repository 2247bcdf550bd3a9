import type { TableColumn } from "../../schema/table-column.ts";
import { warn } from "../../util/warn.ts";
import type { Mapper } from "./mapper.ts";
import type { RelationshipProperty } from "./relationship-property.ts";

/**
 * Tells of relationships that write the same column, and are not the two sides of one: what is done to one of them contradicts
 * what the other holds. `overlaps` says that it is meant.
 */
export class Overlaps {
  readonly #writers = new Map<TableColumn, RelationshipProperty[]>();

  add(property: RelationshipProperty): void {
    if (property.viewOnly) return;
    for (const column of columnsWritten(property)) {
      const writers = this.#writers.get(column);
      if (writers === undefined) {
        this.#writers.set(column, [property]);
        continue;
      }
      const others = writers.filter((each) => contradicts(property, each));
      writers.push(property);
      if (others.length > 0) tell(property, column, others);
    }
  }
}

function columnsWritten({ direction, pairs, secondaryPairs, sync }: RelationshipProperty): ReadonlySet<TableColumn> {
  if (direction !== "manyToMany") return new Set(sync.map(({ destination }) => destination.column));
  return new Set(
    [...pairs, ...secondaryPairs].flatMap(({ remote }) => (remote.column === null ? [] : [remote.column])),
  );
}

function contradicts(a: RelationshipProperty, b: RelationshipProperty): boolean {
  if (a === b || isWayBack(a, b) || isWayBack(b, a) || names(a, b) || names(b, a)) return false;
  const classes = [a.parent, a.target].flatMap((x) => [b.parent, b.target].map((y) => [x, y] as const));
  return !classes.some(([x, y]) => areSiblings(x, y));
}

function isWayBack(a: RelationshipProperty, { key, parent }: RelationshipProperty): boolean {
  return a.declared.options.backPopulates === key && (a.target.isA(parent) || parent.isA(a.target));
}

function names({ declared }: RelationshipProperty, { key }: RelationshipProperty): boolean {
  const { overlaps = [] } = declared.options;
  return (typeof overlaps === "string" ? overlaps.split(",").map((each) => each.trim()) : overlaps).includes(key);
}

/** Two branches of one hierarchy: an object is of one of them. */
function areSiblings(a: Mapper, b: Mapper): boolean {
  return a.base === b.base && !a.isA(b) && !b.isA(a);
}

function tell(property: RelationshipProperty, column: TableColumn, others: readonly RelationshipProperty[]): void {
  const names = others.map(String).join(", ");
  warn(
    `${property} writes ${column}, and so does ${names}. If they are two sides of one relationship, say so with backPopulates; ` +
      `if one of them is only looked at, with viewOnly; if both are meant, { overlaps: ${JSON.stringify(others.map(({ key }) => key).join(","))} }.`,
  );
}
