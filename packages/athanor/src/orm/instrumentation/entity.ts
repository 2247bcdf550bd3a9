import { ArgumentError, InvalidRequestError, UnmappedClassError } from "../../errors/errors.ts";
import type { EntityNode } from "../../sql/nodes/froms.ts";
import type { AnyDerivedAttribute } from "../mapping/derived-attribute.ts";
import type { MappedClass, Mapper } from "../mapping/mapper.ts";
import type { RelationshipProperty } from "../mapping/relationship-property.ts";
import { initialize } from "./initialize.ts";
import { InstanceState } from "./instance-state.ts";
import { quietly } from "./quiet.ts";

/** Given to a constructor in place of values: make a blank object for a row that is being loaded. */
const LOADING: unique symbol = Symbol("athanor.loading");
let loading: Mapper | null = null;
let loaded: InstanceState | null = null;

/** Where a class keeps what it was declared with; found through the chain of classes. */
export const DEFINITION: unique symbol = Symbol("athanor.definition");

/** What the constructor of an object asks of the declaration of its class. */
export interface ClassDefinition {
  /** The class that `map(this)` was called with. */
  readonly class: MappedClass | null;
  /** Configures the registry when that has not been done. */
  readonly mapper: Mapper;
  /** What selecting the class selects. Relationships may lead to what is declared later. */
  readonly entity: EntityNode;
  /** Names of its relationships, with those that it inherits. */
  readonly relationshipKeys: readonly string[];
  /** One of them, when the registry has been configured, which is done if need be. */
  relationship(key: string): RelationshipProperty;
  /** What is derived from other attributes, with what it inherits. */
  readonly derivedAttributes: readonly (readonly [key: string, declared: AnyDerivedAttribute])[];
}

/**
 * The root of all models. The state of an object stands in a private slot, so that nothing of it shows: not in
 * `Object.keys`, `console.log`, `structuredClone` or `toEqual`.
 */
export class Entity {
  readonly #state: InstanceState;

  constructor(values: unknown) {
    if (loading !== null) {
      // One object only: a constructor of a user's may make others.
      this.#state = new InstanceState(this, loading);
      loading = null;
      loaded = this.#state;
      return;
    }
    const mapper = mapperOf(new.target);
    this.#state = new InstanceState(this, mapper);
    initialize(this.#state, values);
  }

  /** The state of an object, or undefined for what is no entity. */
  static stateOf(object: object): InstanceState | undefined {
    return #state in object ? object.#state : undefined;
  }
}

interface DefinedClass {
  readonly [DEFINITION]?: ClassDefinition;
}

/** The mapper of a class; the registry is configured if need be. Throws UnmappedClassError. */
export function mapperOf(model: object): Mapper {
  return definitionOf(model).mapper;
}
/** What selecting a class selects. Throws UnmappedClassError. */
export function mappedEntity(model: object): EntityNode {
  return definitionOf(model).entity;
}

/** What a class was declared with. Throws UnmappedClassError. */
export function definitionOf(model: object): ClassDefinition {
  const definition = (model as DefinedClass)[DEFINITION];
  if (definition === undefined) {
    throw new UnmappedClassError(
      `${className(model)} is no mapped class: extend Base.model("table", { … }) and call map(this).`,
    );
  }
  if (definition.class !== model) {
    throw new UnmappedClassError(
      `The class ${className(model)} was never mapped. Add to its body: static { map(this); }`,
    );
  }
  return definition;
}

/** Names of classes that hide their own with an attribute called `name`. */
const hiddenNames = new WeakMap<object, string>();

export function rememberName(model: object, name: string): void {
  hiddenNames.set(model, name);
}

/** The class's own name, which an attribute called `name` may hide. */
export function className(model: object): string {
  const hidden = hiddenNames.get(model);
  if (hidden !== undefined) return hidden;
  const name: unknown = Object.getOwnPropertyDescriptor(model, "name")?.value;
  if (typeof name === "string" && name !== "") return name;
  return /^class\s+([\w$]+)/.exec(Function.prototype.toString.call(model))?.[1] ?? "(anonymous)";
}

/** The state of an object, or undefined for what is no entity. */
export function stateOf(object: object): InstanceState | undefined {
  return Entity.stateOf(object);
}

/** The state of an object. Throws UnmappedClassError for what is no entity. */
export function requireState(object: unknown): InstanceState {
  const state = typeof object === "object" && object !== null ? Entity.stateOf(object) : undefined;
  if (state !== undefined) return state;
  if (typeof object === "function") {
    throw new ArgumentError(
      `An object of a mapped class is needed, not the class itself: new ${className(object)}(…).`,
    );
  }
  const what =
    typeof object === "object" && object !== null
      ? `an object of class ${object.constructor?.name ?? "?"}`
      : String(object);
  throw new UnmappedClassError(`An object of a mapped class is needed, not ${what}.`);
}

type Constructor = new (values: unknown) => object;

/**
 * How to make blank objects of a class: class fields and private members are initialised, the body of a constructor is
 * not meant to run. JavaScript initialises fields inside constructors only, so a constructor of the user's own is run
 * with arguments that answer anything, and what it did to mapped attributes is taken back.
 */
export function blankMaker(mapper: Mapper, attributes: readonly string[]): () => InstanceState {
  const Model = mapper.class as unknown as Constructor;
  if (!hasOwnConstructor(Model)) {
    return () => {
      loading = mapper;
      new Model(LOADING);
      return taken(mapper);
    };
  }
  return () => {
    loading = mapper;
    try {
      quietly(() => new Model(anything));
    } catch (error) {
      // It did not get as far as super(): there is no object.
      if (loading !== null) {
        loading = null;
        throw new InvalidRequestError(
          `The constructor of ${mapper.className} failed before it called super(), so that its objects cannot be loaded.`,
          { cause: error },
        );
      }
    }
    const state = taken(mapper);
    for (const attribute of attributes) Reflect.deleteProperty(state.object, attribute);
    return state;
  };
}

function taken(mapper: Mapper): InstanceState {
  const state = loaded;
  loaded = null;
  if (state === null) throw new InvalidRequestError(`The constructor of ${mapper.className} made no object.`);
  return state;
}

/** Whether a class between the model and its base has a constructor of its own. */
function hasOwnConstructor(model: Constructor): boolean {
  let current: unknown = model;
  while (typeof current === "function" && current !== Entity) {
    const isGenerated = Object.hasOwn(current, GENERATED);
    if (!isGenerated && /\bconstructor\s*\(/.test(Function.prototype.toString.call(current))) return true;
    current = Object.getPrototypeOf(current);
  }
  return false;
}

/** Marks the classes that `model()` makes. */
export const GENERATED: unique symbol = Symbol("athanor.generated");

/** Stands for any argument: callable, constructible, iterable, with every property. */
const anything: unknown = new Proxy(() => anything, {
  get: (_target, key) => {
    if (key === Symbol.toPrimitive) return () => "";
    if (key === Symbol.iterator) return () => [][Symbol.iterator]();
    return key === "then" ? undefined : anything;
  },
  apply: () => anything,
  construct: () => ({}),
  ownKeys: () => ["prototype"].filter(() => false),
  getOwnPropertyDescriptor: () => undefined,
  has: () => false,
});
