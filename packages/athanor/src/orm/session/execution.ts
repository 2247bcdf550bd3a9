import type { ExecutionParameters } from "../../engine/prepare.ts";
import { offersNode } from "../../sql/coercions/operands.ts";
import { fromsIn, tableOf } from "../../sql/compile/from-clause.ts";
import type { FromNode } from "../../sql/nodes/froms.ts";
import type { OptionNode, QueryNode, SelectItemNode, SelectNode, StatementNode } from "../../sql/nodes/statements.ts";
import { readAsOf } from "../../sql/statement/from-statement.ts";
import { Select } from "../../sql/statement/select.ts";
import { isStatement, Statement } from "../../sql/statement/statement.ts";
import type { ExecutionOptions } from "../../sql/statement/types.ts";
import { leafItems } from "../../sql/traverse/output-columns.ts";
import { NODE } from "../../util/symbols.ts";
import type { LoadReason } from "../loading/load-context.ts";
import { entityOf } from "../mapping/aliased.ts";
import { ClassMapper } from "../mapping/class-mapper.ts";
import { mapperOfTable } from "../mapping/mapped-tables.ts";
import type { Mapper } from "../mapping/mapper.ts";

/** A statement on its way to the database. */
export interface Execution {
  readonly statement: unknown;
  /** Options that were added to those of the statement. */
  readonly added: readonly OptionNode[];
  readonly parameters: ExecutionParameters;
  readonly options: ExecutionOptions;
  readonly about: LoadReason;
}

/** A statement whose node nobody but the library adds to. */
class NodeStatement extends Statement<StatementNode> {}

/** The node of what users execute; null for DDL, and for what is refused later. */
export function nodeOf(statement: unknown): StatementNode | null {
  if (isStatement(statement)) return statement[NODE];
  if (!offersNode(statement)) return null;
  const node = statement[NODE];
  return node.kind === "select" || node.kind === "compound" ? node : null;
}

/** The SELECT of a loader, in the form in which users know statements. */
export function statementOf(select: SelectNode): Select<readonly unknown[]> {
  return new Select(select);
}

/** The statement with the options that were added to it. */
export function completedStatement({ statement, added }: Execution): unknown {
  const node = nodeOf(statement);
  if (added.length === 0 || node === null || !("options" in node)) return statement;
  const options = [...node.options, ...added];
  if (node.kind === "select") return new Select({ ...node, options });
  return new NodeStatement({ ...node, options });
}

// ── what a statement is about ────────────────────────────────────────────────
/** The mapped classes that a statement selects from or writes to. */
export function mappersIn(node: StatementNode): readonly Mapper[] {
  const found = new Set<Mapper>();
  collectMappers(node, found);
  return [...found];
}

function collectMappers(node: StatementNode, found: Set<Mapper>): void {
  const readAs = "options" in node ? readAsOf(node.options) : null;
  if (readAs !== null) addEntities(readAs, found);
  switch (node.kind) {
    case "select":
    case "textStatement":
      addEntities(node.columns, found);
      addMapped([...fromsIn(node.columns), ...(node.kind === "select" ? node.from : [])], found);
      break;
    case "compound":
      for (const member of node.members) collectMappers(member satisfies QueryNode, found);
      break;
    case "insert":
    case "update":
    case "delete":
      if (node.entity instanceof ClassMapper) found.add(node.entity);
      else addMapped([node.table], found);
  }
}

function addEntities(items: readonly SelectItemNode[], found: Set<Mapper>): void {
  for (const item of items.flatMap(leafItems)) {
    const root = item.kind === "entity" ? entityOf(item) : null;
    if (root !== null) found.add(root.mapper);
  }
}

function addMapped(froms: readonly FromNode[], found: Set<Mapper>): void {
  for (const from of froms) {
    const table = tableOf(from);
    const mapper = table === null ? null : mapperOfTable(table);
    if (mapper !== null) found.add(mapper);
  }
}
