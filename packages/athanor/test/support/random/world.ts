/** What databases answer differently to one and the same SQL, for the evaluator of random expressions. */
export interface World {
  readonly name: "sqlite" | "postgresql" | "mariadb";
  lower(text: string): string;
  upper(text: string): string;
  /** LIKE takes letters of ASCII for equal whatever their case. */
  readonly likeIgnoresCase: boolean;
  /** What makes a wildcard of LIKE plain where no ESCAPE says so. */
  readonly likeEscape: "\\" | null;
  readonly divisionByZero: "null" | "error";
  /** Integers beyond it are an error, or go on as floating point: nobody compares them. */
  readonly largestInteger: number;
  /** greatest() and least() leave nulls out. */
  readonly extremesIgnoreNull: boolean;
  /** concat() leaves nulls out. */
  readonly concatIgnoresNull: boolean;
}

/** What no two databases need to agree in: an overflow, a division by zero that is an error, a fraction's last digit. */
export class Unspecified extends Error {}

const asciiLower = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
const asciiUpper = (text: string) => text.replace(/[a-z]/g, (letter) => letter.toUpperCase());

export const sqliteWorld: World = {
  name: "sqlite",
  lower: asciiLower,
  upper: asciiUpper,
  likeIgnoresCase: true,
  likeEscape: null,
  divisionByZero: "null",
  largestInteger: Number.MAX_SAFE_INTEGER,
  extremesIgnoreNull: false,
  concatIgnoresNull: true,
};
/** In a database whose texts are compared by their characters' numbers. */
export const postgresqlWorld: World = {
  name: "postgresql",
  lower: (text) => text.toLowerCase(),
  upper: (text) => text.toUpperCase(),
  likeIgnoresCase: false,
  likeEscape: "\\",
  divisionByZero: "error",
  largestInteger: 2 ** 31 - 1,
  extremesIgnoreNull: true,
  concatIgnoresNull: true,
};
/** With the collation utf8mb4_nopad_bin for the database and the connection. */
export const mariadbWorld: World = {
  ...postgresqlWorld,
  name: "mariadb",
  divisionByZero: "null",
  extremesIgnoreNull: false,
  concatIgnoresNull: false,
};
