/** Where the values of an association proxy stand, and how a member for a new one is made. */
export interface MemberValues {
  /** `User.keywords`, for messages. */
  readonly name: string;
  read(member: object): unknown;
  write(member: object, value: unknown): void;
  /** A new member; with the key, where the members are kept in a Map. */
  create(value: unknown, key?: unknown): object;
}

/**
 * Members for these values: those that are there and have one of them, new ones for the others. No member is taken twice.
 */
export function membersFor(
  present: readonly object[],
  values: Iterable<unknown>,
  { read, create }: MemberValues,
): object[] {
  const byValue = new Map<unknown, object[]>();
  for (const member of present.toReversed()) {
    const value = read(member);
    const known = byValue.get(value);
    if (known === undefined) byValue.set(value, [member]);
    else known.push(member);
  }
  return Array.from(values, (value) => byValue.get(value)?.pop() ?? create(value));
}
