import { ArgumentError } from "../../errors/errors.ts";
import { DEFINITION, stateOf } from "../instrumentation/entity.ts";
import type { MapOptions } from "./map-options.ts";
import type { Mapper } from "./mapper.ts";
import type { Instance, Mixin } from "./model-types.ts";

/** A mixin at run time: a shape, what its methods add to the prototype, and the classes that have it. */
export class MixinDeclaration {
  readonly shape: object;
  readonly methods: object;
  /** How its classes are mapped, where they do not say it themselves. */
  readonly options: MapOptions;
  readonly #definitions = new WeakSet<object>();

  constructor(shape: object, methods: object, options: MapOptions) {
    this.shape = shape;
    this.methods = methods;
    this.options = options;
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
 * Columns, relationships, what is derived from them, and behaviour to be shared: `Base.model("users", Timestamped, { … })`. In
 * its methods and getters, `this` has the mixin's attributes and methods. `options` are those of `map()`, which a class's
 * own go before. Columns of mixins stand behind those of the class; see `sortOrder()`.
 */
export function mixin<S, M extends object = {}>(
  shape: S,
  methods?: M & ThisType<Instance<S> & M>,
  options?: MapOptions,
): Mixin<S, M>;
export function mixin(shape: unknown, methods: unknown = {}, options: MapOptions = {}): unknown {
  if (typeof shape !== "object" || shape === null || typeof methods !== "object" || methods === null) {
    throw new ArgumentError("mixin() takes a shape and, if need be, an object with methods.");
  }
  return new MixinDeclaration(shape, methods, options);
}

/** Whether the class of an object has a mixin, or a class that it inherits from. */
export function hasMixin<S, M>(object: object, mixin: Mixin<S, M>): object is Instance<S> & M {
  const declaration: unknown = mixin;
  const mapper = stateOf(object)?.mapper;
  return declaration instanceof MixinDeclaration && mapper !== undefined && declaration.userAmong(mapper) !== null;
}
