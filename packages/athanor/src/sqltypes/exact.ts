import { type Affinity, SqlType, type TypeTraits } from "./sql-type.ts";

/** A type that DDL calls by one name on every database; its values are those of another type. */
export class ExactType<T = unknown> extends SqlType<T> {
  readonly kind = "exact";
  /** The text in DDL. */
  readonly text: string;
  readonly base: SqlType<T>;

  constructor(text: string, base: SqlType<T>) {
    super();
    this.text = text;
    this.base = base;
  }

  override get key(): string {
    return `exact:${JSON.stringify(this.text)}(${this.base.key})`;
  }
  override get affinity(): Affinity {
    return this.base.affinity;
  }
  override get mutable(): boolean {
    return this.base.mutable;
  }
  override get needsBigInt(): boolean {
    return this.base.needsBigInt;
  }
  override bindProcessor(traits: TypeTraits): ((value: unknown) => unknown) | null {
    return this.base.bindProcessor(traits);
  }
  override resultProcessor(traits: TypeTraits): ((value: unknown) => unknown) | null {
    return this.base.resultProcessor(traits);
  }
  override snapshot(value: unknown): unknown {
    return this.base.snapshot(value);
  }
  override restore(snapshot: unknown): unknown {
    return this.base.restore(snapshot);
  }
  override isUnchanged(snapshot: unknown, value: unknown): boolean {
    return this.base.isUnchanged(snapshot, value);
  }
}
