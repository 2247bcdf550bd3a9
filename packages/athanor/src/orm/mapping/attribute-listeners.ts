import { type Handler, Listeners, type ListenOptions } from "../../events/listeners.ts";
import { AttributeHooks, type Validator } from "../instrumentation/attribute-hooks.ts";
import { Entity } from "../instrumentation/entity.ts";
import type { Mapper } from "./mapper.ts";

export const attributeEventNames = [
  "set",
  "append",
  "appendWoMutation",
  "remove",
  "bulkReplace",
  "initScalar",
  "initCollection",
  "disposeCollection",
  "modified",
] as const;

/** The handlers and the validator of one attribute of one class. */
class AttributeListeners extends Listeners {
  readonly #model: object;
  readonly #key: string;
  readonly #above: AttributeListeners | null;
  #validator: Validator | null = null;
  #activeHistory = false;
  #isObserved = false;

  constructor(model: object, key: string, above: AttributeListeners | null) {
    super(attributeEventNames, above);
    this.#model = model;
    this.#key = key;
    this.#above = above;
  }

  override add(event: string, handler: Handler, options: ListenOptions): void {
    super.add(event, handler, options);
    if (options.activeHistory === true) this.#activeHistory = true;
    this.#observe();
  }
  setValidator(validator: Validator): void {
    this.#validator = validator;
    this.#observe();
  }
  #observe(): void {
    this.#isObserved = true;
    for (const mapper of mappersBelow.get(this.#model) ?? []) hook(mapper, this.#key);
  }

  /** The class's own, or else that of the nearest class above. */
  get validator(): Validator | null {
    return this.#validator ?? this.#above?.validator ?? null;
  }
  get activeHistory(): boolean {
    return this.#activeHistory || (this.#above?.activeHistory ?? false);
  }
  /** Somebody listens here or above, or has listened. */
  get isObserved(): boolean {
    return this.#isObserved || (this.#above?.isObserved ?? false);
  }
}

const known = new WeakMap<object, Map<string, AttributeListeners>>();
/** The mappers of a class and of the classes below it, as far as there are some. */
const mappersBelow = new WeakMap<object, Set<Mapper>>();

/** A class, and those that it extends, up to what all models have in common. */
function* lineage(model: object): Iterable<object> {
  let current: object | null = model;
  while (typeof current === "function" && current !== Entity) {
    yield current;
    current = Object.getPrototypeOf(current) as object | null;
  }
}

/** The handlers of an attribute of a class: what `listen(attributeOf(User, "name"), …)` adds to. The class need not be mapped yet. */
export function attributeListeners(model: object, key: string): AttributeListeners {
  let above: AttributeListeners | null = null;
  for (const each of [...lineage(model)].toReversed()) {
    let own = known.get(each);
    if (own === undefined) {
      own = new Map();
      known.set(each, own);
    }
    let listeners: AttributeListeners | undefined = own.get(key);
    if (listeners === undefined) {
      listeners = new AttributeListeners(each, key, above);
      own.set(key, listeners);
    }
    above = listeners;
  }
  return above ?? new AttributeListeners(model, key, null);
}

/** A class has been mapped: those who have listened to its attributes, or to those of classes above it, are heard from now on. */
export function adoptListeners(mapper: Mapper): void {
  const keys = new Set<string>();
  for (const each of lineage(mapper.class)) {
    const mappers = mappersBelow.get(each) ?? new Set();
    mappersBelow.set(each, mappers.add(mapper));
    for (const [key, listeners] of known.get(each) ?? []) if (listeners.isObserved) keys.add(key);
  }
  for (const key of keys) hook(mapper, key);
}

function hook(mapper: Mapper, key: string): void {
  const listeners = attributeListeners(mapper.class, key);
  const hooks = new AttributeHooks(mapper, key, listeners, () => listeners.validator, listeners.activeHistory);
  mapper.hook(hooks);
}
