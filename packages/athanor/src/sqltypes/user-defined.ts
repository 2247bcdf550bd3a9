import { type Affinity, SqlType, type TypeTraits } from "./sql-type.ts";

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
  override bindProcessor(_traits: TypeTraits): ((value: unknown) => unknown) | null {
    return this.#bind as ((value: unknown) => unknown) | null;
  }
  override resultProcessor(_traits: TypeTraits): ((value: unknown) => unknown) | null {
    return this.#result as ((value: unknown) => unknown) | null;
  }
}
