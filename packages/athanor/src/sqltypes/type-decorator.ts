import { describeValue } from "./refuse.ts";
import { type Affinity, SqlType, type TypeTraits } from "./sql-type.ts";
import { StoredForm } from "./stored-form.ts";

export interface Conversion<T, U> {
  /** Turns a value of the program's into one that the underlying type stores. Never called for null. */
  readonly bind: (value: T) => U | null;
  /** The way back. Never called for null. */
  readonly result: (value: U) => T;
  /**
   * Whether values can change in place, so that a copy of what would be stored is kept for comparison. By default objects
   * (a Set, an array, an object of a class) can, and other values cannot; false, for objects that never change.
   */
  readonly mutable?: boolean;
  /** For messages. */
  readonly name?: string;
  /**
   * The type of a plain value beside one of this type in an operator, such as a text that a JSON document is searched for.
   * Default: this type.
   */
  readonly comparedType?: (value: unknown) => SqlType | null;
}

let decorators = 0;

/**
 * A type that stores another: values are converted on the way in and out, by functions of the program's own. Two
 * values are equal where what is stored is equal.
 */
export class TypeDecorator<T = unknown, U = unknown> extends SqlType<T> {
  readonly kind = "decorator";
  readonly impl: SqlType;
  readonly conversion: Conversion<T, U>;
  readonly #identity: number;

  constructor(impl: SqlType, conversion: Conversion<T, U>) {
    super();
    this.impl = impl;
    this.conversion = conversion;
    decorators += 1;
    this.#identity = decorators;
  }

  override get key(): string {
    return `decorator:${this.#identity}(${this.impl.key})`;
  }
  override get stored(): SqlType {
    return this.impl.stored;
  }
  override storedOn(dialects: readonly string[]): SqlType {
    return this.impl.storedOn(dialects);
  }
  override comparedType(value: unknown): SqlType {
    return this.conversion.comparedType?.(value) ?? this;
  }
  override get affinity(): Affinity {
    return this.impl.affinity;
  }
  override get mutable(): boolean {
    return this.conversion.mutable ?? true;
  }
  override get needsBigInt(): boolean {
    return this.impl.needsBigInt;
  }

  override bindProcessor(traits: TypeTraits): (value: unknown) => unknown {
    const inner = this.impl.bindProcessor(traits);
    return (value) => {
      const stored = this.#store(value);
      return stored === null || inner === null ? stored : inner(stored);
    };
  }

  override resultProcessor(traits: TypeTraits): (value: unknown) => unknown {
    const inner = this.impl.resultProcessor(traits);
    const { result } = this.conversion;
    return (value) => result((inner === null ? value : inner(value)) as U);
  }

  override snapshot(value: unknown): unknown {
    if (value === null || value === undefined) return value;
    const { mutable } = this.conversion;
    if (mutable === true) return this.impl.snapshot(this.#store(value));
    if (mutable === false || typeof value !== "object") return value;
    return new StoredForm(this.impl.snapshot(this.#store(value)));
  }

  override restore(snapshot: unknown): unknown {
    if (snapshot === null || snapshot === undefined) return snapshot;
    if (snapshot instanceof StoredForm) return this.conversion.result(this.impl.restore(snapshot.stored) as U);
    return this.conversion.mutable === true ? this.conversion.result(this.impl.restore(snapshot) as U) : snapshot;
  }

  override isUnchanged(snapshot: unknown, value: unknown): boolean {
    if (Object.is(snapshot, value)) return true;
    if (snapshot === null || snapshot === undefined || value === null || value === undefined) return false;
    return this.impl.isUnchanged(this.#storedIn(snapshot), this.#store(value));
  }

  /** What was stored, as the underlying type keeps it. */
  #storedIn(snapshot: unknown): unknown {
    if (snapshot instanceof StoredForm) return snapshot.stored;
    return this.conversion.mutable === true ? snapshot : this.impl.snapshot(this.#store(snapshot));
  }

  #store(value: unknown): U | null {
    if (value === undefined) {
      const name = this.conversion.name ?? "typeDecorator()";
      throw new TypeError(`${name} takes a value, not ${describeValue(value)}; write null for SQL NULL`);
    }
    return this.conversion.bind(value as T);
  }
}
