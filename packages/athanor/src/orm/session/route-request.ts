import type { Table } from "../../schema/table.ts";
import { fromsIn, tableOf } from "../../sql/compile/from-clause.ts";
import type { FromNode } from "../../sql/nodes/froms.ts";
import type { QueryNode, SelectNode, StatementNode } from "../../sql/nodes/statements.ts";
import { leafItems } from "../../sql/traverse/output-columns.ts";
import { entityOf } from "../mapping/aliased.ts";
import { ClassMapper } from "../mapping/class-mapper.ts";
import type { Mapper } from "../mapping/mapper.ts";
import type { RouteRequest } from "./session-host.ts";

/** What a statement is about, as far as it tells where it belongs: the first class or table that it names. */
export function routeRequest(node: StatementNode): RouteRequest {
  switch (node.kind) {
    case "select":
      return { ...subjectOf(node), purpose: node.lock === null ? "read" : "write" };
    case "compound":
      return { ...subjectOf(firstSelect(node)), purpose: "read" };
    case "insert":
    case "update":
    case "delete":
      return { mapper: mapperOf(node.entity), table: tableOf(node.table), purpose: "write" };
    default:
      return { mapper: null, table: null, purpose: "write" };
  }
}

/** What a flush writes of a class. */
export function writeRequest(mapper: Mapper): RouteRequest {
  return { mapper, table: mapper.table, purpose: "write" };
}

interface Subject {
  readonly mapper: Mapper | null;
  readonly table: Table | null;
}

function subjectOf(select: SelectNode | null): Subject {
  if (select === null) return { mapper: null, table: null };
  for (const item of select.columns.flatMap(leafItems)) {
    const root = item.kind === "entity" ? entityOf(item) : null;
    if (root !== null) return { mapper: root.mapper, table: tableOf(root.from) };
  }
  const froms: readonly FromNode[] = [...fromsIn(select.columns), ...select.from, ...fromsIn(select.where)];
  return { mapper: null, table: froms.map(tableOf).find((table) => table !== null) ?? null };
}

function firstSelect(query: QueryNode): SelectNode | null {
  if (query.kind === "select") return query;
  return query.kind === "compound" && query.members[0] !== undefined ? firstSelect(query.members[0]) : null;
}

function mapperOf(entity: object | null): Mapper | null {
  return entity instanceof ClassMapper ? entity : null;
}
