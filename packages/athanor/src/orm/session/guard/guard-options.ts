/** What a session tells of that sends too many statements. */
export interface StatementReport {
  /** `repeated`: many statements of one shape; `total`: many altogether. */
  readonly kind: "repeated" | "total";
  /** The statement, with lists of parameters shortened, so that it is the same whatever their length. */
  readonly sql: string;
  /** How many of them there have been in the transaction so far. */
  readonly count: number;
  /** What was being loaded, such as `User.orders`; null for what the program has executed itself. */
  readonly attribute: string | null;
  /** The place in the program that led to the statement; null where it is not known. */
  readonly place: string | null;
  /** All of it in words, with what to do about it. */
  readonly message: string;
  readonly session: object;
}

export interface GuardOptions {
  /** From how many statements of one shape in one transaction on it is told. Default 10. */
  readonly repeated?: number;
  /** How many statements a transaction may send in all. Default: any number. */
  readonly maxStatements?: number;
  /**
   * `warn` warns of each shape once in a transaction; `throw` refuses the statement with an InvalidRequestError; a function is
   * given the report. Default `warn`.
   */
  readonly report?: "warn" | "throw" | ((report: StatementReport) => void);
}

/** How often a session has sent statements of one shape in its transaction. */
export interface StatementCount {
  readonly sql: string;
  readonly count: number;
  readonly attribute: string | null;
  readonly place: string | null;
}

/** What a session with a guard has sent in the transaction that is under way, or that was the last. */
export interface SessionStatistics {
  readonly statements: number;
  /** The most frequent first. */
  readonly shapes: readonly StatementCount[];
}
