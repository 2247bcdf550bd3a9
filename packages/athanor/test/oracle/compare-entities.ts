import { inspect } from "athanor/orm";
import { expect } from "vitest";
import { camelCase } from "../support/camel-case.ts";
import { sameValue } from "./compare-values.ts";

/** Expects a value of a row, which may be an object or a collection of such, to be what the oracle shows. */
export function expectValue(expected: unknown, actual: unknown): void {
  if (Array.isArray(expected) && expected.some(isEntity)) expectMembers(expected, actual);
  else if (isEntity(expected)) expectEntity(expected, actual);
  else if (isValueObject(expected)) expectValueObject(expected, actual);
  else if (!sameValue(expected, actual)) expect(actual).toEqual(expected);
}

/** An object, with the attributes that are loaded and, under `$unloaded`, the names of columns that are not. */
type EntityRecord = Readonly<Record<string, unknown>>;

function isEntity(value: unknown): value is EntityRecord {
  return typeof value === "object" && value !== null && ("$entity" in value || "$ref" in value);
}

/** An object of a class of the user's that is no entity, with its properties. */
function isValueObject(value: unknown): value is EntityRecord {
  return typeof value === "object" && value !== null && "$value" in value;
}

function expectValueObject({ $value: name, ...properties }: EntityRecord, actual: unknown): void {
  expect(actual?.constructor.name).toBe(name);
  expect({ ...(actual as object) }).toEqual(properties);
}

function expectEntity(expected: EntityRecord, actual: unknown): void {
  if (typeof actual !== "object" || actual === null) expect.unreachable(`There is no ${String(expected["$entity"])}`);
  const { mapper, unloaded } = inspect(actual);
  expect(mapper.className).toBe(expected["$entity"] ?? expected["$ref"]);
  for (const [name, value] of Object.entries(expected)) {
    if (name.startsWith("$") || name === "pk") continue;
    const key = camelCase(name);
    expect(unloaded, `${mapper.className}.${key} is loaded`).not.toContain(key);
    expectValue(value, Reflect.get(actual, key));
  }
  const missing = expected["$unloaded"];
  if (!Array.isArray(missing)) return;
  // Names that SQLAlchemy has made up are no attributes.
  for (const name of missing.map(String)) if (!name.startsWith("_sa_")) expect(unloaded).toContain(camelCase(name));
}

/** Members of a collection without an order of its own are shown sorted by key. */
function expectMembers(expected: readonly unknown[], actual: unknown): void {
  expect(actual).toHaveLength(expected.length);
  const members = [...(actual as readonly object[])];
  members.sort((a, b) => (String(inspect(a).identity) < String(inspect(b).identity) ? -1 : 1));
  for (const [i, each] of expected.entries()) expectValue(each, members[i]);
}
