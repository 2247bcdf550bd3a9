import type { ParameterSet } from "../support/sqlite-statements.ts";
import type { LaterCases } from "./expressions.ts";

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
  /** SQLAlchemy writes something, and here it is refused: when it is compiled, or when it is executed. */
  readonly refused?: true | "execution";
  /** What stands there instead. */
  readonly sql?: string;
  /** Parameters, where they differ, too. */
  readonly parameters?: readonly unknown[];
  /** Rows, where the oracle's are those of a broken statement. */
  readonly rows?: readonly (readonly unknown[])[];
}

/** The cases of one area. Each id of the oracle is a case or listed in `later`. */
export interface Area {
  readonly name: string;
  readonly cases: Readonly<Record<string, StatementCase>>;
  readonly deviations?: Readonly<Record<string, Deviation>>;
  readonly later?: readonly LaterCases[];
}
