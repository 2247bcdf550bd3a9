import type { ColumnNode, ExpressionNode } from "../nodes/expressions.ts";
import type { EntityNode, FromNode } from "../nodes/froms.ts";
import type { DmlNode, QueryNode, SelectItemNode } from "../nodes/statements.ts";

/** What is selected, without the bundles around it. */
export function leafItems(item: SelectItemNode): readonly (ExpressionNode | EntityNode)[] {
  return item.kind === "bundle" ? item.items.flatMap(leafItems) : [item];
}

/** The columns of something that is selected. */
export function itemColumns(item: SelectItemNode): readonly ExpressionNode[] {
  if (item.kind === "entity") return item.columns;
  return item.kind === "bundle" ? item.items.flatMap(itemColumns) : [item];
}

/** What a query returns, as columns of the table that it stands for. Names that come twice are numbered. */
export function subqueryColumns(from: FromNode, query: QueryNode | DmlNode): readonly ColumnNode[] {
  return outputColumns(query).map(({ name, key, type }) => ({
    kind: "column",
    from,
    name,
    key,
    type,
    column: null,
    entity: null,
  }));
}

/** The names of expressions as columns of a table: their own where they have one, else made up and numbered. */
export function exportedNames(nodes: readonly ExpressionNode[]): readonly string[] {
  const names = new Set<string>();
  return nodes.map((node) => (isNamed(node) ? uniqueName(nameOf(node), names) : numberedName(nameOf(node), names)));
}

function numberedName(base: string, taken: Set<string>): string {
  let count = 1;
  while (taken.has(`${base}_${count}`)) count += 1;
  taken.add(`${base}_${count}`);
  return `${base}_${count}`;
}

export function uniqueName(name: string, taken: Set<string>): string {
  let unique = name;
  for (let count = 1; taken.has(unique); count += 1) unique = `${name}_${count}`;
  taken.add(unique);
  return unique;
}

interface OutputColumn {
  readonly name: string;
  readonly key: string;
  readonly type: ColumnNode["type"];
}

/** Names and types of what a query returns, as columns of a table. */
export function outputColumns(query: QueryNode | DmlNode): readonly OutputColumn[] {
  switch (query.kind) {
    case "compound":
      return query.members[0] === undefined ? [] : outputColumns(query.members[0]);
    case "values":
      return query.columns;
    case "select":
    case "textStatement":
      return outputOf(query.columns);
    default:
      return outputOf(query.returning);
  }
}

function outputOf(items: readonly SelectItemNode[]): readonly OutputColumn[] {
  const nodes = items.flatMap(itemColumns);
  const names = exportedNames(nodes);
  return nodes.map((node, i) => {
    const name = names[i] ?? "";
    return { name, key: node.kind === "column" && node.name === name ? node.key : name, type: node.type };
  });
}

/** The name that an expression has by itself; functions have their own. */
export function nameOf(node: ExpressionNode): string {
  switch (node.kind) {
    case "column":
    case "label":
      return node.name;
    case "function":
      return node.name.slice(node.name.lastIndexOf(".") + 1).replace(/\W/g, "_");
    case "cast":
    case "typeCoerce":
      return nameOf(node.expression);
    case "sequenceValue":
      return "next_value";
    case "fragment":
      return fragmentName(node.texts) ?? "anon";
    default:
      return "anon";
  }
}

/** Whether a name is an expression's own, and not one that is made up for it. */
export function isNamed(node: ExpressionNode): boolean {
  switch (node.kind) {
    case "column":
    case "label":
      return true;
    case "cast":
    case "typeCoerce":
      return isNamed(node.expression);
    case "fragment":
      return fragmentName(node.texts) !== null;
    default:
      return false;
  }
}

/** Text that is nothing but a name (`u.id`) has that name. */
function fragmentName(texts: readonly string[]): string | null {
  return texts.length === 1 ? (/^(?:\w+\.)*([A-Za-z_]\w*)$/.exec(texts[0] ?? "")?.[1] ?? null) : null;
}
