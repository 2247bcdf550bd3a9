import type { Table } from "../../sql/expression/table.ts";
import type { EntityClass } from "../../sql/statement/types.ts";
import type { SHAPE } from "../../util/symbols.ts";
import type { MapOptions } from "./map-options.ts";
import { givenSource } from "./mapped-selectable.ts";
import { map, modelClass } from "./model.ts";
import { ModelDefinition } from "./model-definition.ts";
import type { Instance, Model } from "./model-types.ts";
import type { Registry } from "./registry.ts";
import type { Shape } from "./relationship.ts";

/** A mapped class of which the shape of its attributes is known. */
export type TableModel<S> = Model<S, {}, string> & { readonly prototype: Instance<S> };

/** A class of its own name for a table that is there already: its columns, and the relationships of a shape. */
export function mapTable<S extends Shape>(
  registry: Registry,
  name: string,
  table: Table<unknown, string>,
  relationships: Shape,
  options: MapOptions = {},
): TableModel<S> {
  const Base = modelClass(new ModelDefinition(registry, givenSource(table), [relationships]), []);
  // A class in the place of a property has the property's name.
  const named = { [name]: class extends Base {} };
  // What the table has and what the shape says is what the caller knows of it.
  const model: unknown = named[name];
  map(model as EntityClass & { readonly [SHAPE]: Shape }, [], options);
  return model as TableModel<S>;
}
