import { ArgumentError } from "../errors/errors.ts";
import type { Column } from "./column.ts";
import type { Given, SequenceOptions } from "./column-definition.ts";
import type { MetaData } from "./metadata.ts";

export interface SequenceDeclaration extends SequenceOptions {
  /** With whose tables it is created and dropped. */
  readonly metadata?: MetaData;
  /** The metadata's schema by default. */
  readonly schema?: string;
  /** The type of its numbers: `bigInteger()`. The database's choice by default. */
  readonly type?: Column<number | bigint, Given>;
}

/** A generator of numbers in the database. Given to a MetaData, it is created and dropped with its tables. */
export class Sequence {
  readonly name: string;
  readonly schema: string | null;
  readonly metadata: MetaData | null;
  readonly options: SequenceOptions;
  readonly type: Column<number | bigint, Given> | null;

  constructor(name: string, declaration: SequenceDeclaration = {}) {
    if (name === "") throw new ArgumentError("A sequence needs a name.");
    const { metadata, schema, type, ...options } = declaration;
    this.name = name;
    this.metadata = metadata ?? null;
    this.schema = schema ?? metadata?.schema ?? null;
    this.type = type ?? null;
    this.options = options;
    metadata?.addSequence(this);
  }

  /** `schema.name`, under which a MetaData keeps it. */
  get key(): string {
    return this.schema === null ? this.name : `${this.schema}.${this.name}`;
  }
}

/**
 * A sequence, for `integer().sequence(…)` and to be created by itself:
 * `sequence("order_numbers", { metadata, start: 1000 })`. SQLite and MySQL have none.
 */
export function sequence(name: string, declaration: SequenceDeclaration = {}): Sequence {
  return new Sequence(name, declaration);
}
