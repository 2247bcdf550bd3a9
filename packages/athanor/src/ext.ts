/**
 * What applications build on the ORM again and again, ready to be used: repositories, soft delete, tenants, audit
 * trails, histories, trees, slugs.
 *
 * @module athanor/ext
 */
export {
  type AuditedChanges,
  type AuditOptions,
  AuditRecord,
  type AuditValues,
  auditTrail,
  type JsonValue,
} from "./orm/extensions/audit-trail.ts";
export {
  type HistoryModel,
  type HistoryOptions,
  type HistoryShape,
  historyModel,
  recordHistory,
} from "./orm/extensions/history.ts";
export { MaterializedPath, type PathOptions } from "./orm/extensions/materialized-path.ts";
export { type Changes, type ListOptions, type Page, Repository } from "./orm/extensions/repository.ts";
export { type ListenedModel, onRowChanges, type RowChange, type Values } from "./orm/extensions/row-changes.ts";
export { type SlugOptions, slugged, slugify, uniqueSlug } from "./orm/extensions/slugs.ts";
export { notDeleted, SoftDeletable, softDelete, withDeleted } from "./orm/extensions/soft-delete.ts";
export { type AuthorOptions, stampAuthors, Timestamps } from "./orm/extensions/stamps.ts";
export { everyTenant, Tenancy, type TenancyOptions } from "./orm/extensions/tenancy.ts";
