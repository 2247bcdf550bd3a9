import type { ReferentialAction } from "../schema/column-definition.ts";

/** Rows that begin with the same name, in their order, made into one answer for each name. */
export function groupRows<T>(
  rows: readonly (readonly unknown[])[],
  answer: (rows: readonly (readonly unknown[])[]) => T,
): Map<string, T> {
  const groups = new Map<string, (readonly unknown[])[]>();
  for (const row of rows) {
    const name = String(row[0]);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [row]);
    else group.push(row);
  }
  return new Map([...groups].map(([name, group]) => [name, answer(group)]));
}

/** What a table has several of (foreign keys, indexes): rows of one table made into members by the column at a position. */
export function membersOf<T>(
  rows: readonly (readonly unknown[])[],
  position: number,
  member: (rows: readonly (readonly unknown[])[]) => T,
): readonly T[] {
  return [
    ...groupRows(
      rows.map((row) => row.slice(position)),
      member,
    ).values(),
  ];
}

const actions: Readonly<Record<string, ReferentialAction>> = {
  CASCADE: "cascade",
  RESTRICT: "restrict",
  "SET NULL": "set null",
  "SET DEFAULT": "set default",
};

/** What ON DELETE or ON UPDATE says; null for NO ACTION, which goes without saying. */
export function actionOf(text: unknown): ReferentialAction | null {
  return actions[String(text).toUpperCase()] ?? null;
}
