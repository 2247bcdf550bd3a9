import type { Cascades } from "../mapping/cascades.ts";
import type { Mapper } from "../mapping/mapper.ts";
import type { RelationshipProperty } from "../mapping/relationship-property.ts";

type Properties = readonly RelationshipProperty[];

/** A class's relationships, sorted by what a session does along them. */
export interface RelationshipRoles {
  readonly saveUpdate: Properties;
  readonly merge: Properties;
  readonly refreshExpire: Properties;
  readonly expunge: Properties;
  readonly delete: Properties;
  /** Relationships that are written; view-only ones are in none of these lists. */
  readonly written: Properties;
  readonly manyToOne: Properties;
  readonly oneToMany: Properties;
  /** One-to-many without a way back that would give the children their keys. */
  readonly oneToManyAlone: Properties;
  readonly manyToMany: Properties;
  /** One-to-many whose members must not be without this parent. */
  readonly owning: Properties;
  /** Many-to-one without which an object is an orphan. */
  readonly owners: Properties;
  /** Some relationship has to be looked at, member by member, when it has changed. */
  readonly hasMembers: boolean;
  /** Some collection takes members from others without their knowing. */
  readonly adopts: boolean;
  /** Some relationship is written with an UPDATE of its own. */
  readonly hasPostUpdates: boolean;
}

const known = new WeakMap<Mapper, RelationshipRoles>();

export function rolesOf(mapper: Mapper): RelationshipRoles {
  let roles = known.get(mapper);
  if (roles === undefined) {
    roles = sortRoles(mapper);
    known.set(mapper, roles);
  }
  return roles;
}

function sortRoles({ relationships }: Mapper): RelationshipRoles {
  const written = relationships.filter((property) => !property.viewOnly);
  const along = (cascade: keyof Cascades) => written.filter(({ cascades }) => cascades[cascade]);
  const oneToMany = written.filter(({ direction }) => direction === "oneToMany");
  return {
    saveUpdate: along("saveUpdate"),
    merge: relationships.filter(({ cascades }) => cascades.merge),
    refreshExpire: along("refreshExpire"),
    expunge: along("expunge"),
    delete: along("delete"),
    written,
    manyToOne: written.filter(({ direction }) => direction === "manyToOne"),
    oneToMany,
    oneToManyAlone: oneToMany.filter((property) => writtenReverse(property) === null),
    manyToMany: written.filter(({ direction }) => direction === "manyToMany"),
    owning: along("deleteOrphan"),
    owners: written.filter((property) => writtenReverse(property)?.cascades.deleteOrphan === true),
    hasMembers: written.some(isWrittenByParent),
    adopts: along("deleteOrphan").some((property) => writtenReverse(property) === null),
    hasPostUpdates: written.some(({ postUpdate }) => postUpdate),
  };
}

function isWrittenByParent(property: RelationshipProperty): boolean {
  const { direction, cascades } = property;
  return (
    direction === "manyToMany" ||
    (direction === "oneToMany" && (writtenReverse(property) === null || !cascades.saveUpdate))
  );
}

/** The way back, if it is written as well. */
export function writtenReverse({ reverse }: RelationshipProperty): RelationshipProperty | null {
  return reverse === null || reverse.viewOnly ? null : reverse;
}
