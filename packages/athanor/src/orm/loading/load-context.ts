import type { OptionNode, SelectNode } from "../../sql/nodes/statements.ts";
import type { Task } from "../../util/task.ts";
import type { IdentityKey, IdentityToken, InstanceState } from "../instrumentation/instance-state.ts";
import type { OwningSession } from "../instrumentation/owning-session.ts";
import type { Mapper } from "../mapping/mapper.ts";
import type { RelationshipProperty } from "../mapping/relationship-property.ts";

export type ParameterValues = Readonly<Record<string, unknown>>;

/**
 * What a loader's statement is for: a relationship, or columns of an object that is there. Null: objects that the program
 * has asked for by their keys.
 */
export type LoadReason = RelationshipProperty | "columns" | null;

/** The objects of a session by their keys. */
export interface IdentityLookup {
  /** The database that is being worked in, where there are several. */
  readonly token: IdentityToken | null;
  /**
   * The objects of a class and of all classes that share its topmost mapper. Loaders read this map and put into it what
   * they make, without asking again for every row.
   */
  objectsOf(mapper: Mapper): Map<IdentityKey, InstanceState>;
}

/** What loaders ask of a session. */
export interface LoadSession extends OwningSession {
  readonly identityMap: IdentityLookup;
  /** The session that the program has in hand; it is handed to events. */
  readonly face: object;
  /** Options that count for everything that the session reads. */
  readonly standingOptions: readonly OptionNode[];
  readonly listeners: { has(event: "loadedAsPersistent"): boolean };
  fire(event: "loadedAsPersistent", object: object): void;
  /**
   * Runs a SELECT of a loader's in the session's transaction, without autoflush, and gives the converted rows. Loaders
   * build such a statement once and pass the same node every time, so that what is compiled can be kept for the node;
   * what differs from time to time are the parameters.
   */
  executeLoad(select: SelectNode, parameters: ParameterValues, about: LoadReason): Task<unknown[][]>;
  /** How many keys such a statement should look for. */
  keysAtOnce(select: SelectNode): Task<number>;
  /** Whether the database of such a statement has LATERAL joins. */
  joinsLaterally(select: SelectNode): Task<boolean>;
}

/** One load: the rows of one statement and everything that is loaded along with them. */
export interface LoadContext {
  readonly session: LoadSession;
  /** Overwrite objects that the session has already. */
  readonly populateExisting: boolean;
  /** The values of the user's statement, in the order of its cache key; empty when there is no such statement. */
  readonly values: readonly unknown[];
  /** What the statement was executed with. */
  readonly parameters: ParameterValues;
}
