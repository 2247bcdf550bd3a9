import { boolean, double, integer, MetaData, table, text } from "../core.ts";

export const thingsMetadata = new MetaData();

/** The table that random expressions and statements speak of. */
export const things = table("things", thingsMetadata, {
  id: integer().primaryKey().autoincrement(false),
  i: integer().nullable(),
  j: integer().nullable(),
  f: double().nullable(),
  s: text().nullable(),
  t: text().nullable(),
  b: boolean().nullable(),
});

export interface Thing {
  readonly id: number;
  readonly i: number | null;
  readonly j: number | null;
  readonly f: number | null;
  readonly s: string | null;
  readonly t: string | null;
  readonly b: boolean | null;
}

/** Its rows. */
export const rows: readonly Thing[] = [
  { id: 1, i: 7, j: 2, f: 1.5, s: "apple", t: "p", b: true },
  { id: 2, i: -3, j: 0, f: -0.25, s: "50%_/", t: "%", b: false },
  { id: 3, i: 0, j: null, f: 8, s: "", t: "Ä'", b: null },
  { id: 4, i: null, j: 5, f: null, s: null, t: "\\", b: true },
];
