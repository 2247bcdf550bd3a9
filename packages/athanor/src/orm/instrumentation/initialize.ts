import { ArgumentError, InvalidRequestError } from "../../errors/errors.ts";
import type { Columns } from "../mapping/column-access.ts";
import { isAnyoneListening, listenersFor } from "../mapping/mapper-events.ts";
import type { InstanceState } from "./instance-state.ts";

/** Gives a new object the values that its constructor was called with, and tells those who listen. */
export function initialize(state: InstanceState, values: unknown): void {
  if (isAnyoneListening("init") || isAnyoneListening("initFailure")) initializeHeard(state, values);
  else assignAll(state, values);
}

function initializeHeard(state: InstanceState, values: unknown): void {
  const { mapper, object } = state;
  // Handlers may add to it; what the constructor was given stays the caller's.
  const given: unknown = typeof values === "object" && values !== null ? { ...values } : (values ?? {});
  try {
    listenersFor(mapper, "init")?.fire("init", object, given);
    assignAll(state, given);
  } catch (error) {
    listenersFor(mapper, "initFailure")?.fire("initFailure", object, given, error);
    throw error;
  }
}

/** Columns become data, relationships are kept in step. */
function assignAll(state: InstanceState, values: unknown): void {
  const { mapper } = state;
  const columns = state.object as Columns;
  if (mapper.hierarchy !== null) stampClass(state);
  if (values === undefined) return;
  if (typeof values !== "object" || values === null) {
    throw new ArgumentError(`new ${mapper.className}() takes an object with values for its attributes.`);
  }
  const given = values as Readonly<Record<string, unknown>>;
  let others: string[] | null = null;
  for (const key of Object.keys(given)) {
    const value = given[key];
    if (value === undefined) {
      throw new ArgumentError(
        `new ${mapper.className}({ ${key}: undefined }): leave the attribute out, or pass null: its default is used, or else NULL.`,
        { code: "undefined-value" },
      );
    }
    // Columns become data of the object; what is no column has an accessor on the prototype.
    if (mapper.columnsByKey.has(key)) columns[key] = value;
    else if (mapper.relationshipsByKey.has(key) || mapper.derivedByKey.has(key)) {
      others ??= [];
      others.push(key);
    } else throw unknownAttribute(state, key);
  }
  // The other side of a relationship may ask for columns: a Map for the key.
  if (others !== null) for (const key of others) columns[key] = given[key];
}

/** The discriminator of a new object is that of its class, unless it is given another one. */
function stampClass({ mapper, object }: InstanceState): void {
  const { polymorphicOn, polymorphicIdentity } = mapper;
  if (mapper.isAbstract) {
    throw new InvalidRequestError(
      `${mapper.className} is polymorphicAbstract: it has no objects, but its subclasses have.`,
    );
  }
  if (polymorphicOn !== null && polymorphicIdentity !== null) {
    (object as Columns)[polymorphicOn.key] = polymorphicIdentity;
  }
}

function unknownAttribute({ mapper }: InstanceState, key: string): ArgumentError {
  const known = [...mapper.columnsByKey.keys(), ...mapper.relationshipsByKey.keys(), ...mapper.derivedByKey.keys()];
  return new ArgumentError(
    `${mapper.className} has no attribute ${JSON.stringify(key)}. There are: ${known.join(", ")}.`,
    { code: "unknown-attribute" },
  );
}
