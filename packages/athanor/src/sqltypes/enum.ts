import { refuseResult, refuseValue } from "./refuse.ts";
import { SqlType, type TypeTraits } from "./sql-type.ts";

export interface EnumOptions {
  /** False: text, even where the database has enumerations. */
  readonly native?: boolean;
  /** A CHECK on the values where the column is text; a string names it. */
  readonly createConstraint?: boolean | string;
  /** The length of the column where it is text; the longest value's by default. */
  readonly length?: number;
  readonly schema?: string;
}

/** One of a list of texts. */
export class EnumType<V extends string = string> extends SqlType<V> {
  readonly kind = "enum";
  readonly affinity = "enum";
  /** The name of the type in databases that have enumerations. */
  readonly name: string;
  readonly values: readonly V[];
  readonly native: boolean;
  readonly createConstraint: boolean | string;
  readonly length: number;
  readonly schema: string | null;
  readonly #members: ReadonlySet<unknown>;

  constructor(name: string, values: readonly V[], options: EnumOptions = {}) {
    super();
    if (values.length === 0) throw new TypeError(`enumType(${JSON.stringify(name)}, …) needs one value at least`);
    this.name = name;
    this.values = Object.freeze([...values]);
    this.native = options.native ?? true;
    this.createConstraint = options.createConstraint ?? false;
    this.length = options.length ?? Math.max(...values.map((value) => [...value].length));
    this.schema = options.schema ?? null;
    this.#members = new Set(values);
    if (this.#members.size !== values.length) {
      throw new TypeError(`enumType(${JSON.stringify(name)}, …) was given a value twice`);
    }
  }

  override get key(): string {
    return `enum:${JSON.stringify([this.name, this.schema, this.native, this.length, this.values])}`;
  }

  override inSchema(schema: string): EnumType<V> {
    if (this.schema !== null || !this.native) return this;
    const { name, values, native, createConstraint, length } = this;
    return new EnumType<V>(name, values, { native, createConstraint, length, schema });
  }

  override bindProcessor(_traits: TypeTraits): (value: unknown) => unknown {
    return (value) => {
      if (this.#members.has(value)) return value;
      if (typeof value !== "string") return refuseValue(this.#title(), this.#choice(), value);
      throw new TypeError(`${this.#title()} takes ${this.#choice()}, and the value is none of them`);
    };
  }

  override resultProcessor(_traits: TypeTraits): (value: unknown) => unknown {
    return (value) => {
      if (this.#members.has(value)) return value;
      if (typeof value !== "string") return refuseResult(this.#title(), this.#choice(), value);
      throw new TypeError(`${this.#title()} reads ${this.#choice()}, and the database gave none of them`);
    };
  }

  #title(): string {
    return `enumType(${JSON.stringify(this.name)})`;
  }
  #choice(): string {
    return this.values.map((value) => JSON.stringify(value)).join(" or ");
  }
}
