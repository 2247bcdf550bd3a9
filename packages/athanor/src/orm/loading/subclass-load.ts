import { columnIn } from "../../sql/compile/from-clause.ts";
import type { EntityNode } from "../../sql/nodes/froms.ts";
import type { SelectNode } from "../../sql/nodes/statements.ts";
import { selectNode } from "../../sql/statement/select-node.ts";
import type { Task } from "../../util/task.ts";
import type { IdentityKey, InstanceState } from "../instrumentation/instance-state.ts";
import type { ColumnProperty } from "../mapping/column-property.ts";
import { identityKey } from "../mapping/identity.ts";
import type { Mapper } from "../mapping/mapper.ts";
import { hasRowsOf } from "../mapping/shared-rows.ts";
import type { RelationLoad } from "./entity-plan.ts";
import type { LoadRun } from "./load-run.ts";
import { complete } from "./put-values.ts";
import { identityOf } from "./refresh.ts";
import { isIn, keysParameter } from "./relation-query.ts";
import { fewKeys } from "./selectin-load.ts";

/** What is done for the objects of one class among those that a statement has found. */
export class OfClass implements RelationLoad {
  readonly needs: readonly ColumnProperty[];
  readonly #load: RelationLoad;
  readonly #mapper: Mapper;

  constructor(load: RelationLoad, mapper: Mapper) {
    this.needs = load.needs;
    this.#load = load;
    this.#mapper = mapper;
  }

  *run(states: Iterable<InstanceState>, run: LoadRun): Task<void> {
    const own = [...states].filter(({ mapper }) => hasRowsOf(mapper, this.#mapper));
    if (own.length > 0) yield* this.#load.run(own, run);
  }
}

/** Loads the columns of a subclass for all objects of it that a statement has found, by their keys. */
export class SubclassLoad implements RelationLoad {
  readonly needs: readonly ColumnProperty[] = [];
  readonly #properties: readonly ColumnProperty[];
  readonly #width: number;
  readonly #select: SelectNode;

  constructor(mapper: Mapper, properties: readonly ColumnProperty[]) {
    const { from, keyColumns } = mapper;
    this.#properties = properties;
    this.#width = keyColumns.length;
    const keys = keyColumns.map((column) => columnIn(from, column));
    const columns = [...keys, ...properties.map(({ column }) => columnIn(from, column))];
    const entity: EntityNode = { kind: "entity", from, columns, entity: null, name: null };
    this.#select = selectNode({ columns: [entity], where: [isIn(keys)] });
  }

  *run(states: Iterable<InstanceState>, run: LoadRun): Task<void> {
    const missing = new Map<IdentityKey, InstanceState>();
    for (const state of states) {
      const isMissing = state.partial && this.#properties.some(({ key }) => !Object.hasOwn(state.object, key));
      if (state.key !== null && isMissing) missing.set(state.key, state);
    }
    const all = [...missing.values()];
    const atOnce = this.#width > 1 ? fewKeys : yield* run.session.keysAtOnce(this.#select);
    for (let start = 0; start < all.length; start += atOnce) {
      const keys = all.slice(start, start + atOnce).map(identityOf);
      const values = this.#width > 1 ? keys : keys.map(([key]) => key);
      for (const row of yield* run.session.executeLoad(this.#select, { [keysParameter]: values }, "columns")) {
        const key = identityKey(row.slice(0, this.#width));
        const state = key === null ? undefined : missing.get(key);
        if (state !== undefined) complete({ properties: this.#properties }, state, row, this.#width, run);
      }
    }
  }
}
