import { CompileError } from "../errors/errors.ts";
import { type Affinity, SqlType, type TypeTraits } from "./sql-type.ts";

/** A type that DDL calls by one name on every database; its values are those of another type. */
export class ExactType<T = unknown> extends SqlType<T> {
  readonly kind = "exact";
  /** The text in DDL. */
  readonly text: string;
  readonly base: SqlType<T>;
  /** The databases that have it; null: nobody asks. */
  readonly dialects: readonly string[] | null;

  constructor(text: string, base: SqlType<T>, dialects: readonly string[] | null = null) {
    super();
    this.text = text;
    this.base = base;
    this.dialects = dialects;
  }

  /**
   * The text in the DDL of a database, by its names.
   *
   * @throws CompileError when the database is known not to have the type.
   */
  textOn(names: readonly string[]): string {
    const { dialects, text } = this;
    if (dialects === null || names.some((name) => dialects.includes(name))) return text;
    throw new CompileError(
      `${text} is a type of ${dialects.join(" and ")}, and ${names[0]} has none such. ` +
        `Take a type that every database has, and this one for its own: integer().withVariant("${dialects[0]}", …).`,
    );
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
