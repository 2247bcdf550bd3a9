import { refuseValue } from "./refuse.ts";
import { type Affinity, SqlType, type TypeTraits } from "./sql-type.ts";

export interface StringOptions {
  /** The collation by which the database sorts and compares the column. */
  readonly collation?: string;
}

/** What all texts have in common: a length, which the database checks or not, and a collation. */
export abstract class StringType extends SqlType<string> {
  readonly affinity: Affinity = "text";
  readonly length: number | null;
  readonly collation: string | null;

  constructor(length: number | null = null, options: StringOptions = {}) {
    super();
    this.length = length;
    this.collation = options.collation ?? null;
  }

  override get key(): string {
    return this.length === null && this.collation === null
      ? this.kind
      : `${this.kind}:${this.length ?? ""}:${this.collation ?? ""}`;
  }

  override bindProcessor(_traits: TypeTraits): (value: unknown) => unknown {
    return (value) => (typeof value === "string" ? value : refuseValue(`${this.kind}()`, "a string", value));
  }
}

/** Text of limited length. */
export class VarcharType extends StringType {
  readonly kind = "varchar";
}

/** Text of fixed length. */
export class CharType extends StringType {
  readonly kind = "char";
}

/** Text of any length. */
export class TextType extends StringType {
  readonly kind = "text";
}
