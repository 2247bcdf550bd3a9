import type { Table } from "../../schema/table.ts";
import { mapperOf } from "../instrumentation/entity.ts";
import type { MappedClass, Mapper } from "./mapper.ts";

const classes = new WeakMap<Table, MappedClass>();

/** Keeps the class that a table is mapped to; of several, the first. */
export function noteMapped(table: Table, model: MappedClass): void {
  if (!classes.has(table)) classes.set(table, model);
}

/** The mapper of the class that a table is mapped to; null for a table of none. */
export function mapperOfTable(table: Table): Mapper | null {
  const model = classes.get(table);
  return model === undefined ? null : mapperOf(model);
}
