import type { StatementObserver } from "../../../engine/connection-statements.ts";
import { InvalidRequestError } from "../../../errors/errors.ts";
import type { Task } from "../../../util/task.ts";
import { warn } from "../../../util/warn.ts";
import type { LoadReason } from "../../loading/load-context.ts";
import { CallPlace } from "./call-place.ts";
import type { GuardOptions, SessionStatistics, StatementCount, StatementReport } from "./guard-options.ts";

/** Statements that are the same but for their values. */
interface Shape {
  readonly sql: string;
  /** How often it was sent. */
  count: number;
  /** In how many calls of the program, flushes apart: what one call sends in parts is no repetition. */
  calls: number;
  lastCall: CallPlace | null;
  about: LoadReason;
  place: CallPlace | null;
  reported: boolean;
}

/** Counts what a session sends in a transaction, and tells of what is sent again and again. */
export class StatementGuard implements StatementObserver {
  readonly #session: object;
  readonly #repeated: number;
  readonly #maxStatements: number;
  readonly #report: NonNullable<GuardOptions["report"]>;
  /** Shapes by the text that goes to the driver, several texts to one shape. */
  readonly #byText = new Map<string, Shape>();
  readonly #shapes = new Map<string, Shape>();
  #statements = 0;
  #reportedTotal = false;
  /** The call of the program that is being done. */
  #call: CallPlace | null = null;
  #about: LoadReason = null;
  #flushing = false;

  constructor(
    session: object,
    { repeated = 10, maxStatements = Number.POSITIVE_INFINITY, report = "warn" }: GuardOptions,
  ) {
    this.#session = session;
    this.#repeated = repeated;
    this.#maxStatements = maxStatements;
    this.#report = report;
  }

  // ── what is being done ─────────────────────────────────────────────────────
  /** Another transaction begins. */
  begin(): void {
    this.#byText.clear();
    this.#shapes.clear();
    this.#statements = 0;
    this.#reportedTotal = false;
  }
  /** A task that the program has called for, here and now. */
  called<T>(task: () => Task<T>): () => Task<T> {
    const place = new CallPlace();
    const guard = this;
    return function* () {
      const before = guard.#call;
      guard.#call = place;
      try {
        return yield* task();
      } finally {
        guard.#call = before;
      }
    };
  }
  /** The loading of something. */
  *loading<T>(about: LoadReason, task: Task<T>): Task<T> {
    const before = this.#about;
    this.#about = about;
    try {
      return yield* task;
    } finally {
      this.#about = before;
    }
  }
  /** A flush, whose statements are as many as there are changes. */
  *writing<T>(task: Task<T>): Task<T> {
    this.#flushing = true;
    try {
      return yield* task;
    } finally {
      this.#flushing = false;
    }
  }

  // ── counting ───────────────────────────────────────────────────────────────
  /** A statement is about to be sent. */
  sends(text: string): void {
    this.#statements += 1;
    const shape = this.#shapeOf(text);
    shape.count += 1;
    if (this.#statements > this.#maxStatements) this.#tellTotal(shape);
    if (this.#flushing) return;
    const call = this.#call;
    if (call !== null && shape.lastCall === call) return;
    shape.calls += 1;
    shape.lastCall = call;
    shape.about = this.#about;
    shape.place = call ?? new CallPlace();
    if (shape.calls >= this.#repeated) this.#tellRepeated(shape);
  }

  #shapeOf(text: string): Shape {
    let shape = this.#byText.get(text);
    if (shape !== undefined) return shape;
    const sql = shortened(text);
    shape = this.#shapes.get(sql) ?? {
      sql,
      count: 0,
      calls: 0,
      lastCall: null,
      about: this.#about,
      place: this.#call,
      reported: false,
    };
    this.#shapes.set(sql, shape);
    this.#byText.set(text, shape);
    return shape;
  }

  get statistics(): SessionStatistics {
    const shapes = [...this.#shapes.values()].map(countOf).toSorted((a, b) => b.count - a.count);
    return { statements: this.#statements, shapes };
  }

  // ── reporting ──────────────────────────────────────────────────────────────
  #tellRepeated(shape: Shape): void {
    if (shape.reported && this.#report !== "throw") return;
    shape.reported = true;
    const { sql, attribute, place } = countOf(shape);
    const what = attribute === null ? "The same statement" : `${attribute} is loaded one by one: the same statement`;
    const message =
      `${what} was sent ${shape.calls} times in one transaction${place === null ? "" : `, at last by ${place}`}. ` +
      `${advice(shape.about)} The statement: ${sql}`;
    this.#tell({ kind: "repeated", sql, count: shape.calls, attribute, place, message, session: this.#session });
  }
  #tellTotal(shape: Shape): void {
    if (this.#reportedTotal && this.#report !== "throw") return;
    this.#reportedTotal = true;
    const { sql, attribute } = countOf(shape);
    const place = (this.#call ?? new CallPlace()).text;
    const [most] = this.statistics.shapes;
    const message =
      `More than ${this.#maxStatements} statements were sent in one transaction${place === null ? "" : `, at last by ${place}`}. ` +
      `The most frequent, ${most?.count} times: ${most?.sql}`;
    this.#tell({ kind: "total", sql, count: this.#statements, attribute, place, message, session: this.#session });
  }
  #tell(report: StatementReport): void {
    if (typeof this.#report === "function") this.#report(report);
    else if (this.#report === "warn") warn(report.message);
    else throw new InvalidRequestError(report.message, { code: "too-many-statements" });
  }
}

function countOf({ sql, count, about, place }: Shape): StatementCount {
  const attribute = typeof about === "object" && about !== null ? String(about) : null;
  return { sql, count, attribute, place: place?.text ?? null };
}

function advice(about: LoadReason): string {
  if (about === null) return "Ask for all rows at once, with in() or a join.";
  if (about === "columns") {
    return "Load the columns with the query (undefer(), loadOnly()), or keep them after commits with expireOnCommit: false.";
  }
  return `Load it with the query: options(${about.isCollection ? "selectinload" : "joinedload"}(${about})).`;
}

/** A statement without the lengths of its lists. */
function shortened(sql: string): string {
  return sql.replace(/\((?:\?|\$\d+)(?:, ?(?:\?|\$\d+))+\)/g, "(…)").replace(/(?:\(…\), ?)+\(…\)/g, "(…), …");
}
