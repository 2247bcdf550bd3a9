import fc from "fast-check";
import type { Kind } from "./world.ts";

/** Which of the objects that there are at the time: this number modulo how many there are. */
type Pick = number;
/** On which side of the relationship a change is made. */
type Side = "one" | "many";
/** What is done when a statement of it fails. */
export type Fallible = "flush" | "commit" | "query" | "commitItself";

/** A step of random work. What it cannot be applied to (there is no owner, say) is left out. */
export type Operation =
  | { readonly do: "addOwner"; readonly items: number; readonly boxes: number }
  | { readonly do: "addItem"; readonly owner: Pick; readonly tags: readonly Pick[]; readonly side: Side }
  | { readonly do: "addBox"; readonly owner: Pick | null; readonly side: Side }
  | { readonly do: "addTag"; readonly items: readonly Pick[] }
  | { readonly do: "addNode"; readonly parent: Pick | null; readonly side: Side }
  | { readonly do: "rename"; readonly kind: Kind; readonly object: Pick }
  | { readonly do: "moveItem"; readonly item: Pick; readonly owner: Pick; readonly side: Side }
  | { readonly do: "removeItem"; readonly item: Pick }
  | { readonly do: "assignItems"; readonly owner: Pick; readonly items: readonly Pick[] }
  | { readonly do: "moveBox"; readonly box: Pick; readonly owner: Pick | null; readonly side: Side }
  | { readonly do: "assignBoxes"; readonly owner: Pick; readonly boxes: readonly Pick[] }
  | { readonly do: "tag"; readonly item: Pick; readonly tag: Pick; readonly side: Side }
  | { readonly do: "untag"; readonly item: Pick; readonly tag: Pick; readonly side: Side }
  | { readonly do: "assignTags"; readonly item: Pick; readonly tags: readonly Pick[] }
  | { readonly do: "moveNode"; readonly node: Pick; readonly parent: Pick | null; readonly side: Side }
  | { readonly do: "delete"; readonly kind: Kind; readonly object: Pick }
  | { readonly do: "setProfile"; readonly owner: Pick; readonly side: Side }
  | { readonly do: "moveProfile"; readonly profile: Pick; readonly owner: Pick; readonly side: Side }
  | { readonly do: "removeProfile"; readonly owner: Pick }
  | { readonly do: "refresh"; readonly kind: Kind; readonly object: Pick }
  | { readonly do: "expire"; readonly kind: Kind; readonly object: Pick }
  | { readonly do: "merge"; readonly kind: Kind; readonly object: Pick }
  | { readonly do: "look"; readonly kind: Kind; readonly object: Pick }
  | { readonly do: "query"; readonly kind: Kind }
  | { readonly do: "flush" }
  | { readonly do: "commit" }
  | { readonly do: "rollback" }
  | { readonly do: "reopen" }
  | { readonly do: "nested"; readonly operations: readonly Operation[]; readonly throws: boolean }
  | { readonly do: "failing"; readonly what: Fallible; readonly statement: number };

const pick = fc.nat(11);
const picks = fc.array(pick, { maxLength: 4 });
const side = fc.constantFrom<Side>("one", "many");
const kind = fc.constantFrom<Kind>("owners", "items", "profiles", "boxes", "tags", "nodes");
const maybe = fc.option(pick, { freq: 4 });

function operation<D extends Operation["do"]>(
  name: D,
  fields: { [K in Exclude<keyof Extract<Operation, { do: D }>, "do">]: fc.Arbitrary<Extract<Operation, { do: D }>[K]> },
): fc.Arbitrary<Extract<Operation, { do: D }>> {
  // A record of these fields and `do` is the operation; the types of fast-check cannot say so of a generic one.
  return fc.record({ do: fc.constant(name), ...fields }) as unknown as fc.Arbitrary<Extract<Operation, { do: D }>>;
}

const changes: readonly fc.WeightedArbitrary<Operation>[] = [
  { weight: 4, arbitrary: operation("addOwner", { items: fc.nat(3), boxes: fc.nat(2) }) },
  { weight: 4, arbitrary: operation("addItem", { owner: pick, tags: picks, side }) },
  { weight: 3, arbitrary: operation("addBox", { owner: maybe, side }) },
  { weight: 3, arbitrary: operation("addTag", { items: picks }) },
  { weight: 5, arbitrary: operation("addNode", { parent: maybe, side }) },
  { weight: 3, arbitrary: operation("rename", { kind, object: pick }) },
  { weight: 4, arbitrary: operation("moveItem", { item: pick, owner: pick, side }) },
  { weight: 2, arbitrary: operation("removeItem", { item: pick }) },
  { weight: 2, arbitrary: operation("assignItems", { owner: pick, items: picks }) },
  { weight: 3, arbitrary: operation("moveBox", { box: pick, owner: maybe, side }) },
  { weight: 2, arbitrary: operation("assignBoxes", { owner: pick, boxes: picks }) },
  { weight: 4, arbitrary: operation("tag", { item: pick, tag: pick, side }) },
  { weight: 3, arbitrary: operation("untag", { item: pick, tag: pick, side }) },
  { weight: 2, arbitrary: operation("assignTags", { item: pick, tags: picks }) },
  { weight: 4, arbitrary: operation("moveNode", { node: pick, parent: maybe, side }) },
  { weight: 5, arbitrary: operation("delete", { kind, object: pick }) },
  { weight: 3, arbitrary: operation("setProfile", { owner: pick, side }) },
  { weight: 2, arbitrary: operation("moveProfile", { profile: pick, owner: pick, side }) },
  { weight: 1, arbitrary: operation("removeProfile", { owner: pick }) },
  { weight: 2, arbitrary: operation("refresh", { kind, object: pick }) },
  { weight: 2, arbitrary: operation("expire", { kind, object: pick }) },
  { weight: 2, arbitrary: operation("merge", { kind, object: pick }) },
  { weight: 4, arbitrary: operation("look", { kind, object: pick }) },
  { weight: 2, arbitrary: operation("query", { kind }) },
  { weight: 4, arbitrary: operation("flush", {}) },
];

const ends: readonly fc.WeightedArbitrary<Operation>[] = [
  { weight: 4, arbitrary: operation("commit", {}) },
  { weight: 2, arbitrary: operation("rollback", {}) },
  { weight: 2, arbitrary: operation("reopen", {}) },
];

const failing = operation("failing", {
  what: fc.constantFrom<Fallible>("flush", "commit", "query", "commitItself"),
  statement: fc.nat(5),
});
const failingInside = operation("failing", { what: fc.constantFrom<Fallible>("flush", "query"), statement: fc.nat(5) });

const { nested } = fc.letrec<{ nested: Operation; inside: Operation }>((tie) => ({
  inside: fc.oneof(
    { maxDepth: 2 },
    ...changes,
    { weight: 3, arbitrary: failingInside },
    { weight: 3, arbitrary: tie("nested") },
  ),
  nested: fc.record({
    do: fc.constant("nested" as const),
    operations: fc.array(tie("inside"), { maxLength: 6 }),
    throws: fc.boolean(),
  }),
}));

/** The work of one session and its successors. */
export const work: fc.Arbitrary<Operation[]> = fc.array(
  fc.oneof(...changes, ...ends, { weight: 4, arbitrary: failing }, { weight: 4, arbitrary: nested }),
  { maxLength: 30, size: "max" },
);
