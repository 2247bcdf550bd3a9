import type { Mapper } from "./mapper.ts";

/** Whether objects of a class have rows of another one: a concrete class has none of those above it. */
export function hasRowsOf(mapper: Mapper, other: Mapper): boolean {
  return mapper.base === other.base && mapper.isA(other);
}
