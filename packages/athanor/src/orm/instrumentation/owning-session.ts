import type { Task } from "../../util/task.ts";
import type { LoadedProperty } from "../mapping/expression-property.ts";
import type { RelationshipProperty } from "../mapping/relationship-property.ts";
import type { FormerState } from "./history.ts";
import type { InstanceState } from "./instance-state.ts";

/** What an object asks of the session that owns it. */
export interface OwningSession {
  /** The session that users have in hand. */
  readonly face: object;
  /** It can load attributes when they are read. */
  readonly synchronous: boolean;
  /** An object was put into a relationship of an object of this session: the save-update cascade. */
  cascadeAdd(state: InstanceState): void;
  /**
   * An object that is not in this session has come into a relationship of one that is, by the other side, which adds nothing.
   * It is not written unless it is added.
   */
  leftOutside(state: InstanceState, property: RelationshipProperty): void;
  /** A new object has been taken from its parent, without which it must not be: the delete-orphan cascade. */
  orphaned(state: InstanceState): void;
  /** What the foreign key of a many-to-one leads to, if both are there without a statement. */
  knownTarget(state: InstanceState, property: RelationshipProperty): object | undefined;
  /** What an object held when the flush began whose `afterFlush` is being heard; null otherwise. */
  former(state: InstanceState): FormerState | null;
  /** A relationship of one of its objects is changed. */
  relationshipChanges(property: RelationshipProperty): void;
  /** The object has changed in a way that comparison with its snapshot does not show. */
  markModified(state: InstanceState): void;
  /**
   * Loads attributes that have been read, and what is to be loaded with them: the others of a group, or everything when
   * the object has expired. Refuses what is mapped or was loaded so that reading does not load it.
   */
  loadForReading(state: InstanceState, properties: readonly LoadedProperty[]): Task<void>;
  /**
   * Loads a relationship; afterwards `state.related` has it. With `refuse`, what it gives is thrown in place of a
   * statement: only what the session knows already is loaded.
   */
  loadRelationship(state: InstanceState, property: RelationshipProperty, refuse?: () => Error): Task<void>;
  /** Loads a relationship of many objects with one statement; see `canLoadTogether()`. */
  loadTogether(states: readonly InstanceState[], property: RelationshipProperty): Task<void>;
  /** Runs a task at once (synchronous sessions), for an attribute that is read. */
  runNow<T>(task: Task<T>): T;
  /** Runs a task in its turn: for `awaitable()`. */
  runLater<T>(task: () => Task<T>): Promise<T>;
  /** The same, begun when the result is called: where it is asked for now is where it counts as asked for. */
  later<T>(task: () => Task<T>): () => Promise<T>;
  /** Puts a start off to the end of what the program does now, but not beyond the next call to the session. */
  defer(start: () => void): void;
}
