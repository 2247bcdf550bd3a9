import { warn } from "../../util/warn.ts";
import type { RelationshipProperty } from "../mapping/relationship-property.ts";

/** A relationship that holds one object has found several: the first is taken. */
export function warnOfSeveral(property: RelationshipProperty): void {
  warn(
    `${property} holds one object, but the database has several for it; the first is taken. ` +
      "Declare it with many(), or add a unique constraint.",
  );
}
