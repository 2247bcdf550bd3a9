import { DetachedInstanceError, InvalidRequestError } from "../../errors/errors.ts";
import { Expression } from "../../sql/expression/expression.ts";
import { func } from "../../sql/expression/functions.ts";
import type { RelatedRow } from "../../sql/expression/shape.ts";
import { type Delete, deleteFrom } from "../../sql/statement/delete.ts";
import { type Insert, insert } from "../../sql/statement/insert.ts";
import { type Select, select } from "../../sql/statement/select.ts";
import type { EntityClass } from "../../sql/statement/types.ts";
import { type Update, update } from "../../sql/statement/update.ts";
import type { SHAPE, VALUE } from "../../util/symbols.ts";
import { admitted, checkedMember } from "../instrumentation/admission.ts";
import type { CollectionKind, CollectionOwner } from "../instrumentation/collections/collection-kind.ts";
import { INSPECT } from "../instrumentation/printing.ts";
import { addUnseen, memberAdded, memberRemoved, removeUnseen } from "../instrumentation/related.ts";
import { belongsTo, membersOf, valuesFrom } from "../query/member-criteria.ts";
import type { Session } from "../session/session.ts";

/**
 * A collection that is never loaded, for as many members as there may be: `user.posts.add(post)`, and what is to be seen of
 * it is asked for: `session.scalars(user.posts.select().where(…).limit(10))`. What is added and removed is written by the
 * next flush. `C` is the class of the members.
 */
export class WriteOnlyCollection<out C extends EntityClass> {
  /** By which methods find out the class: what they return does not vary with it. */
  declare readonly [VALUE]: C;
  readonly #owner: CollectionOwner;

  constructor(owner: CollectionOwner) {
    this.#owner = owner;
  }

  add(member: C["prototype"]): this {
    const { state, property } = this.#owner;
    admitted(state, property, member);
    addUnseen(state, property, member);
    memberAdded(state, property, member);
    return this;
  }
  addAll(members: Iterable<C["prototype"]>): this {
    for (const member of members) this.add(member);
    return this;
  }
  /** Takes a member out; whether it was there is not known here. */
  remove(member: C["prototype"]): this {
    const { state, property } = this.#owner;
    checkedMember(property, member);
    removeUnseen(state, property, member);
    memberRemoved(state, property, member);
    return this;
  }

  /**
   * The members, in the order of the relationship; to be narrowed down and executed by a session.
   *
   * @throws InvalidRequestError while the object has no row.
   */
  select<D extends EntityClass>(this: WriteOnlyCollection<D>): Select<readonly [D]> {
    const { state, property } = this.#persistent("select()");
    const conditions = membersOf(property, state.object).map((each) => new Expression<boolean>(each));
    const statement = select(this.#target).where(...conditions);
    return property.orderBy.length === 0
      ? statement
      : statement.orderBy(...property.orderBy.map((each) => new Expression<never>(each as never)));
  }
  /** An INSERT of members with these values; the foreign key is given by the relationship. Of a many-to-many, it is not. */
  insert<D extends EntityClass>(
    this: WriteOnlyCollection<D>,
    values: RelatedRow<D[typeof SHAPE]> | readonly RelatedRow<D[typeof SHAPE]>[],
  ): Insert<D[typeof SHAPE]> {
    const { state, property } = this.#persistent("insert()");
    const given = valuesFrom(property, state.object);
    const rows = (Array.isArray(values) ? values : [values]) as readonly RelatedRow<D[typeof SHAPE]>[];
    // With the foreign key a row is complete; that is what the type of the values leaves out.
    const complete = rows.map((row) => ({ ...row, ...given })) as never;
    return insert<D[typeof SHAPE]>(this.#target).values(Array.isArray(values) ? complete : complete[0]);
  }
  /** An UPDATE of all members, or of those that further conditions leave. */
  update<D extends EntityClass>(this: WriteOnlyCollection<D>): Update<D[typeof SHAPE]> {
    const { state, property } = this.#persistent("update()");
    return update<D[typeof SHAPE]>(this.#target).where(new Expression<boolean>(belongsTo(property, state.object)));
  }
  /** A DELETE of all members, or of those that further conditions leave. */
  delete<D extends EntityClass>(this: WriteOnlyCollection<D>): Delete<D[typeof SHAPE]> {
    const { state, property } = this.#persistent("delete()");
    return deleteFrom<D[typeof SHAPE]>(this.#target).where(new Expression<boolean>(belongsTo(property, state.object)));
  }

  get #target(): C & { readonly [SHAPE]: C[typeof SHAPE] } {
    return this.#owner.property.target.class as unknown as C;
  }
  #persistent(what: string): CollectionOwner {
    const { state, property } = this.#owner;
    if (state.key !== null) return this.#owner;
    throw new InvalidRequestError(
      `${property}.${what}: the object has no row yet, so nothing can belong to it. Flush first: await session.flush().`,
    );
  }
  [INSPECT](): string {
    return `${this.constructor.name} { ${this.#owner.property} }`;
  }
}

/** Narrows down what is asked for: `(posts) => posts.where(Post.views.gt(5)).limit(3)`. */
export type Refinement<C extends EntityClass> = (members: Select<readonly [C]>) => Select<readonly [C]>;

/**
 * A write-only collection that its object's session is asked about: `await user.posts.all((posts) => posts.limit(10))`. To
 * delete a parent along the cascade, its members are loaded.
 */
export class DynamicCollection<out C extends EntityClass> extends WriteOnlyCollection<C> {
  readonly #owner: CollectionOwner;

  constructor(owner: CollectionOwner) {
    super(owner);
    this.#owner = owner;
  }

  /** The members, or those that the refinement leaves. What was changed is flushed before. */
  async all<D extends EntityClass>(
    this: DynamicCollection<D>,
    refine: Refinement<D> = asTheyAre,
  ): Promise<D["prototype"][]> {
    return await this.#session.scalars(refine(this.select())).all();
  }
  /** The first of them, or null. */
  async first<D extends EntityClass>(
    this: DynamicCollection<D>,
    refine: Refinement<D> = asTheyAre,
  ): Promise<D["prototype"] | null> {
    return await this.#session.scalars(refine(this.select()).limit(1)).first();
  }
  /** How many there are. */
  async count<D extends EntityClass>(this: DynamicCollection<D>, refine: Refinement<D> = asTheyAre): Promise<number> {
    const members = refine(this.select()).orderBy(null).subquery("members");
    return (await this.#session.scalars(select(func.count()).selectFrom(members)).one()) as number;
  }
  async *[Symbol.asyncIterator](): AsyncGenerator<C["prototype"], void> {
    yield* await this.all();
  }

  get #session(): Pick<Session, "scalars"> {
    const { state, property } = this.#owner;
    if (state.session !== null) return state.session.face as Session;
    throw new DetachedInstanceError(`${property} cannot be asked about: the object belongs to no session.`);
  }
}

function asTheyAre<Q>(query: Q): Q {
  return query;
}

/** Refuses to be taken for an array: nothing is there to be counted or gone through. */
const noArray = new Proxy(Object.prototype, {
  get(target, key, receiver) {
    const isPosition = typeof key === "string" && /^\d+$/.test(key);
    if (isPosition || key === "length") {
      throw new InvalidRequestError(
        `This collection is not kept in memory, so it has no ${String(key)}. Ask for members with select().`,
      );
    }
    return Reflect.get(target, key, receiver) as unknown;
  },
});
Object.setPrototypeOf(WriteOnlyCollection.prototype, noArray);

const given = (value: unknown): readonly unknown[] | null =>
  typeof value === "object" && value !== null && Symbol.iterator in value ? [...(value as Iterable<unknown>)] : null;

export const writeOnlyCollection: CollectionKind = {
  takes: "an array",
  membersOf: given,
  face: (owner) => new WriteOnlyCollection(owner),
  upkeep: null,
};
export const dynamicCollection: CollectionKind = {
  ...writeOnlyCollection,
  face: (owner) => new DynamicCollection(owner),
};
