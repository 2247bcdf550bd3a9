import { type CursorEvent, listen, removeListener, type ScalarExecutable, select } from "athanor";
import { inspect, joinedload, Session, selectinload } from "athanor/orm";
import { expect } from "vitest";
import { Box, Item, Owner, Profile, Tag, TreeNode } from "./models.ts";
import type { Fallible, Operation } from "./operations.ts";
import type { Playground, SessionFace } from "./session-face.ts";
import { type Steps, wait } from "./steps.ts";
import { deleteFromWorld, deleteProfileOf, emptyWorld, isBelow, type Kind, snapshot, type World } from "./world.ts";

const models = { owners: Owner, items: Item, profiles: Profile, boxes: Box, tags: Tag, nodes: TreeNode };

const everything: Readonly<Record<Kind, ScalarExecutable<object, unknown>>> = {
  owners: select(Owner).options(
    selectinload(Owner.items).selectinload(Item.tags),
    selectinload(Owner.boxes),
    joinedload(Owner.profile),
  ),
  items: select(Item),
  profiles: select(Profile),
  boxes: select(Box).options(selectinload(Box.owner)),
  tags: select(Tag).options(selectinload(Tag.items)),
  nodes: select(TreeNode).options(selectinload(TreeNode.children)),
};

/** An error that the test has thrown on purpose. */
class Intended extends Error {}

/** Does random work with sessions, and the same with the model. */
export class Player {
  readonly #playground: Playground;
  #face: SessionFace;
  #world: World = emptyWorld();
  /** What has been committed: where a rollback leads to. */
  #committed: World = emptyWorld();
  /** The objects that the present session knows. */
  readonly #objects = new Map<number, object>();
  readonly #labelOfObject = new WeakMap<object, number>();
  #labels = 0;
  #depth = 0;
  #countdown: number | null = null;

  constructor(playground: Playground) {
    this.#playground = playground;
    this.#face = playground.session();
  }

  /** What the database should hold after the last step. */
  get world(): World {
    return this.#world;
  }

  /** All the work, committed at its end. */
  *play(operations: readonly Operation[]): Steps<void> {
    const fail = (_event: CursorEvent): void => {
      if (this.#countdown === null) return;
      this.#countdown -= 1;
      if (this.#countdown < 0) {
        this.#countdown = null;
        throw new Intended("This statement fails on purpose");
      }
    };
    listen(this.#playground.events, "beforeCursorExecute", fail);
    try {
      for (const each of operations) yield* this.#step(each);
      yield* this.#commit();
    } finally {
      removeListener(this.#playground.events, "beforeCursorExecute", fail);
      yield* wait(this.#face.session.close());
    }
  }

  // ── one step ───────────────────────────────────────────────────────────────
  *#step(operation: Operation): Steps<void> {
    const { session } = this.#face;
    const world = this.#world;
    switch (operation.do) {
      case "addOwner":
        return this.#addOwner(operation.items, operation.boxes);
      case "addItem":
        return yield* this.#addItem(operation);
      case "addBox":
        return yield* this.#addBox(operation);
      case "addTag": {
        const items = yield* this.#items(operation.items);
        const [label, name] = this.#next();
        session.add(this.#keep(label, new Tag({ label, name, items: items.map((each) => each.object) })));
        world.tags.set(label, { name });
        for (const item of items) world.items.get(item.label)?.tags.add(label);
        return;
      }
      case "addNode":
        return yield* this.#addNode(operation);
      case "rename": {
        const found = yield* this.#pick(operation.kind, operation.object);
        const row = found && world[operation.kind].get(found.label);
        if (!found || !row) return;
        const [, name] = this.#next();
        found.object.name = name;
        row.name = name;
        return;
      }
      case "moveItem": {
        const item = yield* this.#pick("items", operation.item);
        const owner = yield* this.#pick("owners", operation.owner);
        if (!item || !owner) return;
        if (operation.side === "one") item.object.owner = owner.object;
        else yield* this.#join(owner.object, "items", item.object);
        setOwner(world.items, item.label, owner.label);
        return;
      }
      case "removeItem": {
        const item = yield* this.#pick("items", operation.item);
        const ownerLabel = item && world.items.get(item.label)?.owner;
        if (item === undefined || ownerLabel === undefined) return;
        const owner = yield* this.#object("owners", ownerLabel);
        yield* this.#leave(owner, "items", item.object);
        deleteFromWorld(world, "items", item.label);
        return;
      }
      case "assignItems": {
        const owner = yield* this.#pick("owners", operation.owner);
        if (!owner) return;
        const items = yield* this.#items(operation.items);
        yield* this.#collection(owner.object, "items");
        owner.object.items = items.map((each) => each.object);
        for (const [label, item] of world.items) if (item.owner === owner.label) item.owner = -label;
        for (const { label } of items) setOwner(world.items, label, owner.label);
        for (const [label, item] of [...world.items]) if (item.owner < 0) deleteFromWorld(world, "items", label);
        return;
      }
      case "moveBox": {
        const box = yield* this.#pick("boxes", operation.box);
        const owner = operation.owner === null ? undefined : yield* this.#pick("owners", operation.owner);
        if (!box) return;
        if (operation.side === "one" || !owner) box.object.owner = owner?.object ?? null;
        else yield* this.#join(owner.object, "boxes", box.object);
        setOwner(world.boxes, box.label, owner?.label ?? null);
        return;
      }
      case "assignBoxes": {
        const owner = yield* this.#pick("owners", operation.owner);
        if (!owner) return;
        const boxes = yield* this.#picks("boxes", operation.boxes);
        yield* this.#collection(owner.object, "boxes");
        owner.object.boxes = boxes.map((each) => each.object);
        for (const box of world.boxes.values()) if (box.owner === owner.label) box.owner = null;
        for (const { label } of boxes) setOwner(world.boxes, label, owner.label);
        return;
      }
      case "tag":
      case "untag": {
        const item = yield* this.#pick("items", operation.item);
        const tag = yield* this.#pick("tags", operation.tag);
        if (!item || !tag) return;
        const [object, name, member] =
          operation.side === "one"
            ? ([item.object, "tags", tag.object] as const)
            : ([tag.object, "items", item.object] as const);
        if (operation.do === "tag") yield* this.#join(object, name, member);
        else yield* this.#leave(object, name, member);
        const tags = world.items.get(item.label)?.tags;
        if (operation.do === "tag") tags?.add(tag.label);
        else tags?.delete(tag.label);
        return;
      }
      case "assignTags": {
        const item = yield* this.#pick("items", operation.item);
        if (!item) return;
        const tags = yield* this.#picks("tags", operation.tags);
        yield* this.#collection(item.object, "tags");
        item.object.tags = tags.map((each) => each.object);
        const known = world.items.get(item.label)?.tags;
        known?.clear();
        for (const { label } of tags) known?.add(label);
        return;
      }
      case "moveNode": {
        const node = yield* this.#pick("nodes", operation.node);
        const parent = operation.parent === null ? undefined : yield* this.#pick("nodes", operation.parent);
        if (!node || (parent && isBelow(world, parent.label, node.label))) return;
        if (operation.side === "one" || !parent) node.object.parent = parent?.object ?? null;
        else yield* this.#join(parent.object, "children", node.object);
        const row = world.nodes.get(node.label);
        if (row) row.parent = parent?.label ?? null;
        return;
      }
      case "delete": {
        const found = yield* this.#pick(operation.kind, operation.object);
        if (!found) return;
        if (inspect(found.object).pending) yield* wait(session.flush());
        yield* wait(session.delete(found.object));
        deleteFromWorld(world, operation.kind, found.label);
        return;
      }
      case "setProfile": {
        const owner = yield* this.#pick("owners", operation.owner);
        if (!owner) return;
        yield* wait(this.#face.related(owner.object, "profile"));
        const [label, name] = this.#next();
        const profile = this.#keep(label, new Profile({ label, name }));
        if (operation.side === "one") profile.owner = owner.object;
        else owner.object.profile = profile;
        session.add(profile);
        deleteProfileOf(world, owner.label);
        world.profiles.set(label, { name, owner: owner.label });
        return;
      }
      case "moveProfile": {
        const profile = yield* this.#pick("profiles", operation.profile);
        const owner = yield* this.#pick("owners", operation.owner);
        if (!profile || !owner) return;
        yield* wait(this.#face.related(profile.object, "owner"));
        yield* wait(this.#face.related(owner.object, "profile"));
        if (operation.side === "one") profile.object.owner = owner.object;
        else owner.object.profile = profile.object;
        deleteProfileOf(world, owner.label, profile.label);
        setOwner(world.profiles, profile.label, owner.label);
        return;
      }
      case "removeProfile": {
        const owner = yield* this.#pick("owners", operation.owner);
        if (!owner) return;
        yield* wait(this.#face.related(owner.object, "profile"));
        owner.object.profile = null;
        deleteProfileOf(world, owner.label);
        return;
      }
      case "refresh":
      case "expire": {
        const found = yield* this.#pick(operation.kind, operation.object);
        if (!found) return;
        yield* wait(session.flush());
        if (operation.do === "refresh" || session instanceof Session) yield* wait(session.refresh(found.object));
        else session.expire(found.object);
        // With its columns, the object knows its parent's key: whoever takes it in can tell the parent.
        Reflect.get(found.object, "name");
        return;
      }
      case "merge": {
        const found = yield* this.#pick(operation.kind, operation.object);
        const row = found && world[operation.kind].get(found.label);
        if (!found || !row) return;
        yield* wait(session.flush());
        const [, name] = this.#next();
        // Which of the models it is does not matter: all have a name.
        const model = models[operation.kind] as typeof Tag;
        const copy = new model({ id: found.object.id, label: found.label, name });
        expect(yield* wait(this.#face.merge(copy))).toBe(found.object);
        row.name = name;
        return;
      }
      case "look": {
        const found = yield* this.#pick(operation.kind, operation.object);
        if (found) yield* this.#look(operation.kind, found.label, found.object);
        return;
      }
      case "query":
        return yield* this.#query(operation.kind);
      case "flush":
        return yield* wait(session.flush());
      case "commit":
        return yield* this.#commit();
      case "rollback":
        return yield* this.#rollback();
      case "reopen":
        yield* this.#commit();
        yield* wait(session.close());
        this.#objects.clear();
        this.#face = this.#playground.session();
        return;
      case "nested":
        return yield* this.#nested(operation.operations, operation.throws);
      case "failing":
        return yield* this.#failing(operation.what, operation.statement);
    }
  }

  #addOwner(itemCount: number, boxCount: number): void {
    const [label, name] = this.#next();
    this.#world.owners.set(label, { name });
    const items = Array.from({ length: itemCount }, () => {
      const [itemLabel, itemName] = this.#next();
      this.#world.items.set(itemLabel, { name: itemName, owner: label, tags: new Set() });
      return this.#keep(itemLabel, new Item({ label: itemLabel, name: itemName }));
    });
    const boxes = Array.from({ length: boxCount }, () => {
      const [boxLabel, boxName] = this.#next();
      this.#world.boxes.set(boxLabel, { name: boxName, owner: label });
      return this.#keep(boxLabel, new Box({ label: boxLabel, name: boxName }));
    });
    this.#face.session.add(this.#keep(label, new Owner({ label, name, items, boxes })));
  }

  *#addItem({ owner: at, tags: ats, side }: Extract<Operation, { do: "addItem" }>): Steps<void> {
    const owner = yield* this.#pick("owners", at);
    if (!owner) return;
    const tags = yield* this.#picks("tags", ats);
    const [label, name] = this.#next();
    const values = { label, name, tags: tags.map((each) => each.object) };
    if (side === "one") this.#face.session.add(this.#keep(label, new Item({ ...values, owner: owner.object })));
    else yield* this.#join(owner.object, "items", this.#keep(label, new Item(values)));
    this.#world.items.set(label, { name, owner: owner.label, tags: new Set(tags.map((each) => each.label)) });
  }

  *#addBox({ owner: at, side }: Extract<Operation, { do: "addBox" }>): Steps<void> {
    const owner = at === null ? undefined : yield* this.#pick("owners", at);
    const [label, name] = this.#next();
    const box = this.#keep(label, new Box({ label, name }));
    if (side === "many" && owner) yield* this.#join(owner.object, "boxes", box);
    else {
      box.owner = owner?.object ?? null;
      this.#face.session.add(box);
    }
    this.#world.boxes.set(label, { name, owner: owner?.label ?? null });
  }

  *#addNode({ parent: at, side }: Extract<Operation, { do: "addNode" }>): Steps<void> {
    const parent = at === null ? undefined : yield* this.#pick("nodes", at);
    const [label, name] = this.#next();
    const node = this.#keep(label, new TreeNode({ label, name }));
    if (side === "many" && parent) yield* this.#join(parent.object, "children", node);
    else {
      node.parent = parent?.object ?? null;
      this.#face.session.add(node);
    }
    this.#world.nodes.set(label, { name, parent: parent?.label ?? null });
  }

  // ── transactions ───────────────────────────────────────────────────────────
  *#commit(): Steps<void> {
    yield* wait(this.#face.session.commit());
    this.#committed = snapshot(this.#world);
  }

  *#rollback(): Steps<void> {
    yield* wait(this.#face.session.rollback());
    this.#restore(this.#committed);
  }

  *#nested(operations: readonly Operation[], throws: boolean): Steps<void> {
    const before = snapshot(this.#world);
    const player = this;
    this.#depth += 1;
    try {
      yield* wait(
        this.#face.nested(function* inside() {
          for (const each of operations) yield* player.#step(each);
          if (throws) throw new Intended("The savepoint is rolled back on purpose");
        }),
      );
    } catch (error) {
      if (!(error instanceof Intended)) throw error;
      this.#restore(before);
    } finally {
      this.#depth -= 1;
    }
  }
  /** Something is done during which a statement fails, if it has so many. What fails at the top is rolled back. */
  *#failing(what: Fallible, statement: number): Steps<void> {
    const { events } = this.#playground;
    const failCommit = (): void => {
      throw new Intended("This COMMIT fails on purpose");
    };
    try {
      if (what === "commitItself") listen(events, "commit", failCommit);
      else this.#countdown = statement;
      if (what === "flush") yield* wait(this.#face.session.flush());
      else if (what === "query") yield* this.#query("items");
      else yield* this.#commit();
    } catch (error) {
      if (!(error instanceof Intended) || this.#depth > 0) throw error;
      yield* this.#rollback();
    } finally {
      this.#countdown = null;
      if (what === "commitItself") removeListener(events, "commit", failCommit);
    }
  }

  #restore(world: World): void {
    this.#world = snapshot(world);
    for (const [label] of this.#objects) if (!this.#knows(label)) this.#objects.delete(label);
  }
  #knows(label: number): boolean {
    return Object.values(this.#world).some((rows: ReadonlyMap<number, unknown>) => rows.has(label));
  }

  // ── objects ────────────────────────────────────────────────────────────────
  #next(): [label: number, name: string] {
    this.#labels += 1;
    return [this.#labels, `n${this.#labels}`];
  }
  #keep<T extends object>(label: number, object: T): T {
    this.#objects.set(label, object);
    this.#labelOfObject.set(object, label);
    return object;
  }

  /** Also of objects whose rows are gone, so that they cannot load it any more. */
  #labelOf(object: object): number {
    const label = this.#labelOfObject.get(object) ?? (Reflect.get(object, "label") as number);
    this.#labelOfObject.set(object, label);
    return label;
  }

  *#object<K extends Kind>(kind: K, label: number): Steps<InstanceType<(typeof models)[K]>> {
    type Model = InstanceType<(typeof models)[K]>;
    const known = this.#objects.get(label);
    if (known !== undefined) {
      const { status } = inspect(known);
      expect(["pending", "persistent"], `${kind} ${label} is in the session`).toContain(status);
      return known as Model;
    }
    // Which of the models it is does not matter: all have labels.
    const model = models[kind] as typeof Owner;
    const [found] = yield* wait(this.#face.all(select(model).where(model.label.eq(label))));
    expect(found, `${kind} ${label} is in the database`).toBeDefined();
    return this.#keep(label, found as Model);
  }

  *#pick<K extends Kind>(kind: K, at: number): Steps<Picked<K> | undefined> {
    const labels = [...this.#world[kind].keys()];
    const label = labels[at % labels.length];
    return label === undefined ? undefined : { label, object: yield* this.#object(kind, label) };
  }
  *#picks<K extends Kind>(kind: K, ats: readonly number[]): Steps<Picked<K>[]> {
    const found = new Map<number, Picked<K>>();
    for (const at of ats) {
      const picked = yield* this.#pick(kind, at);
      if (picked !== undefined) found.set(picked.label, picked);
    }
    return [...found.values()];
  }
  #items(ats: readonly number[]): Steps<Picked<"items">[]> {
    return this.#picks("items", ats);
  }

  // ── relationships ──────────────────────────────────────────────────────────
  *#collection(object: object, name: string): Steps<object[]> {
    return (yield* wait(this.#face.related(object, name))) as object[];
  }
  *#join(object: object, name: string, member: object): Steps<void> {
    const members = yield* this.#collection(object, name);
    if (!members.includes(member)) members.push(member);
  }
  *#leave(object: object, name: string, member: object): Steps<void> {
    const members = yield* this.#collection(object, name);
    const index = members.indexOf(member);
    if (index >= 0) members.splice(index, 1);
  }

  /** What an object shows is what the model says. Deleted objects may linger in relationships until they are expired. */
  *#look(kind: Kind, label: number, object: object): Steps<void> {
    const shown: Record<string, unknown> = {};
    for (const name of relationshipsOf[kind]) {
      const value = yield* wait(this.#face.related(object, name));
      const objects: readonly object[] = Array.isArray(value) ? value : value === null ? [] : [value as object];
      const labels = objects.map((each) => this.#labelOf(each)).filter((each) => this.#knows(each));
      shown[name] = labels.sort((a, b) => a - b);
    }
    expect(shown, `${kind} ${label}`).toEqual(this.#expected(kind, label));
  }

  #expected(kind: Kind, label: number): Record<string, readonly number[]> {
    const { items, boxes, nodes, profiles } = this.#world;
    const where = <R>(rows: ReadonlyMap<number, R>, test: (row: R) => boolean): number[] =>
      [...rows].filter(([, row]) => test(row)).map(([each]) => each);
    const present = (each: number | null | undefined): number[] => (each === null || each === undefined ? [] : [each]);
    const ascending = (labels: Iterable<number>): number[] => [...labels].sort((a, b) => a - b);
    switch (kind) {
      case "owners":
        return {
          items: ascending(where(items, ({ owner }) => owner === label)),
          boxes: ascending(where(boxes, ({ owner }) => owner === label)),
          profile: where(profiles, ({ owner }) => owner === label),
        };
      case "items":
        return { owner: present(items.get(label)?.owner), tags: ascending(items.get(label)?.tags ?? []) };
      case "profiles":
        return { owner: present(profiles.get(label)?.owner) };
      case "boxes":
        return { owner: present(boxes.get(label)?.owner) };
      case "tags":
        return { items: ascending(where(items, ({ tags }) => tags.has(label))) };
      case "nodes":
        return {
          parent: present(nodes.get(label)?.parent),
          children: ascending(where(nodes, ({ parent }) => parent === label)),
        };
    }
  }

  /** A query sees what has been done, because it is flushed before. */
  *#query(kind: Kind): Steps<void> {
    const found = yield* wait<readonly object[]>(this.#face.all(everything[kind]));
    const labels = found.map((each) => this.#labelOf(each)).sort((a, b) => a - b);
    expect(labels, `all ${kind}`).toEqual([...this.#world[kind].keys()].sort((a, b) => a - b));
  }
}

interface Picked<K extends Kind> {
  readonly label: number;
  readonly object: InstanceType<(typeof models)[K]>;
}

const relationshipsOf: Readonly<Record<Kind, readonly string[]>> = {
  owners: ["items", "boxes", "profile"],
  items: ["owner", "tags"],
  profiles: ["owner"],
  boxes: ["owner"],
  tags: ["items"],
  nodes: ["parent", "children"],
};

function setOwner<O extends number | null>(rows: ReadonlyMap<number, { owner: O }>, label: number, owner: O): void {
  const row = rows.get(label);
  if (row !== undefined) row.owner = owner;
}
