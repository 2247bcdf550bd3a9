import type { FromNode } from "../nodes/froms.ts";
import { transform } from "./transform.ts";

/**
 * An element of FROM under another name, to be used beside itself. A join becomes a join of aliases; with a name, each of
 * them is called by it and by its table.
 */
export function aliasedFrom(from: FromNode, name: string | null = null): FromNode {
  switch (from.kind) {
    case "join":
      return transform<FromNode>(from, (node) => {
        switch (node.kind) {
          case "table":
            return aliasedFrom(node, name === null ? null : `${name}_${node.table.name}`);
          case "alias":
          case "subquery":
          case "cte":
            return aliasedFrom(node as FromNode, name === null || node.name === null ? null : `${name}_${node.name}`);
          default:
            return null;
        }
      });
    case "table":
    case "cte":
      return { kind: "alias", of: from, name };
    // A copy has a name of its own.
    case "alias":
    case "subquery":
    case "tableFunction":
      return { ...from, name };
    default:
      return from;
  }
}
