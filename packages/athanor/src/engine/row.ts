import { canGenerateCode, generate, propertyOf } from "../util/code-generation.ts";

/** What all rows of a result have in common: they are arrays, which get names through a prototype. */
export interface RowShape {
  readonly keys: readonly string[];
  /** Makes an empty row of a length. */
  readonly Row: RowClass;
  /** Makes rows of a driver's arrays, in place; made when there are many for the first time. */
  dressMany: ((rows: unknown[][]) => void) | null;
  /** The row as an object by name. */
  toObject(row: readonly unknown[]): Record<string, unknown>;
}

type RowClass = new (length: number) => unknown[];

/** Compiled statements keep their list of names, so that most shapes are found without writing the names out. */
const shapesOfLists = new WeakMap<readonly string[], RowShape>();
const shapes = new Map<string, RowShape>();
const mostShapes = 1000;

/** The shape of rows with these names; equal lists share one. */
export function rowShape(keys: readonly string[]): RowShape {
  let shape = shapesOfLists.get(keys);
  if (shape === undefined) {
    shape = shapeByNames(keys);
    shapesOfLists.set(keys, shape);
  }
  return shape;
}

function shapeByNames(keys: readonly string[]): RowShape {
  const id = JSON.stringify(keys);
  let shape = shapes.get(id);
  if (shape === undefined) {
    if (shapes.size >= mostShapes) shapes.clear();
    shape = { keys, Row: rowClass(keys), dressMany: null, toObject: objectMaker(keys) };
    shapes.set(id, shape);
  }
  return shape;
}

function rowClass(keys: readonly string[]): RowClass {
  class Row extends Array<unknown> {}
  const { prototype } = Row;
  // What is made of rows, by map() or slice(), are plain arrays.
  Object.defineProperty(prototype, "constructor", { configurable: true, writable: true, value: Array });
  for (const [index, key] of keys.entries()) {
    // Names that arrays have stay the array's; of two columns with one name, the first has it.
    if (key in prototype) continue;
    Object.defineProperty(prototype, key, {
      enumerable: false,
      configurable: true,
      get(this: readonly unknown[]) {
        return this[index];
      },
    });
  }
  return Row;
}

function objectMaker(keys: readonly string[]): RowShape["toObject"] {
  if (!canGenerateCode) {
    return (row) => {
      const object: Record<string, unknown> = {};
      for (const [index, key] of keys.entries()) if (!Object.hasOwn(object, key)) defineOwn(object, key, row[index]);
      return object;
    };
  }
  const first = keys.filter((key, index) => keys.indexOf(key) === index);
  const fields = first.map((key) => `${propertyOf(key)}: row[${keys.indexOf(key)}]`).join(", ");
  return generate<RowShape["toObject"]>({}, `return (row) => ({ ${fields} });`);
}

/** `__proto__` is a column like any other. */
function defineOwn(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}

/** From so many rows on it pays to have code of their own that dresses them. */
const manyRows = 16;

/** Makes rows of a driver's arrays, in place. */
export function dressRows(rows: unknown[][], shape: RowShape): unknown[][] {
  if (rows.length >= manyRows && shape.keys.length > 0 && canGenerateCode) shape.dressMany ??= manyDresser(shape);
  if (shape.dressMany !== null) {
    shape.dressMany(rows);
  } else {
    const { prototype } = shape.Row;
    for (const row of rows) Object.setPrototypeOf(row, prototype);
  }
  return rows;
}

/**
 * Copies, value by value: another prototype for an array that exists costs the engine ten times as much as a new array of
 * ten values.
 */
function manyDresser({ keys, Row }: RowShape): (rows: unknown[][]) => void {
  const values = keys.map((_, index) => `dressed[${index}] = row[${index}];`).join("\n");
  return generate<(rows: unknown[][]) => void>(
    { Row },
    `return (rows) => {
      for (let i = 0; i < rows.length; i += 1) {
        const row = rows[i];
        const dressed = new Row(${keys.length});
        // An array for values of any kind from the start.
        dressed[0] = undefined;
        ${values}
        rows[i] = dressed;
      }
    };`,
  );
}
