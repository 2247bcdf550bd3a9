import { type Affinity, SqlType, type TypeTraits } from "./sql-type.ts";

/**
 * SQL around the values of a type: functions from an expression to another. What an expression is, this room does not
 * know; the expression language reads them.
 */
export interface SqlSide {
  /** Around each value that goes into a statement. */
  readonly bind: ((parameter: object) => object) | null;
  /** Around the column where a statement returns it. */
  readonly column: ((column: object) => object) | null;
}

let identities = 0;

/** A type whose values are converted by the database, too. */
export class SqlSideType<T = unknown> extends SqlType<T> {
  readonly kind = "sqlSide";
  readonly impl: SqlType;
  readonly #side: SqlSide;
  readonly #identity: number;

  constructor(impl: SqlType, side: SqlSide) {
    super();
    this.impl = impl;
    this.#side = side;
    identities += 1;
    this.#identity = identities;
  }

  override get key(): string {
    return `sqlSide:${this.#identity}(${this.impl.key})`;
  }
  override get sqlSide(): SqlSide {
    return this.#side;
  }
  override get stored(): SqlType {
    return this.impl.stored;
  }
  override storedOn(dialects: readonly string[]): SqlType {
    return this.impl.storedOn(dialects);
  }
  override parts(dialects: readonly string[]): readonly SqlType[] {
    return this.impl.parts(dialects);
  }
  override inSchema(schema: string): SqlType<T> {
    return new SqlSideType<T>(this.impl.inSchema(schema), this.#side);
  }
  override get affinity(): Affinity {
    return this.impl.affinity;
  }
  override get mutable(): boolean {
    return this.impl.mutable;
  }
  override get needsBigInt(): boolean {
    return this.impl.needsBigInt;
  }
  override get bindsNull(): boolean {
    return this.impl.bindsNull;
  }
  override memberType(value: unknown): SqlType {
    return this.impl.memberType(value);
  }
  override bindProcessor(traits: TypeTraits): ((value: unknown) => unknown) | null {
    return this.impl.bindProcessor(traits);
  }
  override resultProcessor(traits: TypeTraits): ((value: unknown) => unknown) | null {
    return this.impl.resultProcessor(traits);
  }
  override snapshot(value: unknown): unknown {
    return this.impl.snapshot(value);
  }
  override restore(snapshot: unknown): unknown {
    return this.impl.restore(snapshot);
  }
  override isUnchanged(snapshot: unknown, value: unknown): boolean {
    return this.impl.isUnchanged(snapshot, value);
  }
}
