import { ArgumentError } from "../../errors/errors.ts";
import { Column } from "../../schema/column.ts";
import { typeOfColumn } from "../../sql/coercions/column-type.ts";
import { condition, describe, offersNode } from "../../sql/coercions/operands.ts";
import { columnIn, leavesOf, tableOf } from "../../sql/compile/from-clause.ts";
import { Expression } from "../../sql/expression/expression.ts";
import type { Columns } from "../../sql/expression/shape.ts";
import type { Condition } from "../../sql/expression/types.ts";
import type { ColumnNode, ExpressionNode } from "../../sql/nodes/expressions.ts";
import type { FromNode, PseudoTableNode } from "../../sql/nodes/froms.ts";
import type { OptionNode, StatementOption } from "../../sql/nodes/statements.ts";
import type { EntityClass, LoaderOption } from "../../sql/statement/types.ts";
import { transform } from "../../sql/traverse/transform.ts";
import { type LOADS, NODE } from "../../util/symbols.ts";
import { entityOf } from "../mapping/aliased.ts";
import type { Mapper } from "../mapping/mapper.ts";
import { MixinDeclaration } from "../mapping/mixin.ts";
import type { Mixin } from "../mapping/model-types.ts";

export interface LoaderCriteriaOptions {
  /**
   * Count for aliases of the class, too. Default: false in a statement, as in SQLAlchemy; true among the options of a session,
   * so that what is hidden there cannot be read through an alias.
   */
  readonly includeAliases?: boolean;
  /** Count for relationships that are loaded along, and later for those of the objects that were loaded. Default true. */
  readonly propagateToLoaders?: boolean;
  /** A name by which `withoutLoaderCriteria()` leaves it out. */
  readonly name?: string;
}

/**
 * A condition on a class that counts wherever a statement reads its rows: what is selected, ON clauses of joins, EXISTS of
 * `any()` and `has()`, subqueries, CTEs and set operations, relationships that are loaded along, and later lazy loads of the
 * objects that were loaded; also UPDATE and DELETE. As an option of a session (`sessionmaker(engine, { options: [...] })`)
 * it counts for everything that the session reads. Objects that the session has already are not looked up again:
 * `session.get()` and many-to-one relationships give them as they are, and `refresh()` finds its row in any case.
 *
 * A mixin in place of the class stands for all classes that have it. The condition may be a function of the class or mixin,
 * which is called each time that the option comes into a statement, so that it can ask who is at work; its values are
 * parameters, and do not change what is cached.
 *
 * @example select(User).options(withLoaderCriteria(Order, Order.status.ne("void")))
 * @example sessionmaker(engine, { options: [withLoaderCriteria(SoftDelete, (entity) => entity.deletedAt.is(null))] })
 */
export function withLoaderCriteria<C extends EntityClass>(
  entity: C,
  criterion: Condition | ((entity: C) => Condition),
  options?: LoaderCriteriaOptions,
): LoaderOption<never>;
export function withLoaderCriteria<S, M>(
  mixin: Mixin<S, M>,
  criterion: (entity: Columns<S, string>) => Condition,
  options?: LoaderCriteriaOptions,
): LoaderOption<never>;
export function withLoaderCriteria(
  subject: unknown,
  criterion: unknown,
  options: LoaderCriteriaOptions = {},
): LoaderOption<never> {
  return new LoaderCriteria(subject, criterion, options);
}

/**
 * Leaves criteria out of one statement, those of the session too, and with that out of what its objects load later.
 *
 * @example select(User).options(withoutLoaderCriteria("softDelete"))
 */
export function withoutLoaderCriteria(...names: readonly [string, ...string[]]): LoaderOption<never> {
  return new WithoutLoaderCriteria(names);
}

class LoaderCriteria implements LoaderOption<never> {
  declare readonly [LOADS]: never;
  readonly #subject: unknown;
  readonly #criterion: unknown;
  readonly #options: LoaderCriteriaOptions;

  constructor(subject: unknown, criterion: unknown, options: LoaderCriteriaOptions) {
    if (!(subject instanceof MixinDeclaration) && !offersNode(subject)) throw notAnEntity(subject);
    this.#subject = subject;
    this.#criterion = criterion;
    this.#options = options;
  }

  /** As part of a statement, with the condition of this moment. @internal */
  get [NODE](): OptionNode {
    const target = targetOf(this.#subject);
    const given = this.#criterion;
    const asked: unknown = typeof given === "function" && !offersNode(given) ? given(target.entity) : given;
    const operand = condition(asked, "withLoaderCriteria()");
    return { kind: "option", option: new CriteriaOption(target, this.#options), operands: [operand] };
  }
}

class WithoutLoaderCriteria implements LoaderOption<never> {
  declare readonly [LOADS]: never;
  readonly [NODE]: OptionNode;

  constructor(names: readonly string[]) {
    this[NODE] = { kind: "option", option: new WithoutCriteriaOption(names), operands: [] };
  }
}

// ── what is meant by a criterion ─────────────────────────────────────────────
/** What a condition is about, and how its columns are those of a class that it counts for. */
interface CriteriaTarget {
  /** What a function of the user's is given. */
  readonly entity: unknown;
  readonly subject: object;
  /** The class whose condition it is, in the line of a mapper's parents; null where it does not count. */
  classAmong(mapper: Mapper): Mapper | null;
  /** The condition's column as an attribute of that class; undefined for a column of something else. */
  attribute(column: ColumnNode, mapper: Mapper): string | undefined;
}

class ClassTarget implements CriteriaTarget {
  readonly entity: unknown;
  readonly subject: Mapper;
  readonly #froms: readonly FromNode[];

  constructor(entity: unknown, mapper: Mapper, from: FromNode) {
    this.entity = entity;
    this.subject = mapper;
    this.#froms = leavesOf(from);
  }
  classAmong(mapper: Mapper): Mapper | null {
    return mapper.isA(this.subject) ? this.subject : null;
  }
  attribute({ from, name }: ColumnNode): string | undefined {
    if (from === null || !this.#froms.includes(from)) return undefined;
    return this.subject.columns.find(({ column }) => column.name === name && column.table === tableOf(from))?.key;
  }
}

class MixinTarget implements CriteriaTarget {
  readonly entity: object;
  readonly subject: MixinDeclaration;
  readonly #from: PseudoTableNode = { kind: "pseudoTable", name: "mixin" };

  constructor(mixin: MixinDeclaration) {
    this.subject = mixin;
    this.entity = columnsOfMixin(mixin, this.#from);
  }
  classAmong(mapper: Mapper): Mapper | null {
    return this.subject.userAmong(mapper);
  }
  attribute({ from, key }: ColumnNode): string | undefined {
    return from === this.#from ? key : undefined;
  }
}

/** One for each mixin, so that statements with its criteria are alike. */
const mixinTargets = new WeakMap<MixinDeclaration, MixinTarget>();

function targetOf(subject: unknown): CriteriaTarget {
  if (subject instanceof MixinDeclaration) {
    let target = mixinTargets.get(subject);
    if (target === undefined) {
      target = new MixinTarget(subject);
      mixinTargets.set(subject, target);
    }
    return target;
  }
  const node = offersNode(subject) ? subject[NODE] : null;
  const root = node?.kind === "entity" ? entityOf(node) : null;
  if (root === null) throw notAnEntity(subject);
  return new ClassTarget(subject, root.mapper, root.from);
}

function notAnEntity(subject: unknown): ArgumentError {
  return new ArgumentError(`withLoaderCriteria() takes a mapped class or a mixin first, not ${describe(subject)}.`);
}

/** The mixin's columns, as a condition speaks of them before it is known of which class. */
function columnsOfMixin({ shape }: MixinDeclaration, from: PseudoTableNode): object {
  const columns = {};
  for (const key of Object.keys(shape)) {
    Object.defineProperty(columns, key, {
      enumerable: true,
      get() {
        const declared: unknown = Reflect.get(shape, key);
        if (!(declared instanceof Column)) {
          throw new ArgumentError(
            `withLoaderCriteria(): ${JSON.stringify(key)} is a relationship. A condition on a mixin speaks of its columns; name the classes for others.`,
          );
        }
        const type = typeOfColumn(declared);
        return new Expression({ kind: "column", from, name: key, key, type, column: null, entity: null });
      },
    });
  }
  return columns;
}

// ── as options of a statement ────────────────────────────────────────────────
/** What a condition counts for; the condition itself stands among the operands of its node. */
class CriteriaOption implements StatementOption {
  readonly key: string;
  readonly subjects: readonly object[];
  readonly target: CriteriaTarget;
  readonly name: string | null;
  readonly propagates: boolean;
  readonly #includeAliases: boolean | undefined;

  constructor(target: CriteriaTarget, options: LoaderCriteriaOptions) {
    const { includeAliases, propagateToLoaders = true, name = null } = options;
    this.target = target;
    this.name = name;
    this.propagates = propagateToLoaders;
    this.#includeAliases = includeAliases;
    this.key = `criteria:${JSON.stringify(name)}${includeAliases ?? ""}/${propagateToLoaders}`;
    this.subjects = [target.subject];
  }

  get includesAliases(): boolean {
    return this.#includeAliases ?? false;
  }

  /** The same as an option of a session. */
  get standing(): CriteriaOption {
    if (this.#includeAliases !== undefined) return this;
    const { name, propagates } = this;
    const options = { includeAliases: true, propagateToLoaders: propagates };
    return new CriteriaOption(this.target, name === null ? options : { ...options, name });
  }
}

class WithoutCriteriaOption implements StatementOption {
  readonly key: string;
  readonly subjects: readonly object[] = [];
  readonly names: readonly string[];

  constructor(names: readonly string[]) {
    this.names = names;
    this.key = `without criteria:${JSON.stringify(names)}`;
  }
}

/** An option of a session as the option of a statement. */
export function standingOption(node: OptionNode): OptionNode {
  return node.option instanceof CriteriaOption ? { ...node, option: node.option.standing } : node;
}

/** A condition that counts for the rows of some classes. */
export class Criterion {
  readonly #option: CriteriaOption;
  readonly #expression: ExpressionNode;

  constructor(option: CriteriaOption, expression: ExpressionNode) {
    this.#option = option;
    this.#expression = expression;
  }

  get propagates(): boolean {
    return this.#option.propagates;
  }
  get includesAliases(): boolean {
    return this.#option.includesAliases;
  }

  /** The same with another expression of the same structure. */
  withExpression(change: (node: ExpressionNode) => ExpressionNode): Criterion {
    return new Criterion(this.#option, change(this.#expression));
  }

  /** Whether it counts for rows of a class. */
  countsFor(mapper: Mapper): boolean {
    return this.#option.target.classAmong(mapper) !== null;
  }

  /**
   * The condition for rows of a class that come from an element of FROM; null where it does not count, or where it is asked of
   * another element: the parent's table of a class whose columns stand in several.
   */
  on(mapper: Mapper, from: FromNode): ExpressionNode | null {
    const { target } = this.#option;
    const owner = target.classAmong(mapper);
    if (owner === null) return null;
    const isInherited =
      owner.table !== mapper.table && mapper.columns.some(({ column }) => column.table === owner.table);
    if (isInherited) return null;
    return transform(this.#expression, (node) => {
      const key = node.kind === "column" ? target.attribute(node, owner) : undefined;
      const property = key === undefined ? undefined : mapper.columnsByKey.get(key);
      // What is kept in another table is asked of that one.
      const table = tableOf(from);
      if (property === undefined || (table !== null && property.column.table !== table)) return null;
      const column = columnIn(from, property.column);
      return table === null ? { ...column, column: null } : column;
    });
  }
}

/** The criteria among the options of a statement, without those that it leaves out by name. */
export function criteriaOf(nodes: readonly OptionNode[]): readonly Criterion[] {
  const found = nodes.filter(({ option }) => option instanceof CriteriaOption);
  if (found.length === 0) return none;
  const left = new Set(nodes.flatMap(({ option }) => (option instanceof WithoutCriteriaOption ? option.names : [])));
  return found.flatMap(({ option, operands: [expression] }) => {
    if (!(option instanceof CriteriaOption) || expression === undefined || expression.kind === "ordering") return [];
    return option.name !== null && left.has(option.name) ? [] : [new Criterion(option, expression)];
  });
}

const none: readonly Criterion[] = [];

/** Whether an option is one of `withoutLoaderCriteria()`. */
export function leavesCriteriaOut({ option }: OptionNode): boolean {
  return option instanceof WithoutCriteriaOption;
}
