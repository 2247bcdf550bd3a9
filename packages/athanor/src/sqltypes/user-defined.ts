import { type Affinity, SqlType, type TypeTraits } from "./sql-type.ts";
import { copyOf, isSameCopy, originalOf, StoredForm } from "./stored-form.ts";

export interface UserDefinedOptions<T, U> {
  /** What DDL and CAST call it: `"GEOMETRY(POINT, 4326)"`. The programmer's text, never a user's input. */
  readonly name: string;
  /** Which operators it has, and what a literal beside it becomes. Default: none of its own. */
  readonly affinity?: Affinity;
  /** Turns a value into what the driver takes. Never called for null. */
  readonly bind?: (value: T) => U;
  /** The way back. Never called for null. */
  readonly result?: (value: U) => T;
}

/** Words, quoted or not, with parameters and array brackets: nothing that could end the place of a type. */
const typeName = /^(?:[\w.$]+|"[^"\0]+")(?: [\w.$]+)*(?:\((?:[\w.$, -]|'[^'\\\0]*')*\))?(?: [\w.$]+)*(?:\[\])*$/;

let identities = 0;

/** A type of the database that the library does not know, by its name. */
export class UserDefinedType<T = unknown, U = unknown> extends SqlType<T> {
  readonly kind = "userDefined";
  readonly affinity: Affinity;
  readonly name: string;
  readonly #bind: ((value: T) => U) | null;
  readonly #result: ((value: U) => T) | null;
  readonly #identity: number;

  constructor(options: UserDefinedOptions<T, U>) {
    super();
    if (!typeName.test(options.name)) {
      throw new TypeError(
        `userDefinedType() takes a name such as "GEOMETRY(POINT, 4326)", not ${JSON.stringify(options.name)}`,
      );
    }
    this.name = options.name;
    this.affinity = options.affinity ?? "null";
    this.#bind = options.bind ?? null;
    this.#result = options.result ?? null;
    identities += 1;
    this.#identity = identities;
  }

  override get key(): string {
    // Two with the same name may convert in different ways.
    return this.#bind === null && this.#result === null
      ? `userDefined:${this.affinity}:${this.name}`
      : `userDefined:${this.#identity}:${this.name}`;
  }
  override comparedType(): SqlType {
    return this;
  }
  override get mutable(): boolean {
    return true;
  }
  override snapshot(value: unknown): unknown {
    return typeof value === "object" && value !== null ? new StoredForm(copyOf(this.#store(value))) : value;
  }
  override restore(snapshot: unknown): unknown {
    if (!(snapshot instanceof StoredForm)) return snapshot;
    const stored = originalOf(snapshot.stored, this.#bind === null);
    return this.#result === null ? stored : this.#result(stored as U);
  }
  override isUnchanged(snapshot: unknown, value: unknown): boolean {
    if (!(snapshot instanceof StoredForm)) return Object.is(snapshot, value);
    return isSameCopy(snapshot.stored, copyOf(this.#store(value)));
  }
  #store(value: unknown): unknown {
    return this.#bind === null ? value : this.#bind(value as T);
  }
  override bindProcessor(_traits: TypeTraits): ((value: unknown) => unknown) | null {
    return this.#bind as ((value: unknown) => unknown) | null;
  }
  override resultProcessor(_traits: TypeTraits): ((value: unknown) => unknown) | null {
    return this.#result as ((value: unknown) => unknown) | null;
  }
}
