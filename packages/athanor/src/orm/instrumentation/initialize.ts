import { ArgumentError } from "../../errors/errors.ts";
import type { Columns } from "../mapping/column-access.ts";
import type { InstanceState } from "./instance-state.ts";

/** Gives a new object the values that its constructor was called with: columns as data, relationships in step. */
export function initialize(state: InstanceState, values: unknown): void {
  const { mapper } = state;
  const columns = state.object as Columns;
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

function unknownAttribute({ mapper }: InstanceState, key: string): ArgumentError {
  const known = [...mapper.columnsByKey.keys(), ...mapper.relationshipsByKey.keys(), ...mapper.derivedByKey.keys()];
  return new ArgumentError(
    `${mapper.className} has no attribute ${JSON.stringify(key)}. There are: ${known.join(", ")}.`,
  );
}
