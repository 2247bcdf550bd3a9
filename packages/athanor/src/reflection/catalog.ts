import type { ConnectionCore } from "../engine/connection-core.ts";
import type { SchemaReader } from "../engine/dialect.ts";
import type { MetaData, ReflectOptions } from "../schema/metadata.ts";
import type { ReflectedColumn } from "../schema/reflected-column.ts";
import type { Task } from "../util/task.ts";
import { reflectMetadata } from "./reflect-metadata.ts";
import type {
  ReflectedCheckConstraint,
  ReflectedDomain,
  ReflectedEnum,
  ReflectedForeignKey,
  ReflectedIndex,
  ReflectedPartition,
  ReflectedPrimaryKey,
  ReflectedTableComment,
  ReflectedTableOptions,
  ReflectedUniqueConstraint,
  Relation,
} from "./reflected.ts";

/** Asks the database: rows as arrays, in the order of the columns, as the driver gives them. */
export type CatalogQuery = (sql: string, parameters?: readonly unknown[]) => Task<readonly (readonly unknown[])[]>;

/** The tables and views that a question is about. */
export interface Scope {
  /** Null: the default schema. */
  readonly schema: string | null;
  /** Null: all of the schema. */
  readonly names: readonly string[] | null;
}

/** What can be asked of tables, and what the answer is for one of them. */
export interface TableAnswers {
  readonly columns: readonly ReflectedColumn[];
  readonly primaryKeys: ReflectedPrimaryKey;
  readonly foreignKeys: readonly ReflectedForeignKey[];
  readonly uniqueConstraints: readonly ReflectedUniqueConstraint[];
  readonly checkConstraints: readonly ReflectedCheckConstraint[];
  readonly indexes: readonly ReflectedIndex[];
  readonly tableOptions: ReflectedTableOptions;
  readonly tableComments: ReflectedTableComment;
  /** The query that a view stands for. */
  readonly viewDefinitions: string | null;
  readonly partitions: readonly ReflectedPartition[];
}
export type TableQuestion = keyof TableAnswers;

/** Answers by the name of the table; where there is nothing to tell of one, it may be absent. */
export type ByTable<T> = ReadonlyMap<string, T>;

/** One query for any number of tables. */
export type TableQuestions = {
  readonly [Q in TableQuestion]: (query: CatalogQuery, scope: Scope) => Task<ByTable<TableAnswers[Q]>>;
};

/**
 * How one database is asked what is in it. What the database does not have at all (sequences, enumerations) is an empty
 * answer; what it cannot tell is a NotSupportedError.
 */
export abstract class Catalog implements SchemaReader, TableQuestions {
  /** The schema of what is named without one. */
  abstract defaultSchema(query: CatalogQuery): Task<string | null>;
  abstract schemas(query: CatalogQuery): Task<readonly string[]>;
  /** Tables and views in the order of their names; where no schema is named, temporary ones behind the others. */
  abstract relations(query: CatalogQuery, scope: Scope): Task<readonly Relation[]>;

  abstract columns(query: CatalogQuery, scope: Scope): Task<ByTable<readonly ReflectedColumn[]>>;
  abstract primaryKeys(query: CatalogQuery, scope: Scope): Task<ByTable<ReflectedPrimaryKey>>;
  abstract foreignKeys(query: CatalogQuery, scope: Scope): Task<ByTable<readonly ReflectedForeignKey[]>>;
  abstract uniqueConstraints(query: CatalogQuery, scope: Scope): Task<ByTable<readonly ReflectedUniqueConstraint[]>>;
  abstract checkConstraints(query: CatalogQuery, scope: Scope): Task<ByTable<readonly ReflectedCheckConstraint[]>>;
  abstract indexes(query: CatalogQuery, scope: Scope): Task<ByTable<readonly ReflectedIndex[]>>;
  abstract tableOptions(query: CatalogQuery, scope: Scope): Task<ByTable<ReflectedTableOptions>>;
  abstract viewDefinitions(query: CatalogQuery, scope: Scope): Task<ByTable<string | null>>;
  /** Throws NotSupportedError where the database keeps no comments. */
  abstract tableComments(query: CatalogQuery, scope: Scope): Task<ByTable<ReflectedTableComment>>;

  *partitions(_query: CatalogQuery, _scope: Scope): Task<ByTable<readonly ReflectedPartition[]>> {
    return new Map();
  }
  *sequences(_query: CatalogQuery, _schema: string | null): Task<readonly string[]> {
    return [];
  }
  *enums(_query: CatalogQuery, _schema: string | null): Task<readonly ReflectedEnum[]> {
    return [];
  }
  *domains(_query: CatalogQuery, _schema: string | null): Task<readonly ReflectedDomain[]> {
    return [];
  }

  /** What `metadata.reflect()` comes down to. */
  reflect(connection: ConnectionCore, metadata: MetaData, options: ReflectOptions): Task<void> {
    return reflectMetadata(connection, this, metadata, options);
  }
}
