import { ArgumentError } from "../../errors/errors.ts";
import type { Handler, Listeners } from "../../events/listeners.ts";
import type { Mapper } from "../mapping/mapper.ts";
import { isQuiet } from "./quiet.ts";

/** Where a change began: the attribute that the program has changed. Its other side follows with the same initiator. */
export interface AttributeInitiator {
  readonly className: string;
  readonly key: string;
  readonly operation: "set" | "append" | "remove" | "bulkReplace";
}

/** What a validator is told beside the value. */
export interface ValidatedChange {
  /** The name of the attribute. */
  readonly key: string;
  /** The value leaves a collection: only where `includeRemoves` was asked for. */
  readonly isRemove: boolean;
}

/** A validator of an attribute, and when it is asked. */
export interface Validator {
  readonly check: (object: object, value: unknown, change: ValidatedChange) => unknown;
  readonly includeRemoves: boolean;
  readonly includeBackrefs: boolean;
}

/** What is done with the changes of one attribute of one class. There is none where nobody listens. */
export class AttributeHooks {
  readonly key: string;
  readonly activeHistory: boolean;
  readonly #className: string;
  readonly #listeners: Listeners;
  readonly #validator: () => Validator | null;

  constructor(
    { className }: Mapper,
    key: string,
    listeners: Listeners,
    validator: () => Validator | null,
    activeHistory: boolean,
  ) {
    this.key = key;
    this.activeHistory = activeHistory;
    this.#className = className;
    this.#listeners = listeners;
    this.#validator = validator;
  }

  initiator(operation: AttributeInitiator["operation"]): AttributeInitiator {
    return { className: this.#className, key: this.key, operation };
  }
  hears(event: string): boolean {
    return this.#listeners.has(event);
  }

  /** A value is about to be assigned; what is to be assigned in fact. `before` is undefined where it is not known. */
  set(object: object, value: unknown, before: unknown, initiator: AttributeInitiator): unknown {
    const checked = this.#checked(object, value, initiator, false);
    return this.#passed("set", checked, (handler, current) => handler(object, current, before, initiator));
  }
  /** A member is about to come into a collection. */
  append(object: object, member: unknown, initiator: AttributeInitiator): unknown {
    // What comes with a whole collection has been looked at with it.
    const isChecked = initiator.operation === "bulkReplace" && this.#isOwn(initiator);
    const checked = isChecked ? member : this.#checked(object, member, initiator, false);
    return this.#passed("append", checked, (handler, current) => handler(object, current, initiator));
  }
  /** A member is put into a collection that has it already. */
  appendWithoutMutation(object: object, member: unknown, initiator: AttributeInitiator): void {
    if (this.hears("appendWoMutation")) this.#listeners.fire("appendWoMutation", object, member, initiator);
  }
  /** A member is about to leave a collection. */
  remove(object: object, member: unknown, initiator: AttributeInitiator): void {
    if (this.#validator()?.includeRemoves === true) this.#checked(object, member, initiator, true);
    if (this.hears("remove")) this.#listeners.fire("remove", object, member, initiator);
  }
  /** A whole collection is assigned: handlers may change the list of its members. */
  bulkReplace(object: object, members: unknown[], initiator: AttributeInitiator): void {
    if (this.#validator() !== null) {
      for (const [index, member] of members.entries()) {
        members[index] = this.#checked(object, member, initiator, false);
      }
    }
    if (this.hears("bulkReplace")) this.#listeners.fire("bulkReplace", object, members, initiator);
  }
  /** What an attribute without a value is read as. */
  initial(object: object): unknown {
    let value: unknown;
    for (const answer of this.#listeners.fire("initScalar", object, value)) if (answer !== undefined) value = answer;
    return value;
  }
  tell(event: "initCollection" | "disposeCollection" | "modified", object: object, about: unknown): void {
    if (this.hears(event)) this.#listeners.fire(event, object, about);
  }

  #isOwn({ className, key }: AttributeInitiator): boolean {
    return key === this.key && className === this.#className;
  }
  #checked(object: object, value: unknown, initiator: AttributeInitiator, isRemove: boolean): unknown {
    const validator = this.#validator();
    if (validator === null || (!validator.includeBackrefs && !this.#isOwn(initiator))) return value;
    const checked = validator.check(object, value, { key: this.key, isRemove });
    if (checked !== undefined || isRemove) return checked;
    throw new ArgumentError(
      `The validator of ${this.#className}.${this.key} has returned nothing: it returns the value, or null.`,
    );
  }
  #passed(
    event: "set" | "append",
    value: unknown,
    call: (handler: (...args: readonly unknown[]) => unknown, current: unknown) => unknown,
  ): unknown {
    if (!this.hears(event)) return value;
    let current = value;
    for (const handler of this.#listeners.take(event) as readonly (Handler & (() => unknown))[]) {
      const answer = call(handler, current);
      if (answer !== undefined) current = answer;
    }
    return current;
  }
}

/** The hooks of an attribute, or null: mostly nobody listens to any attribute of a class, or it is the library itself that changes it. */
export function hooksOf({ hooks }: Mapper, key: string): AttributeHooks | null {
  return hooks === null || isQuiet() ? null : (hooks.get(key) ?? null);
}
