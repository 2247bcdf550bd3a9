/**
 * Athanor's ORM: models, relationships, sessions, loader options.
 *
 * @module athanor/orm
 */
export { Bundle, bundle } from "./attributes/bundle.ts";
export { type ColumnPropertyOptions, columnProperty } from "./attributes/column-expression.ts";
export { type Composite, type CompositeOptions, composite } from "./attributes/composite.ts";
export { CompositeAttribute } from "./attributes/composite-attribute.ts";
export type { ComputedAttribute } from "./attributes/computed-attribute.ts";
export { type Hybrid, type HybridOptions, hybrid, type SettableHybridOptions } from "./attributes/hybrid.ts";
export { type HybridMethod, type HybridMethodOptions, hybridMethod } from "./attributes/hybrid-method.ts";
export { queryExpression } from "./attributes/query-expression.ts";
export { type Synonym, synonym } from "./attributes/synonym.ts";
export { type Awaitable, awaitable } from "./awaitable.ts";
export { ensureLoaded, isLoaded } from "./ensure-loaded.ts";
export {
  type AssociationProxy,
  type AssociationProxyOptions,
  associationProxy,
} from "./extensions/association-proxy.ts";
export {
  AutomapBase,
  type AutomapClass,
  type AutomapOptions,
  type AutomapRelationship,
  type AutomapShape,
  automapBase,
} from "./extensions/automap.ts";
export type { AutomapNaming } from "./extensions/automap-plan.ts";
export {
  flagDirty,
  flagModified,
  getHistory,
  isModified,
  setCommittedValue,
} from "./inspection/attribute-functions.ts";
export { type AliasInfo, classMapper, hasIdentity, inspect, objectMapper } from "./inspection/inspect.ts";
export type { AttributeState, AttributeStates, InstanceInfo } from "./inspection/instance-info.ts";
export type {
  AttributeInfo,
  ColumnInfo,
  DerivedInfo,
  MapperInfo,
  RelationshipInfo,
} from "./inspection/mapper-info.ts";
export type { AttributeInitiator, ValidatedChange } from "./instrumentation/attribute-hooks.ts";
export { reorder } from "./instrumentation/collections/ordering-list.ts";
export {
  type CollectionClass,
  type CollectionHandle,
  RelatedCollection,
} from "./instrumentation/collections/related-collection.ts";
export type { AttributeHistory } from "./instrumentation/history.ts";
export type { IdentityToken, ObjectStatus } from "./instrumentation/instance-state.ts";
export { type LoaderCriteriaOptions, withLoaderCriteria, withoutLoaderCriteria } from "./loading/loader-criteria.ts";
export type { Loader } from "./loading/options.ts";
export {
  containsEager,
  defaultload,
  defer,
  immediateload,
  joinedload,
  lazyload,
  load,
  loadOnly,
  noload,
  raiseload,
  selectinload,
  selectinPolymorphic,
  subqueryload,
  undefer,
  undeferGroup,
  withExpression,
} from "./loading/options.ts";
export type { DeferOptions } from "./loading/path-elements.ts";
export type { JoinedOptions, RaiseOptions, RangeOptions, SelectinOptions } from "./loading/step-options.ts";
export { type Alias, aliased } from "./mapping/aliased.ts";
export { AssociationAttribute } from "./mapping/association-attribute.ts";
export {
  type AttributeEvents,
  type AttributeName,
  attributeOf,
  type CollectionEvents,
  type ScalarEvents,
  type Validated,
  type ValidatesOptions,
  validates,
} from "./mapping/attribute-events.ts";
export { RelationshipAttribute } from "./mapping/attributes.ts";
export {
  type CollectionChoice,
  type CollectionOf,
  Keyed,
  type KeyedBy,
  keyedBy,
  Ordered,
  type OrderingOptions,
  orderingList,
} from "./mapping/collections.ts";
export { discriminator } from "./mapping/discriminator.ts";
export { foreign, remote } from "./mapping/join-marks.ts";
export type {
  InheritOptions,
  MapOptions,
  MappedView,
  PolymorphicIdentity,
  PolymorphicOptions,
} from "./mapping/map-options.ts";
export {
  type BaseEvents,
  type ConfiguredMapper,
  type FlushContext,
  type MapperEvents,
  skipMapper,
} from "./mapping/mapper-events.ts";
export { hasMixin, mixin } from "./mapping/mixin.ts";
export { type BaseOptions, type DeclarativeBase, declarativeBase, map } from "./mapping/model.ts";
export type { Attributes, Instance, Loaded, Mixin, Model, ModelClass, ModelStatics } from "./mapping/model-types.ts";
export { DynamicCollection, type Refinement, WriteOnlyCollection } from "./mapping/queried-collections.ts";
export {
  type Cardinality,
  type CollectionOptions,
  type Lazy,
  many,
  one,
  oneOrNone,
  Relationship,
  type RelationshipOptions,
} from "./mapping/relationship.ts";
export {
  type PolymorphicAlias,
  type PolymorphicSubclasses,
  type SubclassAlias,
  type WithPolymorphicOptions,
  withPolymorphic,
} from "./mapping/with-polymorphic.ts";
export { withParent } from "./query/with-parent.ts";
export { type BindKey, binds } from "./session/binds.ts";
export type { GetOptions } from "./session/get-object.ts";
export type {
  GuardOptions,
  SessionStatistics,
  StatementCount,
  StatementReport,
} from "./session/guard/guard-options.ts";
export type { LoadedObjects } from "./session/loaded-objects.ts";
export { identityKey, type ObjectIdentity, objectSession, wasDeleted } from "./session/object-session.ts";
export type {
  Answer,
  Invocation,
  OrmExecuteState,
} from "./session/orm-execute-state.ts";
export type { RefreshOptions } from "./session/refresh-object.ts";
export { type ReplicatedOptions, replicated } from "./session/replicated.ts";
export { type Identity, Session } from "./session/session.ts";
export type { BindOptions } from "./session/session-binding.ts";
export type { JoinTransactionMode } from "./session/session-connection.ts";
export type { SessionEvents } from "./session/session-events.ts";
export type { SessionFacts, SessionOptions, StandingOptions } from "./session/session-options.ts";
export type {
  BindRequest,
  SessionRouter,
  SessionTarget,
  ShardChoosers,
  ShardedStatement,
  SyncSessionTarget,
} from "./session/session-router.ts";
export {
  type RetryingOptions,
  type SessionClass,
  type SessionConfiguration,
  type SessionMaker,
  type SessionMakerOptions,
  type SyncSessionClass,
  type SyncSessionMaker,
  type SyncSessionMakerOptions,
  sessionmaker,
  syncSessionmaker,
} from "./session/sessionmaker.ts";
export { type ShardedOptions, sharded } from "./session/sharded.ts";
export { SyncSession } from "./session/sync-session.ts";
export { makeTransient, makeTransientToDetached } from "./session/transience.ts";
export type { UpsertObjectsOptions } from "./session/upsert.ts";
