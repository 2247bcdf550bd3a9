import { requireState } from "../instrumentation/entity.ts";
import type { IdentityKey, InstanceState } from "../instrumentation/instance-state.ts";
import type { Mapper } from "../mapping/mapper.ts";

interface Parked {
  readonly objects: WeakObjects;
  readonly key: IdentityKey;
  readonly ref: WeakRef<InstanceState>;
}

/** Entries of objects that nobody has any more. */
const vanished = /* @__PURE__ */ new FinalizationRegistry<Parked>(({ objects, key, ref }) => objects.forget(key, ref));
const parkedStates = new WeakSet<InstanceState>();

/**
 * Objects of a session that does not keep what it need not: those that may have changed are held, the others are only known.
 *
 * What is assigned to an attribute is data of the object, of which nobody is told. So an object that is only known is parked:
 * its attributes are accessors, and the first that is read or written makes it a held one again, with its values as data.
 */
export class WeakObjects extends Map<IdentityKey, InstanceState> {
  readonly #known = new Map<IdentityKey, WeakRef<InstanceState>>();

  override get(key: IdentityKey): InstanceState | undefined {
    return super.get(key) ?? this.#known.get(key)?.deref();
  }
  override has(key: IdentityKey): boolean {
    return this.get(key) !== undefined;
  }
  override set(key: IdentityKey, state: InstanceState): this {
    this.#known.delete(key);
    return super.set(key, state);
  }
  override delete(key: IdentityKey): boolean {
    const state = this.get(key);
    if (state !== undefined) unpark(state);
    return this.#known.delete(key) || super.delete(key);
  }
  /** Those that are held: what has changed is among them. */
  held(): MapIterator<InstanceState> {
    return super.values();
  }
  override *values(): MapIterator<InstanceState> {
    yield* super.values();
    for (const ref of this.#known.values()) {
      const state = ref.deref();
      if (state !== undefined) yield state;
    }
  }
  override get size(): number {
    return super.size + this.#known.size;
  }

  /** Lets go of an object that is as its row is. */
  park(key: IdentityKey, state: InstanceState): void {
    // It keeps values of a kind that columns know nothing of.
    if (state.mapper.derived.length > 0) return;
    for (const property of state.mapper.columns) {
      if (Object.hasOwn(state.object, property.key))
        Object.defineProperty(state.object, property.key, accessor(property));
    }
    parkedStates.add(state);
    super.delete(key);
    const ref = new WeakRef(state);
    this.#known.set(key, ref);
    vanished.register(state, { objects: this, key, ref }, state);
  }
  /** Holds an object again that was parked. */
  hold(key: IdentityKey, state: InstanceState): void {
    if (this.#known.delete(key)) super.set(key, state);
    unpark(state);
  }
  forget(key: IdentityKey, ref: WeakRef<InstanceState>): void {
    if (this.#known.get(key) === ref) this.#known.delete(key);
  }
}

type Property = Mapper["columns"][number];
const accessors = new WeakMap<Property, PropertyDescriptor>();

/** Stands for a column of a parked object. */
function accessor(property: Property): PropertyDescriptor {
  let found = accessors.get(property);
  if (found === undefined) {
    const { key } = property;
    found = {
      enumerable: true,
      configurable: true,
      get(this: object): unknown {
        wake(requireState(this));
        return Reflect.get(this, key);
      },
      set(this: object, value: unknown): void {
        wake(requireState(this));
        Reflect.set(this, key, value);
      },
    };
    accessors.set(property, found);
  }
  return found;
}

/** An attribute of a parked object is read or written: its session holds it from now on. */
function wake(state: InstanceState): void {
  state.session?.markModified(state);
  unpark(state);
}

/** Gives a parked object its values back as data. */
function unpark(state: InstanceState): void {
  if (!parkedStates.delete(state)) return;
  vanished.unregister(state);
  for (const property of state.mapper.columns) {
    const { key, index, type } = property;
    // What was assigned or loaded in the meantime stays.
    if (Object.getOwnPropertyDescriptor(state.object, key)?.get !== accessor(property).get) continue;
    const before = state.committed?.[index];
    const value = before === null || before === undefined ? before : type.restore(before);
    Object.defineProperty(state.object, key, { value, writable: true, enumerable: true, configurable: true });
  }
}
