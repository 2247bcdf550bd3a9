import type { ConcreteUnion } from "./concrete-union.ts";
import type { Mapper } from "./mapper.ts";

/** A class as `withPolymorphic()` selects it: with the columns of these subclasses. */
export class PolymorphicEntity {
  readonly mapper: Mapper;
  readonly subclasses: readonly Mapper[];
  /** Where classes that share no rows are among them: what all are selected from. */
  readonly union: ConcreteUnion | null;

  private constructor(mapper: Mapper, subclasses: readonly Mapper[], union: ConcreteUnion | null) {
    this.mapper = mapper;
    this.subclasses = subclasses;
    this.union = union;
  }

  /** One for each list of subclasses, so that statements of the same structure share what was made of them. */
  static of(mapper: Mapper, subclasses: readonly Mapper[], union: ConcreteUnion | null = null): PolymorphicEntity {
    let list = known.get(mapper);
    if (list === undefined) {
      list = [];
      known.set(mapper, list);
    }
    let entity = list.find(
      (each) =>
        each.union === union &&
        each.subclasses.length === subclasses.length &&
        each.subclasses.every((one, i) => one === subclasses[i]),
    );
    if (entity === undefined) {
      entity = new PolymorphicEntity(mapper, subclasses, union);
      list.push(entity);
    }
    return entity;
  }
}

const known = new WeakMap<Mapper, PolymorphicEntity[]>();
