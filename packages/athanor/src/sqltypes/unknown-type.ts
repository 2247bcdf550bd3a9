import { NullType } from "./null-type.ts";

/**
 * A type of the database's that the library has no type for, known by its name alone. Values pass through as the driver
 * gives and takes them.
 */
export class UnknownType extends NullType {
  override readonly kind: string = "unknown";
  /** What the database calls it; empty where a column has no type at all. */
  readonly name: string;

  constructor(name: string) {
    super();
    this.name = name;
  }

  override get key(): string {
    return `unknown:${this.name}`;
  }
}
