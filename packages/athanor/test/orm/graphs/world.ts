/** What the database should hold, by labels: the simple model that random work is compared with. */
export interface World {
  readonly owners: Map<number, { name: string }>;
  readonly items: Map<number, { name: string; owner: number; readonly tags: Set<number> }>;
  readonly profiles: Map<number, { name: string; owner: number }>;
  readonly boxes: Map<number, { name: string; owner: number | null }>;
  readonly tags: Map<number, { name: string }>;
  readonly nodes: Map<number, { name: string; parent: number | null }>;
}
export type Kind = keyof World;

export function emptyWorld(): World {
  return {
    owners: new Map(),
    items: new Map(),
    profiles: new Map(),
    boxes: new Map(),
    tags: new Map(),
    nodes: new Map(),
  };
}

/** A copy that stays as it is. */
export function snapshot(world: World): World {
  return structuredClone(world);
}

/** Deletes as the cascades of the models say. */
export function deleteFromWorld(world: World, kind: Kind, label: number): void {
  world[kind].delete(label);
  switch (kind) {
    case "owners":
      for (const [item, { owner }] of world.items) if (owner === label) world.items.delete(item);
      deleteProfileOf(world, label);
      for (const box of world.boxes.values()) if (box.owner === label) box.owner = null;
      break;
    case "tags":
      for (const item of world.items.values()) item.tags.delete(label);
      break;
    case "nodes":
      for (const [node, { parent }] of world.nodes) if (parent === label) deleteFromWorld(world, "nodes", node);
      break;
  }
}

/** An owner has one profile at most: the former one goes when another takes its place. */
export function deleteProfileOf(world: World, owner: number, except?: number): void {
  for (const [profile, row] of world.profiles) {
    if (row.owner === owner && profile !== except) world.profiles.delete(profile);
  }
}

/** Whether a node is another one, or hangs below it. */
export function isBelow(world: World, node: number, ancestor: number): boolean {
  for (let at: number | null = node; at !== null; at = world.nodes.get(at)?.parent ?? null) {
    if (at === ancestor) return true;
  }
  return false;
}

/** The rows of all tables, sorted, with labels in place of keys: what the database is compared with. */
export function rowsOfWorld(world: World): Readonly<Record<string, readonly (readonly unknown[])[]>> {
  const sorted = (rows: readonly (readonly [number, ...unknown[]])[]) =>
    rows.toSorted((a, b) => a[0] - b[0] || Number(a[1]) - Number(b[1]));
  return {
    owners: sorted([...world.owners].map(([label, { name }]) => [label, name])),
    items: sorted([...world.items].map(([label, { name, owner }]) => [label, name, owner])),
    profiles: sorted([...world.profiles].map(([label, { name, owner }]) => [label, name, owner])),
    boxes: sorted([...world.boxes].map(([label, { name, owner }]) => [label, name, owner])),
    tags: sorted([...world.tags].map(([label, { name }]) => [label, name])),
    item_tags: sorted([...world.items].flatMap(([label, { tags }]) => [...tags].map((tag) => [label, tag] as const))),
    nodes: sorted([...world.nodes].map(([label, { name, parent }]) => [label, name, parent])),
  };
}

/** The same of a database, as SQL. */
export const rowQueries: Readonly<Record<string, string>> = {
  owners: "SELECT label, name FROM owners ORDER BY label",
  items: "SELECT i.label, i.name, o.label FROM items i JOIN owners o ON o.id = i.owner_id ORDER BY i.label",
  profiles: "SELECT p.label, p.name, o.label FROM profiles p JOIN owners o ON o.id = p.owner_id ORDER BY p.label",
  boxes: "SELECT b.label, b.name, o.label FROM boxes b LEFT JOIN owners o ON o.id = b.owner_id ORDER BY b.label",
  tags: "SELECT label, name FROM tags ORDER BY label",
  item_tags: `SELECT i.label, t.label FROM item_tags x JOIN items i ON i.id = x.item_id JOIN tags t ON t.id = x.tag_id
    ORDER BY i.label, t.label`,
  nodes: "SELECT n.label, n.name, p.label FROM nodes n LEFT JOIN nodes p ON p.id = n.parent_id ORDER BY n.label",
};
