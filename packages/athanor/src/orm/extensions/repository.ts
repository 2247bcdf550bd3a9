import { ArgumentError } from "../../errors/errors.ts";
import { columnIn } from "../../sql/compile/from-clause.ts";
import { type AnyExpression, Expression } from "../../sql/expression/expression.ts";
import { func } from "../../sql/expression/functions.ts";
import type { Ordering } from "../../sql/expression/ordering.ts";
import type { Condition } from "../../sql/expression/types.ts";
import { type Select, select } from "../../sql/statement/select.ts";
import type { Entity, LoaderOption, ScalarExecutable } from "../../sql/statement/types.ts";
import { mapperOf } from "../instrumentation/entity.ts";
import type { ModelClass } from "../mapping/model-types.ts";
import type { GetOptions } from "../session/get-object.ts";
import type { Identity, Session } from "../session/session.ts";

/** Which objects of a class are meant. */
export interface ListOptions<P extends string = never> {
  /** All of these hold. */
  readonly where?: Condition | readonly Condition[];
  /** Default: the primary key, so that pages do not overlap. */
  readonly orderBy?: AnyExpression | Ordering | readonly (AnyExpression | Ordering)[];
  readonly limit?: number;
  readonly offset?: number;
  /** What is loaded along. */
  readonly options?: readonly LoaderOption<P>[];
}

/** Some of the objects, and how many there are in all. */
export interface Page<T> {
  readonly items: T[];
  readonly total: number;
}

/** The attributes of an object that can be assigned. */
export type Changes<C extends ModelClass> = Partial<C["prototype"]>;

/**
 * The usual questions about one class, for a session that the caller owns: nothing is committed here. To be extended with
 * the questions of one's own.
 *
 * @example
 * class Invoices extends Repository<typeof Invoice> {
 *   constructor(session: Session) { super(session, Invoice); }
 *   overdue(now: Date) { return this.list({ where: [Invoice.status.eq("open"), Invoice.dueAt.lt(now)] }); }
 * }
 */
export class Repository<C extends ModelClass> {
  readonly session: Session;
  readonly model: C;

  constructor(session: Session, model: C) {
    this.session = session;
    this.model = model;
  }

  /** An object by its primary key, or null. */
  get<P extends string = never>(key: Identity, options: GetOptions<P> = {}): Promise<Entity<C, P> | null> {
    return this.session.get(this.model, key, options);
  }
  /**
   * An object by its primary key.
   *
   * @throws NoResultFound
   */
  getOne<P extends string = never>(key: Identity, options: GetOptions<P> = {}): Promise<Entity<C, P>> {
    return this.session.getOne(this.model, key, options);
  }
  list<P extends string = never>(options: ListOptions<P> = {}): Promise<Entity<C, P>[]> {
    return this.session.scalars(listing(this.model, options)).all();
  }
  /** The first that is meant, or null. */
  first<P extends string = never>(options: ListOptions<P> = {}): Promise<Entity<C, P> | null> {
    return this.session.scalars(listing(this.model, { ...options, limit: 1 })).first();
  }
  /** A part of a list, and the length of the whole. Both are counted in one transaction. */
  async page<P extends string = never>(
    options: ListOptions<P> & { readonly limit: number },
  ): Promise<Page<Entity<C, P>>> {
    return { items: await this.list(options), total: await this.count(options) };
  }
  /** How many there are, whatever the limit. */
  count({ where = [] }: Pick<ListOptions, "where"> = {}): Promise<number> {
    const all = select(func.count()).selectFrom(this.model);
    return this.session.scalars(all.where(...conditionsOf(where))).one();
  }
  async exists(options: Pick<ListOptions, "where"> = {}): Promise<boolean> {
    return (await this.first(options)) !== null;
  }
  /** Makes an object, adds it to the session, and writes it, so that what the database makes is there. */
  async create(values: ConstructorParameters<C>[0]): Promise<C["prototype"]> {
    const object = new this.model(values);
    this.session.add(object);
    await this.session.flush();
    return object;
  }
  /**
   * Changes attributes of an object and writes it.
   *
   * @throws NoResultFound when there is no such row. ArgumentError for an attribute that is undefined.
   */
  async update(key: Identity, changes: Changes<C>): Promise<C["prototype"]> {
    for (const [name, value] of Object.entries(changes)) {
      if (value === undefined) throw new ArgumentError(`update({ ${name}: undefined }): leave it out, or pass null.`);
    }
    const object = await this.session.getOne(this.model, key);
    Object.assign(object, changes);
    await this.session.flush();
    return object;
  }
  /** Deletes an object with what belongs to it. False when there was none. */
  async delete(key: Identity): Promise<boolean> {
    const object = await this.session.get(this.model, key);
    if (object === null) return false;
    await this.session.delete(object);
    await this.session.flush();
    return true;
  }
}

function listing<C extends ModelClass, P extends string>(
  model: C,
  { where = [], orderBy, limit, offset, options = [] }: ListOptions<P>,
): ScalarExecutable<Entity<C, P>, {}> {
  let statement: Select<readonly [C], never, P> = select(model)
    .where(...conditionsOf(where))
    .orderBy(...(orderBy === undefined ? primaryKeyOf(model) : [orderBy].flat()))
    .options(...options);
  if (limit !== undefined) statement = statement.limit(limit);
  if (offset !== undefined) statement = statement.offset(offset);
  // A class selected alone gives its objects; of a class that is not known yet, the compiler cannot tell.
  return statement as unknown as ScalarExecutable<Entity<C, P>, {}>;
}

function conditionsOf(where: Condition | readonly Condition[]): readonly Condition[] {
  return Array.isArray(where) ? (where as readonly Condition[]) : [where as Condition];
}

function primaryKeyOf(model: ModelClass): readonly AnyExpression[] {
  const { primaryKey, from } = mapperOf(model);
  return primaryKey.map(({ column }) => new Expression<unknown>(columnIn(from, column)));
}
