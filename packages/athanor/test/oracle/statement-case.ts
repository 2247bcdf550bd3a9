import type { ParameterSet } from "../support/sqlite-statements.ts";
import type { LaterCases } from "./expressions.ts";

/** The dialects for which the oracle has texts. MySQL's are executed on MariaDB. */
export type DialectName = "sqlite" | "postgresql" | "mysql";

/** A case of the oracle in TypeScript. It throws where the oracle says that building the statement raises. */
export type StatementCase = () => unknown;

/** A statement with what it is executed with. */
export class Execution {
  readonly statement: unknown;
  readonly parameters: ParameterSet | readonly ParameterSet[];

  constructor(statement: unknown, parameters: ParameterSet | readonly ParameterSet[]) {
    this.statement = statement;
    this.parameters = parameters;
  }
}

/** What is written otherwise than SQLAlchemy writes it, and why. */
export interface Deviation {
  readonly reason: string;
  /**
   * SQLAlchemy writes something, and here it is refused: when it is compiled, or when it is executed. What is refused "offline"
   * is executed all the same: MariaDB has what MySQL lacks.
   */
  readonly refused?: true | "execution" | "offline";
  /** What stands there instead; also where SQLAlchemy refuses what is written here. */
  readonly sql?: string;
  /** The statements that are sent in place of the oracle's, where there are several. */
  readonly statements?: readonly { readonly sql: string; readonly parameters: readonly unknown[] }[];
  /** Parameters, where they differ, too. */
  readonly parameters?: readonly unknown[];
  /** Rows, where the oracle's are those of a broken statement; null where it failed there. */
  readonly rows?: readonly (readonly unknown[])[];
  /** What the database makes of it is not compared: the oracle's statement is another there. */
  readonly notCompared?: "result";
}
export type Deviations = Readonly<Partial<Record<DialectName, Deviation>>>;

export const noReturning: Deviation = {
  reason: "MySQL has no RETURNING: refused instead of failing there; MariaDB has it for INSERT and DELETE",
  refused: "offline",
};

/** The same on every dialect. */
export function everywhere(deviation: Deviation): Deviations {
  return { sqlite: deviation, postgresql: deviation, mysql: deviation };
}

/** The cases of one area. Each id of the oracle is a case or listed in `later`. */
export interface Area {
  readonly name: string;
  readonly cases: Readonly<Record<string, StatementCase>>;
  /** By case and dialect; one that names no dialect is SQLite's. */
  readonly deviations?: Readonly<Record<string, Deviation | Deviations>>;
  readonly later?: readonly LaterCases[];
}

export function deviationOf({ deviations }: Area, id: string, dialect: DialectName): Deviation | undefined {
  const found = deviations?.[id];
  if (found === undefined) return undefined;
  if ("reason" in found) return dialect === "sqlite" ? found : undefined;
  return found[dialect];
}
