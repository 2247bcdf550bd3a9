import { ArgumentError, InvalidRequestError } from "../../errors/errors.ts";
import { booleanType } from "../../sql/coercions/literal-types.ts";
import type { ExpressionNode } from "../../sql/nodes/expressions.ts";
import type { FromNode } from "../../sql/nodes/froms.ts";
import { operators } from "../../sql/nodes/operators.ts";
import type { ColumnProperty } from "./column-property.ts";
import type { PolymorphicIdentity } from "./map-options.ts";
import type { Mapper } from "./mapper.ts";
import { moved } from "./moved.ts";

/** What tells of a row which class it is an object of. */
export interface Discriminator {
  /** The attribute that holds it; null for an expression over others. */
  readonly property: ColumnProperty | null;
  /** Over the topmost class's element of FROM. */
  readonly expression: ExpressionNode;
}

/** The classes below one topmost class, by what the discriminator says of their rows. */
export class Hierarchy {
  readonly base: Mapper;
  readonly discriminator: Discriminator;
  readonly #mappers = new Map<unknown, Mapper>();
  /** Identities of classes that were declared, and not mapped: how to call them. */
  readonly #unmapped: () => ReadonlyMap<unknown, string>;

  constructor(base: Mapper, discriminator: Discriminator, unmapped: () => ReadonlyMap<unknown, string>) {
    this.base = base;
    this.discriminator = discriminator;
    this.#unmapped = unmapped;
  }

  /** Classes by their identities. */
  get identities(): ReadonlyMap<unknown, Mapper> {
    return this.#mappers;
  }

  add(mapper: Mapper, identity: PolymorphicIdentity): void {
    const other = this.#mappers.get(identity);
    if (other !== undefined) {
      throw new ArgumentError(
        `${mapper.className} and ${other.className} both have the polymorphicIdentity ${JSON.stringify(String(identity))}.`,
      );
    }
    this.#mappers.set(identity, mapper);
  }

  /**
   * The class of a row.
   *
   * @throws InvalidRequestError when no class, or none below `asked`, has this identity.
   */
  mapperOf(identity: unknown, asked: Mapper): Mapper {
    // A row without a discriminator is an object of the class that was asked for.
    const mapper = identity === null ? asked : this.#mappers.get(identity);
    if (mapper === undefined) throw this.#unknown(identity);
    if (mapper.isAbstract) {
      throw new InvalidRequestError(
        `A row of ${mapper.className} has the discriminator ${shown(identity)}, but the class is polymorphicAbstract and has no objects.`,
      );
    }
    if (mapper.isA(asked)) return mapper;
    throw new InvalidRequestError(
      `A row was asked for as ${asked.className}, but its discriminator ${this.#name} is ${shown(identity)}, ` +
        `which is ${mapper.className}, no subclass of it.`,
    );
  }

  #unknown(identity: unknown): InvalidRequestError {
    const unmapped = this.#unmapped().get(identity);
    if (unmapped !== undefined) {
      return new InvalidRequestError(
        `A row of ${this.base.className} has the discriminator ${shown(identity)}, whose class was declared but never mapped: ` +
          `${unmapped}. Add to its body: static { map(this); }`,
        { code: "unmapped-subclass" },
      );
    }
    const known = [...this.#mappers].map(([each, mapper]) => `${shown(each)} (${mapper.className})`);
    return new InvalidRequestError(
      `A row of ${this.base.className} has the discriminator ${shown(identity)} in ${this.#name}, and no class has that polymorphicIdentity. ` +
        `There are: ${known.join(", ")}.`,
      { code: "unknown-discriminator" },
    );
  }

  get #name(): string {
    const { property } = this.discriminator;
    return property === null ? "its polymorphicOn" : `${this.base.className}.${property.key}`;
  }

  /** `discriminator IN (…)`: rows of a class and of those below it. */
  criterion(mapper: Mapper, from: FromNode): ExpressionNode {
    const left = moved(this.discriminator.expression, this.base.from, from);
    return {
      kind: "binary",
      operator: operators.in,
      left,
      right: {
        kind: "bind",
        // Asked for at each execution: a subclass may be declared later.
        value: () => this.#identitiesOf(mapper),
        type: left.type,
        name: null,
        required: false,
        expanding: true,
      },
      type: booleanType,
      modifier: null,
    };
  }

  #identitiesOf(mapper: Mapper): readonly unknown[] {
    return [...this.#mappers].filter(([, each]) => each.isA(mapper)).map(([identity]) => identity);
  }
}

function shown(identity: unknown): string {
  return typeof identity === "string" ? JSON.stringify(identity) : String(identity);
}
