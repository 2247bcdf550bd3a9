import { type Field, fieldLists, fieldOf, type Node, type NodeKind } from "../nodes/fields.ts";

/** Calls `visit` for a node and everything below it, parents first. `visit` returns false to leave out what is below. */
export function traverse(node: Node, visit: (node: Node) => boolean | undefined): void {
  if (visit(node) === false) return;
  for (const child of childrenOf(node)) traverse(child, visit);
}

/** The nodes directly below a node, in the order of its fields. */
export function childrenOf(node: Node): Node[] {
  const found: Node[] = [];
  for (const { name } of branches(node.kind)) {
    const value = fieldOf(node, name) as Node | readonly Node[] | null | undefined;
    if (value === null || value === undefined) continue;
    if (isList(value)) found.push(...value);
    else found.push(value);
  }
  return found;
}

/**
 * A copy of a tree in which `replace` has put other nodes in place of some. What is unchanged is shared; a node that
 * occurs twice is replaced by the same copy, so that aliases and parameters keep their identity. What `replace` returns
 * is not walked again.
 */
export function transform<N extends Node>(
  root: N,
  replace: (node: Node) => Node | null,
  done: Map<Node, Node> = new Map(),
): N {
  function walk(node: Node): Node {
    const known = done.get(node);
    if (known !== undefined) return known;
    const replaced = replace(node) ?? copyWith(node, walk);
    done.set(node, replaced);
    return replaced;
  }
  // `replace` is trusted to put an expression where an expression was, and a table where a table was.
  return walk(root) as N;
}

function copyWith(node: Node, walk: (node: Node) => Node): Node {
  let changes: Record<string, unknown> | null = null;
  for (const { name } of branches(node.kind)) {
    const value = fieldOf(node, name) as Node | readonly Node[] | null | undefined;
    if (value === null || value === undefined) continue;
    const next = isList(value) ? mapShared(value, walk) : walk(value);
    if (next !== value) {
      changes ??= {};
      changes[name] = next;
    }
  }
  return changes === null ? node : { ...node, ...changes };
}

function mapShared(nodes: readonly Node[], walk: (node: Node) => Node): readonly Node[] {
  let copy: Node[] | null = null;
  for (const [index, node] of nodes.entries()) {
    const next = walk(node);
    if (next !== node) {
      copy ??= nodes.slice();
      copy[index] = next;
    }
  }
  return copy ?? nodes;
}

function isList(value: Node | readonly Node[]): value is readonly Node[] {
  return Array.isArray(value);
}

const branchLists: ReadonlyMap<NodeKind, readonly Field[]> = new Map(
  [...fieldLists].map(([kind, fields]) => [kind, fields.filter(({ role }) => role === "child" || role === "children")]),
);

function branches(kind: NodeKind): readonly Field[] {
  return branchLists.get(kind) ?? [];
}
