import type { OptionNode } from "../../sql/nodes/statements.ts";
import { selectNode } from "../../sql/statement/select-node.ts";
import { type CacheKey, cacheKey } from "../../sql/traverse/cache-key.ts";
import { LruCache } from "../../util/lru-cache.ts";
import { BorrowedValues } from "./borrowed-values.ts";
import { LoadOptions } from "./load-run.ts";
import { LoadTree, scopeOf } from "./load-tree.ts";

/** One tree for all sessions whose options are alike: what is built for it serves them all. */
const trees = new LruCache<string, LoadTree>(100);

/** What the options of a session say of objects that no query of its has loaded: they were new, or came by themselves. */
export function standingLoadOptions(nodes: readonly OptionNode[]): LoadOptions | null {
  if (nodes.length === 0) return null;
  const key = cacheKey(selectNode({ options: nodes }));
  const values = key.binds.map(({ value }) => value);
  return new LoadOptions(treeOf(nodes, key), { values, parameters: {} });
}

function treeOf(nodes: readonly OptionNode[], { text, volatile, binds }: CacheKey): LoadTree {
  const known = trees.get(text);
  if (known !== undefined) return known;
  const tree = new LoadTree(scopeOf(nodes, new BorrowedValues(binds)));
  if (!volatile) trees.set(text, tree);
  return tree;
}
