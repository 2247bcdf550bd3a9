import type { BindNode, ColumnNode, ExpressionNode } from "../../sql/nodes/expressions.ts";
import type { Node } from "../../sql/nodes/fields.ts";
import type { SelectNode } from "../../sql/nodes/statements.ts";
import { selectNode } from "../../sql/statement/select-node.ts";
import { aliasedFrom } from "../../sql/traverse/aliased-from.ts";
import { transform } from "../../sql/traverse/transform.ts";
import type { Task } from "../../util/task.ts";
import { type InstanceState, NOT_LOADED } from "../instrumentation/instance-state.ts";
import { markPart } from "../instrumentation/parts.ts";
import { setLoaded } from "../instrumentation/related.ts";
import type { ColumnProperty } from "../mapping/column-property.ts";
import { relationshipJoin } from "../mapping/join-condition.ts";
import { moved } from "../mapping/moved.ts";
import type { RelationshipProperty } from "../mapping/relationship-property.ts";
import { withCriteria } from "./apply-criteria.ts";
import { borrowedCriteria, Loan } from "./borrowed-values.ts";
import { collectionOrder } from "./collection-order.ts";
import type { EntityPlan } from "./entity-plan.ts";
import { layOut } from "./lay-out.ts";
import type { LoadRun } from "./load-run.ts";
import { warnOfSeveral } from "./one-of-several.ts";
import { loadRows, setWayBack } from "./read-rows.ts";
import { loadMissing } from "./refresh.ts";
import { conditionsOnTarget, relationColumns } from "./relation-columns.ts";
import type { RelationRequest } from "./selectin-load.ts";

/** Loads a relationship of one object when it is asked for. Built once for each relationship and its options. */
export class LazyLoad {
  readonly property: RelationshipProperty;
  /** The parent's attributes whose values the statement looks for. */
  readonly needs: readonly ColumnProperty[];
  /** Without one of these the relationship leads nowhere. */
  readonly #local: readonly ColumnProperty[];
  readonly #target: EntityPlan;
  readonly #select: SelectNode;
  readonly #loan = new Loan();
  readonly #isIdentity: boolean;
  readonly #isPart: boolean;

  constructor({ property, target, rule }: RelationRequest) {
    this.property = property;
    this.#target = target;
    const sought = conditionFor(property, target);
    this.needs = property.parent.columns.filter((each) => sought.columns.some(({ column }) => each.isKeptIn(column)));
    this.#local = conditionsOnTarget(property) === null ? [] : relationColumns(property).local;
    const named = <N extends Node>(node: N): N => target.tree.values.named(node, this.#loan);
    const criteria = rule.criteria.map((each) => moved(named(each), property.targetFrom, target.from));
    const { range } = rule.details;
    const { mapper, from, columns } = target;
    const node = { kind: "entity", from, columns, entity: mapper, name: null } as const;
    const through = property.secondaryFrom;
    const base = selectNode({
      columns: [node],
      from: through === null ? [from] : [from, through],
      where: [...sought.conditions, ...criteria],
      orderBy: collectionOrder(property, from, range).map(named),
      limit: range?.limit == null ? null : named(range.limit),
      offset: range?.offset == null ? null : named(range.offset),
    });
    const { statement } = layOut(base, [{ node, plan: target }]);
    this.#select = withCriteria(named(statement), borrowedCriteria(target.tree, this.#loan));
    this.#isPart = criteria.length > 0 || (range !== null && (range.limit !== null || range.offset !== null));
    this.#isIdentity = property.targetKey !== null && criteria.length === 0 && target.joined.length === 0;
  }

  /**
   * What is known without a statement: null for a foreign key that is null, an object that the session has. Undefined:
   * it has to be looked up.
   */
  known(state: InstanceState, run: LoadRun, committed = false): InstanceState | null | undefined {
    const values = this.#local.map((property) => valueOf(state, property, committed));
    if (values.some((value) => value === null || value === undefined)) return null;
    if (!this.#isIdentity || run.populateExisting) return undefined;
    const { mapper } = this.#target;
    const key = mapper.identityKey(values);
    const found = key === null ? undefined : run.session.identityMap.objectsOf(mapper).get(key);
    return found === undefined || !found.mapper.isA(mapper) ? undefined : found;
  }

  /**
   * Loads the relationship; throws `refusal()` where that would take a statement. `committed`: by the keys that the row has,
   * where the object has got others.
   */
  *load(state: InstanceState, run: LoadRun, refusal: (() => Error) | null = null, committed = false): Task<void> {
    const { property } = this;
    if (state.partial) {
      if (refusal !== null && this.needs.some(({ key }) => !Object.hasOwn(state.object, key))) throw refusal();
      yield* loadMissing(run.session, state, this.needs);
    }
    const known = this.known(state, run, committed);
    if (known !== undefined) {
      if (property.isCollection) setLoaded(state, property, []);
      else setLoaded(state, property, known === null ? null : known.object);
      return;
    }
    if (refusal !== null) throw refusal();
    const own = Object.fromEntries(
      this.needs.map((property) => [parameterName(property.key), valueOf(state, property, committed)]),
    );
    const rows = yield* run.session.executeLoad(this.#select, this.#loan.parameters(own, run), property);
    const found = yield* loadRows(this.#target, rows, run);
    const targets = new Set(found.filter((each) => each !== null));
    for (const target of targets) setWayBack(property, state, target);
    const objects = Array.from(targets, ({ object }) => object);
    if (!property.isCollection) setLoaded(state, property, this.#only(objects));
    else {
      setLoaded(state, property, objects);
      if (this.#isPart) markPart(state, property);
    }
  }

  #only(objects: readonly object[]): object | null {
    if (objects.length > 1) warnOfSeveral(this.property);
    return objects[0] ?? null;
  }
}

function valueOf(state: InstanceState, { key, index, type }: ColumnProperty, committed: boolean): unknown {
  const before = committed ? state.committed?.[index] : undefined;
  if (before === undefined || before === NOT_LOADED) return Reflect.get(state.object, key) as unknown;
  return before === null ? null : type.restore(before);
}

function parameterName(key: string): string {
  return `parent ${key}`;
}

/** The relationship's condition with the parent's columns turned into parameters. */
function conditionFor(
  property: RelationshipProperty,
  target: EntityPlan,
): { readonly conditions: readonly ExpressionNode[]; readonly columns: readonly ColumnNode[] } {
  const parent = aliasedFrom(property.parent.from);
  const { primary, secondary } = relationshipJoin(property, { parent, target: target.from });
  const columns: ColumnNode[] = [];
  const binds = new Map<string, BindNode>();
  const bound = [primary, ...(secondary === null ? [] : [secondary])].map((condition) =>
    transform(condition, (node) => {
      if (node.kind !== "column" || node.from !== parent) return null;
      let bind = binds.get(node.key);
      if (bind === undefined) {
        bind = {
          kind: "bind",
          value: null,
          type: node.type,
          name: parameterName(node.key),
          required: true,
          expanding: false,
        };
        binds.set(node.key, bind);
        columns.push(node);
      }
      return bind;
    }),
  );
  return { conditions: bound, columns };
}
