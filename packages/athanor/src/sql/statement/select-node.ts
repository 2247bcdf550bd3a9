import type { SelectNode } from "../nodes/statements.ts";

const empty: SelectNode = {
  kind: "select",
  columns: [],
  from: [],
  joins: [],
  where: [],
  groupBy: [],
  having: [],
  orderBy: [],
  distinct: false,
  distinctOn: [],
  limit: null,
  offset: null,
  fetch: null,
  lock: null,
  correlate: null,
  correlateExcept: null,
  ctes: [],
  hints: [],
  parameters: [],
  options: [],
};

/** A SELECT of nothing with these changes. */
export function selectNode(changes: Partial<SelectNode>): SelectNode {
  return { ...empty, ...changes };
}
