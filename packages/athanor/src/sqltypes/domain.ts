import type { SqlValue } from "../util/symbols.ts";
import { type Affinity, SqlType, type TypeTraits } from "./sql-type.ts";

export interface DomainOptions {
  /** What every value must satisfy; `VALUE` stands for it: `sqlText("VALUE ~ '@'")`. */
  readonly check?: SqlValue<unknown>;
  /** The name of that constraint. */
  readonly constraintName?: string;
  readonly notNull?: boolean;
  /** A string is written as a literal, SQL as it is. */
  readonly default?: string | SqlValue<unknown>;
  readonly collation?: string;
  readonly schema?: string;
}

/** A type of the database's own that restricts another: CREATE DOMAIN, in PostgreSQL alone. */
export class DomainType<T = unknown> extends SqlType<T> {
  readonly kind = "domain";
  readonly name: string;
  /** The type that it restricts. */
  readonly base: SqlType<T>;
  readonly options: DomainOptions;

  constructor(name: string, base: SqlType<T>, options: DomainOptions = {}) {
    super();
    this.name = name;
    this.base = base;
    this.options = options;
  }

  get schema(): string | null {
    return this.options.schema ?? null;
  }
  override get key(): string {
    return `domain:${JSON.stringify([this.name, this.schema])}(${this.base.key})`;
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
  override parts(dialects: readonly string[]): readonly SqlType[] {
    return [...this.base.parts(dialects), this];
  }
  override inSchema(schema: string): SqlType<T> {
    return this.schema === null ? new DomainType(this.name, this.base, { ...this.options, schema }) : this;
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
