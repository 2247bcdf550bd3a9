import type { Columns } from "../mapping/column-access.ts";
import { hooksOf } from "./attribute-hooks.ts";
import { requireState } from "./entity.ts";

/**
 * Columns are data of their objects, so that nobody notices when they are assigned. Where somebody listens to a column of a
 * class, its objects have an accessor of their own in the place of that one value: enumerable as data is, so that copying,
 * comparing and printing do not tell the difference. The value stands behind a symbol. Other columns stay as they are.
 */
export class ColumnInterception {
  readonly key: string;
  readonly #slot: symbol;
  readonly #own: PropertyDescriptor;
  /** For the prototype, from where objects without a value are assigned one. */
  readonly inherited: PropertyDescriptor;

  constructor(key: string) {
    this.key = key;
    this.#slot = Symbol(key);
    const slot = this.#slot;
    const assign = (object: object, value: unknown): void => this.#assign(object, value);
    const set = function (this: object, value: unknown): void {
      assign(this, value);
    };
    this.#own = {
      configurable: true,
      enumerable: true,
      get(this: Record<symbol, unknown>) {
        return this[slot];
      },
      set,
    };
    this.inherited = {
      configurable: true,
      enumerable: false,
      get(this: object) {
        return hooksOf(requireState(this).mapper, key)?.initial(this);
      },
      set,
    };
  }

  /** Gives an object the value without telling anybody. */
  put(object: object, value: unknown): void {
    if (!Object.hasOwn(object, this.key)) {
      Object.defineProperty(object, this.#slot, { configurable: true, enumerable: false, writable: true, value });
      Object.defineProperty(object, this.key, this.#own);
    } else if (this.#isIntercepted(object)) Reflect.set(object, this.#slot, value);
    // It was there before anybody listened.
    else (object as Columns)[this.key] = value;
  }

  #isIntercepted(object: object): boolean {
    return Object.getOwnPropertyDescriptor(object, this.key)?.set === this.#own.set;
  }

  #assign(object: object, value: unknown): void {
    const state = requireState(object);
    const hooks = hooksOf(state.mapper, this.key);
    const isUnset = !Object.hasOwn(object, this.key);
    if (hooks === null) this.put(object, value);
    else {
      const isWanted = hooks.activeHistory || state.mapper.columnsByKey.get(this.key)?.activeHistory === true;
      if (isUnset && isWanted) loadFormer(object, this.key);
      const before = Object.hasOwn(object, this.key) ? (object as Columns)[this.key] : undefined;
      this.put(object, hooks.set(object, value, before, hooks.initiator("set")));
    }
    if (isUnset) state.session?.markModified(state);
  }
}

/** The old value is wanted: it is loaded where that can be done at once. */
function loadFormer(object: object, key: string): void {
  const state = requireState(object);
  const { session, mapper } = state;
  const column = mapper.columnsByKey.get(key);
  if (column === undefined || state.status !== "persistent" || session === null || !session.synchronous) return;
  session.runNow(session.loadForReading(state, [column]));
}
