import type {
  BUNDLED,
  COMPOSED,
  FROM,
  JOINS,
  LOADED,
  LOADS,
  NAME,
  NAMES,
  OWNERS,
  PARAMETERS,
  ROW,
  SHAPE,
} from "../../util/symbols.ts";
import type { SchemaTranslateMap } from "../compile/schema-translation.ts";
import type { AnyExpression, Expression } from "../expression/expression.ts";
import type { Columns } from "../expression/shape.ts";

// ── what can be selected ─────────────────────────────────────────────────────
/**
 * A mapped class or an alias of one. Its instances are `C["prototype"]`: asking the construct signature would resolve
 * every property.
 */
export interface EntityClass {
  readonly prototype: object;
  readonly [SHAPE]: unknown;
  readonly [FROM]: string;
}
export type Selectable = EntityClass | AnyExpression | BundleSource | ComposedSource;
/** Several things that become one element of a row: a row of its own. */
export interface BundleSource {
  readonly [BUNDLED]: readonly unknown[];
}
/** Columns that become one value. */
export interface ComposedSource {
  readonly [COMPOSED]: unknown;
  readonly [OWNERS]: string;
}
/** A table, an alias, a subquery: what has columns under `c` and can be selected as a whole. */
export interface ColumnSource {
  readonly [FROM]: string;
  readonly c: object;
}
export type SelectSource = Selectable | ColumnSource;
/** The columns of what is selected as a whole; anything else is itself. */
export type ColumnIn<X> = X extends EntityClass | AnyExpression
  ? X
  : X extends { readonly c: infer C }
    ? C[keyof C]
    : X;

/** The mark of an entity whose relationships are known to be loaded; more paths satisfy fewer. */
export interface LoadedMark<P extends string> {
  readonly [LOADED]: { readonly [K in P]: true };
}
type PathsFrom<O extends string, L extends string> = L extends `${O}.${infer P}` ? P : never;
type Marked<I, P extends string> = [P] extends [never] ? I : I & LoadedMark<P>;
export type Entity<C extends EntityClass, L extends string> = [L] extends [never]
  ? C["prototype"]
  : Marked<C["prototype"], PathsFrom<C[typeof FROM], L>>;

/** `O & Outer` is not never: one of the tables it comes from may be absent from the row. */
export type Selected<X, Outer extends string, L extends string> =
  X extends Expression<infer T, infer O, string>
    ? [O & Outer] extends [never]
      ? T
      : T | null
    : X extends EntityClass
      ? [X[typeof FROM] & Outer] extends [never]
        ? Entity<X, L>
        : Entity<X, L> | null
      : X extends BundleSource
        ? Bundled<X[typeof BUNDLED], Outer, L>
        : ComposedPart<X, Outer>;
type ComposedPart<X, Outer extends string> = X extends ComposedSource
  ? [X[typeof OWNERS] & Outer] extends [never]
    ? X[typeof COMPOSED]
    : X[typeof COMPOSED] | null
  : never;
/** The row that a bundle is. Written out for bundles in bundles, where a type that speaks of itself would have no end. */
type Bundled<A extends readonly unknown[], Outer extends string, L extends string> = Row<
  { readonly [I in keyof A]: BundlePart<A[I], Outer, L> },
  { readonly [X in A[number] as RowName<X>]: BundlePart<X, Outer, L> }
>;
type BundlePart<X, Outer extends string, L extends string> = X extends { readonly [BUNDLED]: infer A }
  ? Row<
      { readonly [I in keyof A]: SimplePart<A[I], Outer, L> },
      { readonly [Y in A[keyof A & number] as RowName<Y>]: SimplePart<Y, Outer, L> }
    >
  : SimplePart<X, Outer, L>;
type SimplePart<X, Outer extends string, L extends string> =
  X extends Expression<infer T, infer O, string>
    ? [O & Outer] extends [never]
      ? T
      : T | null
    : X extends EntityClass
      ? [X[typeof FROM] & Outer] extends [never]
        ? Entity<X, L>
        : Entity<X, L> | null
      : ComposedPart<X, Outer>;
export type NameOf<X> = X extends { readonly [NAME]: infer N extends string } ? N : never;
/** The name of an element in a row. Names that arrays have (`length`, `values`, …) stay the array's: label such a column. */
export type RowName<X> = Exclude<NameOf<X>, keyof unknown[]>;
export type RowTuple<A extends readonly unknown[], Outer extends string = never, L extends string = never> = {
  readonly [I in keyof A]: Selected<A[I], Outer, L>;
};
/** A row is a tuple with names. */
export type Row<T, N> = T & N;

// [NAMES] is written out in every statement on purpose. Behind an alias `RowNames<A, …>`, inference between two rows goes
// through the alias's arguments, that is through `typeof Model`, and from there around every relationship.

// ── statements ───────────────────────────────────────────────────────────────
/** Anything to execute: rows as tuples, rows by name, and what may be executed with it. */
export interface Executable<out T, out N, out P> {
  readonly [ROW]: T;
  readonly [NAMES]: N;
  readonly [PARAMETERS]: P;
}
/** The same for scalars: it returns one column at least. */
export interface ScalarExecutable<out F, out P> {
  readonly [ROW]: readonly [F, ...unknown[]];
  readonly [PARAMETERS]: P;
}
/** Options of one execution. They do not change the SQL. */
export interface ExecutionOptions {
  /**
   * How UPDATE and DELETE through a session treat its objects: `evaluate` applies the criteria to them here, `fetch` asks
   * the database which rows matched, `auto` (the default) evaluates where that is possible and fetches otherwise.
   */
  readonly synchronizeSession?: "auto" | "evaluate" | "fetch" | false;
  /** Overwrite objects that the session has already with what the rows say. Default false. */
  readonly populateExisting?: boolean;
  /** Rows to fetch at a time when streaming. Default 1000. */
  readonly yieldPer?: number;
  /** Flush pending changes before the statement. Default: as the session says. */
  readonly autoflush?: boolean;
  /**
   * The schemas that are meant by those of the tables: `{ null: "tenant_1" }` for tables without one. It does not change what
   * is cached: all schemas share one compiled statement.
   */
  readonly schemaTranslateMap?: SchemaTranslateMap;
  /**
   * Of sessions: the database to execute it on, where rows are spread over several (`sharded()`). What is loaded belongs to that
   * database. Default: those that the router's `forStatement` names.
   */
  readonly identityToken?: string | number;
  /** Of sessions: anything that their router is to know of this execution. */
  readonly bindArguments?: Readonly<Record<string, unknown>>;
  /** Aborted, it stops the statement in the database too, and the execution rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Milliseconds that the statement may take before it is stopped with an OperationalError. Default: no limit. */
  readonly timeout?: number;
}
export interface ForUpdateOptions {
  /** Fail at once if a row is locked. */
  readonly nowait?: boolean;
  /** Leave locked rows out. */
  readonly skipLocked?: boolean;
  /** Lock against writers only: FOR SHARE. */
  readonly read?: boolean;
  /** The weaker form that leaves foreign-key checks alone: FOR NO KEY UPDATE, FOR KEY SHARE. */
  readonly keyShare?: boolean;
  /** Only rows of these are locked: tables, or columns that stand for theirs. */
  readonly of?: readonly (FromSource | AnyExpression)[];
}
export type Parameters = Readonly<Record<string, unknown>>;
/** Anything to join: a table, a model, an alias, a subquery, or a relationship attribute. */
export interface JoinTarget<out O extends string> {
  readonly [JOINS]: O;
}
export interface LoaderOption<out P extends string> {
  readonly [LOADS]: P;
}
/** Something that stands in FROM. */
export interface FromSource {
  readonly [FROM]: string;
}

type Intersect<U> = (U extends unknown ? (member: U) => void : never) extends (member: infer I) => void ? I : never;
type EntityColumns<X, N extends string> = X extends EntityClass ? Columns<X[typeof SHAPE], N> : never;
/** Named expressions keep their names; an entity gives its columns. */
export type SubqueryColumns<A extends readonly unknown[], Outer extends string, N extends string> = {
  readonly [X in A[number] as NameOf<X>]: Expression<Selected<X, Outer, never>, N, NameOf<X>>;
} & ([Extract<A[number], EntityClass>] extends [never] ? unknown : Intersect<EntityColumns<A[number], N>>);

/** What a SELECT selects, by its names: expressions as they are, and an entity's columns. */
export type SelectedColumns<A extends readonly unknown[]> = {
  readonly [X in Exclude<A[number], EntityClass> as NameOf<X>]: X;
} & ([Extract<A[number], EntityClass>] extends [never] ? unknown : Intersect<OwnColumns<A[number]>>);
type OwnColumns<X> = X extends EntityClass ? Columns<X[typeof SHAPE], X[typeof FROM]> : never;

/** What is selected, with columns called by their tables' names and their own. */
export type Labelled<A extends readonly unknown[]> = {
  readonly [I in keyof A]: A[I] extends Expression<infer T, infer O, infer N>
    ? [O] extends [never]
      ? A[I]
      : Expression<T, O, [N] extends [never] ? never : `${O}_${N}`>
    : A[I];
};

/** What INSERT, UPDATE and DELETE work on: a table or a model. */
export interface Target<S, O extends string> {
  readonly [SHAPE]: S;
  readonly [FROM]: O;
}
/** Rows, as much of an array as INSERT needs: comparing one row with all of ReadonlyArray is not free. */
export interface Rows<R> {
  readonly [index: number]: R;
  readonly length: number;
}
export interface ReturningOptions {
  /** Rows come back in the order of the parameters. */
  readonly sortByParameterOrder?: boolean;
}
