import type { EntityClass } from "../../sql/statement/types.ts";
import type { Mapper } from "./mapper.ts";

/** The class of a mapper, as statements know it. */
export function modelOf({ class: model }: Mapper): EntityClass {
  // Every mapped class carries the marks of its shape in its type; a mapper does not ask for them.
  const known: object = model;
  return known as EntityClass;
}
