import { ArgumentError } from "../../errors/errors.ts";
import { DEFINITION, stateOf } from "../instrumentation/entity.ts";
import type { Mapper } from "./mapper.ts";
import type { Instance, Mixin } from "./model-types.ts";

/** A mixin at run time: a shape, what its methods add to the prototype, and the classes that have it. */
export class MixinDeclaration {
  readonly shape: object;
  readonly methods: object;
  readonly #definitions = new WeakSet<object>();

  constructor(shape: object, methods: object) {
    this.shape = shape;
    this.methods = methods;
  }

  /** A class has been declared with it. */
  isUsedBy(definition: object): void {
    this.#definitions.add(definition);
  }

  /** The class in the line of a mapper's parents that has it itself; null where none does. */
  userAmong(mapper: Mapper): Mapper | null {
    for (let each: Mapper | null = mapper; each !== null; each = each.parent) {
      const definition = (each.class as { readonly [DEFINITION]?: object })[DEFINITION];
      if (definition !== undefined && this.#definitions.has(definition)) return each;
    }
    return null;
  }
}

/**
 * Columns, relationships and behaviour to be shared: `Base.model("users", Timestamped, { … })`. In its methods, `this` has
 * the mixin's attributes and methods.
 */
export function mixin<S, M extends object = {}>(shape: S, methods?: M & ThisType<Instance<S> & M>): Mixin<S, M>;
export function mixin(shape: unknown, methods: unknown = {}): unknown {
  if (typeof shape !== "object" || shape === null || typeof methods !== "object" || methods === null) {
    throw new ArgumentError("mixin() takes a shape and, if need be, an object with methods.");
  }
  return new MixinDeclaration(shape, methods);
}

/** Whether the class of an object has a mixin, or a class that it inherits from. */
export function hasMixin<S, M>(object: object, mixin: Mixin<S, M>): object is Instance<S> & M {
  const declaration: unknown = mixin;
  const mapper = stateOf(object)?.mapper;
  return declaration instanceof MixinDeclaration && mapper !== undefined && declaration.userAmong(mapper) !== null;
}
