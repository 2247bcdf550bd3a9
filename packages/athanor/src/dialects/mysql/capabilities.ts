import type { Capabilities } from "../../sql/compile/sql-dialect.ts";
import type { MysqlServer } from "./server.ts";

/** What MySQL and MariaDB differ in beyond the capabilities that every dialect has. */
export interface MysqlFeatures {
  /** `INSERT … VALUES (…) AS new ON DUPLICATE KEY UPDATE`; elsewhere VALUES(column) tells the new value. */
  readonly rowAlias: boolean;
  /** FOR SHARE, and FOR UPDATE OF; elsewhere LOCK IN SHARE MODE. */
  readonly forShare: boolean;
  readonly skipLocked: boolean;
  readonly regexpLike: boolean;
  /** INTERSECT and EXCEPT. */
  readonly setOperations: boolean;
  readonly castToFloat: boolean;
  readonly castToJson: boolean;
  /** FETCH FIRST … WITH TIES. */
  readonly withTies: boolean;
  /** DROP CONSTRAINT of any kind; elsewhere each kind has a statement of its own. */
  readonly dropConstraint: boolean;
  /** IF EXISTS and IF NOT EXISTS of indexes, columns and constraints. */
  readonly ifExistsEverywhere: boolean;
  /** Indexes on expressions. */
  readonly functionalIndexes: boolean;
  /** VALUES ROW(…), ROW(…) as a table; elsewhere VALUES (…), (…). */
  readonly rowConstructors: boolean;
}

export function featuresOf({ mariadb, version }: MysqlServer): MysqlFeatures {
  return {
    rowAlias: !mariadb && version >= 80_019,
    forShare: !mariadb && version >= 80_001,
    skipLocked: mariadb ? version >= 100_600 : version >= 80_001,
    regexpLike: !mariadb && version >= 80_004,
    setOperations: mariadb ? version >= 100_300 : version >= 80_031,
    castToFloat: mariadb ? version >= 100_405 : version >= 80_017,
    castToJson: !mariadb,
    withTies: mariadb && version >= 100_600,
    dropConstraint: mariadb || version >= 80_019,
    ifExistsEverywhere: mariadb,
    functionalIndexes: !mariadb && version >= 80_013,
    rowConstructors: !mariadb && version >= 80_019,
  };
}

export function capabilitiesOf({ mariadb, version }: MysqlServer): Capabilities {
  return {
    insertReturning: mariadb && version >= 100_500,
    updateReturning: false,
    deleteReturning: mariadb,
    orderedReturning: true,
    ...(mariadb ? { sentinelInsert: "values" as const } : {}),
    multiRowInserts: true,
    defaultValues: false,
    defaultKeyword: true,
    updateFrom: true,
    deleteUsing: true,
    rowLocks: true,
    lateral: !mariadb && version >= 80_014,
    fullJoin: false,
    distinctOn: false,
    nullsOrdering: false,
    booleanLiterals: false,
    compoundParentheses: mariadb || version >= 80_022,
    textByCollation: true,
    savepoints: true,
    sequences: mariadb,
    identityColumns: false,
    computedColumns: true,
    alterConstraints: true,
    // They are written with their table and their column.
    comments: false,
    schemas: true,
    partialIndexes: false,
    lastInsertId: true,
    // A round trip costs more than a long list.
    keysPerList: 5000,
  };
}
