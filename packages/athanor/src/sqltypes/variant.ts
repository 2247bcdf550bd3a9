import { type Affinity, SqlType, type TypeTraits } from "./sql-type.ts";

/**
 * A type that is another one on some databases. The first one governs operators everywhere; on its databases, the variant
 * governs DDL and the conversion of values.
 */
export class VariantType<T = unknown> extends SqlType<T> {
  readonly kind = "variant";
  readonly base: SqlType<T>;
  readonly variants: ReadonlyMap<string, SqlType<T>>;

  constructor(base: SqlType<T>, variants: ReadonlyMap<string, SqlType<T>>) {
    super();
    this.base = base;
    this.variants = variants;
  }

  override get key(): string {
    const variants = Array.from(this.variants, ([dialect, type]) => `${JSON.stringify(dialect)}:${type.key}`);
    return `variant:(${this.base.key})[${variants.join()}]`;
  }
  override get stored(): SqlType {
    return this.base.stored;
  }
  override get affinity(): Affinity {
    return this.base.affinity;
  }
  override get mutable(): boolean {
    return this.base.mutable;
  }
  override get needsBigInt(): boolean {
    return this.base.needsBigInt || [...this.variants.values()].some((type) => type.needsBigInt);
  }

  /** The type on a database, which may have several names: its own, and that of the one it is a variant of. */
  on(dialects: readonly string[]): SqlType<T> {
    const name = dialects.find((each) => this.variants.has(each));
    return (name === undefined ? undefined : this.variants.get(name)) ?? this.base;
  }
  override storedOn(dialects: readonly string[]): SqlType {
    return this.on(dialects).storedOn(dialects);
  }
  override parts(dialects: readonly string[]): readonly SqlType[] {
    return this.on(dialects).parts(dialects);
  }
  override inSchema(schema: string): SqlType<T> {
    const variants = Array.from(this.variants, ([dialect, type]) => [dialect, type.inSchema(schema)] as const);
    return new VariantType(this.base.inSchema(schema), new Map(variants));
  }

  override get bindsNull(): boolean {
    return this.base.bindsNull;
  }
  override memberType(value: unknown): SqlType {
    const member = this.base.memberType(value);
    return member === this.base ? this : member;
  }
  override bindProcessor(traits: TypeTraits): ((value: unknown) => unknown) | null {
    return this.on(traits.dialects ?? []).bindProcessor(traits);
  }
  override resultProcessor(traits: TypeTraits): ((value: unknown) => unknown) | null {
    return this.on(traits.dialects ?? []).resultProcessor(traits);
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
