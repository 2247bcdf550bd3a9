import type { SequenceOptions } from "./column-definition.ts";
import type { MetaData } from "./metadata.ts";

/** A generator of numbers in the database. Given to a MetaData, it is created and dropped with its tables. */
export class Sequence {
  readonly name: string;
  readonly schema: string | null;
  readonly metadata: MetaData | null;
  readonly options: SequenceOptions;

  constructor(
    name: string,
    options: SequenceOptions & { readonly metadata?: MetaData; readonly schema?: string } = {},
  ) {
    const { metadata, schema, ...rest } = options;
    this.name = name;
    this.metadata = metadata ?? null;
    this.schema = schema ?? metadata?.schema ?? null;
    this.options = rest;
    metadata?.addSequence(this);
  }

  /** `schema.name`, under which a MetaData keeps it. */
  get key(): string {
    return this.schema === null ? this.name : `${this.schema}.${this.name}`;
  }
}
