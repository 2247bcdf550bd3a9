import { InvalidRequestError } from "../../errors/errors.ts";
import { type Listenable, listen } from "../../events/listeners.ts";
import type { AnyColumn } from "../../schema/column.ts";
import { describe } from "../../sql/coercions/operands.ts";
import type { Expression } from "../../sql/expression/expression.ts";
import type { ValueOf } from "../../sql/expression/shape.ts";
import { mapperOf } from "../instrumentation/entity.ts";
import { withLoaderCriteria } from "../loading/loader-criteria.ts";
import { hasMixin } from "../mapping/mixin.ts";
import type { Mixin } from "../mapping/model-types.ts";
import type { SessionEvents } from "../session/session-events.ts";
import type { SessionFacts, StandingOptions } from "../session/session-options.ts";

/** In place of a tenant: the session sees and writes the rows of all. */
export const everyTenant: unique symbol = Symbol("athanor.everyTenant");

export interface TenancyOptions<T> {
  /** Whose work a session does: `(session) => session.info.tenant`. What it gives is looked at each time. */
  readonly tenant: (session: SessionFacts) => T | typeof everyTenant | undefined;
}

/** What tells tenants from each other: a key. */
type Tenant = string | number | bigint;
/** Attributes of a shape that are columns. */
type ColumnKey<S> = { [P in keyof S]: S[P] extends AnyColumn ? P : never }[keyof S] & string;

/**
 * Rows that belong to tenants in tables that all of them share. Classes with the mixin are read by a session as if those of its
 * own tenant were all there are; new objects get the tenant, and writing to another's is refused. `insert()` with rows of
 * its own, and SQL text, are not looked into.
 *
 * @example
 * const Owned = mixin({ tenantId: integer().index() });
 * const tenancy = new Tenancy(Owned, "tenantId", { tenant: (session) => session.info.tenant as number | undefined });
 * const sessions = sessionmaker(engine, { options: tenancy.options });
 * tenancy.guard(sessions);
 */
export class Tenancy<S, M, K extends ColumnKey<S>> {
  readonly #mixin: Mixin<S, M>;
  readonly #key: K;
  readonly #tenantOf: TenancyOptions<ValueOf<S[K]> & Tenant>["tenant"];

  constructor(mixin: Mixin<S, M>, key: K, { tenant }: TenancyOptions<ValueOf<S[K]> & Tenant>) {
    this.#mixin = mixin;
    this.#key = key;
    this.#tenantOf = tenant;
  }

  /** The `options` of the sessions. They throw InvalidRequestError where no tenant is at work. */
  readonly options: StandingOptions = (session) => {
    const tenant = this.#requireTenant(session);
    if (tenant === everyTenant) return [];
    const key = this.#key;
    return [withLoaderCriteria(this.#mixin, (entity) => columnOf(entity, key).eq(tenant), { name: "tenancy" })];
  };

  /**
   * Looks at what is flushed: new objects get the tenant, and those of another one are refused.
   *
   * @param sessions a session, or the factory whose sessions are meant
   */
  guard<Q extends SessionFacts & { readonly new: ReadonlySet<object>; readonly dirty: ReadonlySet<object> }>(
    sessions: Listenable<SessionEvents<Q>>,
  ): void {
    listen(sessions, "beforeFlush", (session) => {
      const tenant = this.#requireTenant(session);
      if (tenant === everyTenant) return;
      for (const object of session.new) this.#settle(object, tenant, true);
      for (const object of session.dirty) this.#settle(object, tenant, false);
    });
  }

  #settle(object: object, tenant: ValueOf<S[K]> & Tenant, isNew: boolean): void {
    if (!hasMixin(object, this.#mixin)) return;
    const key = this.#key;
    const known: unknown = isNew || Object.hasOwn(object, key) ? Reflect.get(object, key) : tenant;
    if (isNew && (known === undefined || known === null)) {
      Reflect.set(object, key, tenant);
    } else if (known !== tenant) {
      throw new InvalidRequestError(
        `${mapperOf(object.constructor).className}.${key} is ${describe(known)}, but the session works for ${describe(tenant)}: ` +
          "an object of another tenant cannot be written.",
      );
    }
  }
  #requireTenant(session: SessionFacts): (ValueOf<S[K]> & Tenant) | typeof everyTenant {
    const tenant = this.#tenantOf(session);
    if (tenant !== undefined) return tenant;
    throw new InvalidRequestError(
      "No tenant is at work in this session: let the option `tenant` give one, or everyTenant for work on all of them.",
    );
  }
}

function columnOf(entity: object, key: string): Expression<Tenant | null> {
  // A column of the mixin by its name, as the caller's types have it.
  return Reflect.get(entity, key) as Expression<Tenant | null>;
}
