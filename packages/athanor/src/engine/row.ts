import { canGenerateCode, generate, propertyOf } from "../util/code-generation.ts";

/**
 * What all rows of a result have in common: rows are the driver's own arrays, which get names through a prototype. That
 * costs a row one assignment instead of a copy.
 */
export interface RowShape {
  readonly keys: readonly string[];
  readonly prototype: object;
  /** The row as an object by name. */
  toObject(row: readonly unknown[]): Record<string, unknown>;
}

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
    shape = { keys, prototype: rowPrototype(keys), toObject: objectMaker(keys) };
    shapes.set(id, shape);
  }
  return shape;
}

function rowPrototype(keys: readonly string[]): object {
  const prototype = Object.create(Array.prototype) as object;
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
  return prototype;
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

/** Dresses rows, in place. */
export function dressRows(rows: unknown[][], shape: RowShape): unknown[][] {
  const { prototype } = shape;
  for (const row of rows) Object.setPrototypeOf(row, prototype);
  return rows;
}
