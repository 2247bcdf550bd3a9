import type { Mapper } from "./mapper.ts";

/** A class as `withPolymorphic()` selects it: with the columns of these subclasses. */
export class PolymorphicEntity {
  readonly mapper: Mapper;
  readonly subclasses: readonly Mapper[];

  private constructor(mapper: Mapper, subclasses: readonly Mapper[]) {
    this.mapper = mapper;
    this.subclasses = subclasses;
  }

  /** One for each list of subclasses, so that statements of the same structure share what was made of them. */
  static of(mapper: Mapper, subclasses: readonly Mapper[]): PolymorphicEntity {
    let list = known.get(mapper);
    if (list === undefined) {
      list = [];
      known.set(mapper, list);
    }
    let entity = list.find(
      (each) =>
        each.subclasses.length === subclasses.length && each.subclasses.every((one, i) => one === subclasses[i]),
    );
    if (entity === undefined) {
      entity = new PolymorphicEntity(mapper, subclasses);
      list.push(entity);
    }
    return entity;
  }
}

const known = new WeakMap<Mapper, PolymorphicEntity[]>();
