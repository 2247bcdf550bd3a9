/** What a condition of DDL is asked about: the database for which it is written. */
export interface DdlContext {
  /** The dialect's name, as in a URL: `postgresql`. */
  readonly dialect: string;
  /** The dialect that it is a variant of, where it is one: `postgresql` for CockroachDB. */
  readonly family?: string | undefined;
}

/** When a piece of DDL is written: for some dialects only, or when a function says so. All that is given must hold. */
export interface DdlCondition {
  /** The dialect's name, or several. */
  readonly dialect?: string | readonly string[];
  readonly when?: (context: DdlContext) => boolean;
}

/** Whether a piece of DDL is written for a dialect; without a condition it always is. */
export function holds(condition: DdlCondition | null, context: DdlContext): boolean {
  if (condition === null) return true;
  const { dialect, when } = condition;
  const names = dialect === undefined ? null : [dialect].flat();
  const isMeant = names === null || names.some((name) => name === context.dialect || name === context.family);
  return isMeant && (when === undefined || when(context));
}
