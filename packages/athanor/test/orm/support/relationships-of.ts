import type { EntityClass } from "athanor";
import { mapperOf } from "../../../src/orm/instrumentation/entity.ts";

/** The relationships of a class: name, direction, target, and the way back. */
export function relationshipsOf(model: EntityClass): readonly string[] {
  return mapperOf(model)
    .relationships.map((each) => `${each.key} ${each.direction} ${each.target.className} ${each.reverse?.key ?? "-"}`)
    .toSorted();
}
