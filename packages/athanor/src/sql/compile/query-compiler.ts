import { CompileError } from "../../errors/errors.ts";
import { nullType } from "../coercions/literal-types.ts";
import type { ColumnNode, ExpressionNode, LabelReferenceNode } from "../nodes/expressions.ts";
import type { FromNode } from "../nodes/froms.ts";
import type { Operator } from "../nodes/operators.ts";
import type {
  CompoundNode,
  HintNode,
  HintPosition,
  LockNode,
  QueryNode,
  SelectItemNode,
  SelectNode,
  TextStatementNode,
  ValuesNode,
} from "../nodes/statements.ts";
import { exportedNames, isNamed, itemColumns, nameOf, outputColumns, uniqueName } from "../traverse/output-columns.ts";
import type { ResultColumn, ResultGroup } from "./compiled.ts";
import { assertColumns, displayedFroms, fromClause, leavesOf, rowCriteria } from "./from-clause.ts";
import { FromCompiler, type Naming, type Scope } from "./from-compiler.ts";
import { isMeant } from "./sql-dialect.ts";

/** Turns SELECT, set operations, VALUES and text into SQL. */
export abstract class QueryCompiler extends FromCompiler {
  readonly resultColumns: ResultColumn[] = [];
  readonly resultGroups: ResultGroup[] = [];

  // ── queries ────────────────────────────────────────────────────────────────
  override query(node: QueryNode, naming: Naming, lateral: boolean = false): string {
    if (naming === "statement") return this.#query(node, naming, lateral);
    return this.withNested(() => this.#query(node, naming, lateral));
  }

  #query(node: QueryNode, naming: Naming, lateral: boolean): string {
    switch (node.kind) {
      case "select":
        return this.select(node, naming, lateral);
      case "compound":
        return this.compound(node, naming);
      case "values":
        if (naming === "statement") this.#readAs(node);
        return this.values(node);
      case "textStatement":
        return this.textStatement(node, naming);
    }
  }

  protected override subselect(query: QueryNode): string {
    return this.query(query, "value");
  }

  select(node: SelectNode, naming: Naming, lateral: boolean = false): string {
    return this.withParameters(node.parameters, () => this.#select(node, naming, lateral));
  }

  #select(node: SelectNode, naming: Naming, lateral: boolean): string {
    assertColumns(node.columns);
    for (const cte of node.ctes) this.registerCte(cte);
    const froms = displayedFroms(node, fromClause(node), this.scope, {
      isTable: naming === "table" && !lateral,
      correlates: naming !== "table" || lateral,
    });
    this.lint("SELECT", froms, node.where);
    const where = [...node.where, ...rowCriteria(froms, node.columns)];
    const work = () => {
      const columns = this.selectColumns(node.columns, naming);
      let text = `SELECT ${this.selectPrefix(node)}${this.hintText(node.hints, "beforeColumns")}${columns}`;
      if (froms.length > 0) text += ` FROM ${froms.map((from) => this.from(from)).join(", ")}`;
      else text += this.emptyFrom(node);
      if (where.length > 0) text += ` WHERE ${this.conditions(where)}`;
      if (node.groupBy.length > 0) text += ` GROUP BY ${this.groupings(node.groupBy)}`;
      if (node.having.length > 0) text += ` HAVING ${this.conditions(node.having)}`;
      text += this.hintText(node.hints, "afterCriteria");
      if (node.orderBy.length > 0) text += ` ORDER BY ${this.orderings(node.orderBy)}`;
      text += node.fetch === null ? this.limits(node.limit, node.offset) : this.fetchClause(node, node.fetch);
      return text + this.lockClause(node.lock) + this.hintText(node.hints, "suffix");
    };
    return this.inScope(froms, labelsOf(node.columns), work, this.#tableHints(node.hints));
  }

  #tableHints(hints: readonly HintNode[]): Scope["hints"] {
    const texts = new Map<FromNode, string>();
    for (const { from, text, dialect, position } of hints) {
      if (position !== "table" || from === null || !isMeant(this.dialect, dialect)) continue;
      const before = texts.get(from);
      texts.set(from, before === undefined ? this.expression(text) : `${before} ${this.expression(text)}`);
    }
    return texts;
  }

  /** What stands at a place: with a space behind each in front of something, else with one in front of each. */
  protected hintText(hints: readonly HintNode[], position: Exclude<HintPosition, "table">): string {
    const leads = position === "prefix" || position === "beforeColumns";
    return hints
      .filter((hint) => hint.position === position && isMeant(this.dialect, hint.dialect))
      .map(({ text }) => (leads ? `${this.expression(text)} ` : ` ${this.expression(text)}`))
      .join("");
  }

  protected selectPrefix(node: SelectNode): string {
    const prefixes = this.hintText(node.hints, "prefix");
    if (node.distinctOn.length > 0) return `${prefixes}${this.distinctOn(node)}`;
    return node.distinct ? `${prefixes}DISTINCT ` : prefixes;
  }
  protected distinctOn(_node: SelectNode): string {
    throw this.unsupported("DISTINCT ON");
  }
  /** What stands in place of FROM where there is none. */
  protected emptyFrom(_node: SelectNode): string {
    return "";
  }

  // ── columns ────────────────────────────────────────────────────────────────
  /** The columns clause; of the outermost statement, what is needed to read its rows is kept. */
  protected selectColumns(items: readonly SelectItemNode[], naming: Naming): string {
    if (naming === "table") return this.exportedColumns(items, isStar);
    const names = new Set<string>();
    const seen = new Set<string>();
    return items
      .flatMap((item) => {
        const columns = itemColumns(item);
        if (naming === "statement") {
          this.resultGroups.push({ item, start: this.resultColumns.length, length: columns.length });
        }
        return columns.map((column) => this.selectColumn(column, naming, names, seen));
      })
      .join(", ");
  }

  /** Columns of a table all have names, by which they are asked for; some bring them along. */
  protected exportedColumns(
    items: readonly SelectItemNode[],
    isNamed: (node: ExpressionNode, name: string) => boolean,
  ): string {
    const nodes = items.flatMap(itemColumns);
    const names = exportedNames(nodes);
    return nodes
      .map((node, i) => {
        const [text, name] = [this.selectedExpression(node), names[i] ?? ""];
        return isNamed(node, name) ? text : `${text} AS ${this.quote(name)}`;
      })
      .join(", ");
  }

  protected selectColumn(
    node: ExpressionNode,
    naming: "statement" | "member" | "value",
    names: Set<string>,
    seen: Set<string>,
  ): string {
    const shown = naming === "value" ? node : shownNode(node);
    const text = this.selectedExpression(shown);
    const name = this.outputName(node);
    const isBare = shown === node && ((node.kind !== "label" && isNamed(node) && !isConverted(node)) || isRaw(node));
    if (naming === "value") return isBare ? text : `${text} AS ${this.quote(name)}`;
    const unique = uniqueName(name, names);
    if (naming === "statement") this.resultColumns.push({ key: keyOf(node, name), name: unique, type: node.type });
    const isFirst = unique === name && !seen.has(text);
    seen.add(text);
    return isRaw(node) || (isBare && isFirst) ? text : `${text} AS ${this.quote(unique)}`;
  }

  /** An expression in the columns clause, where a condition is a value. */
  protected selectedExpression(node: ExpressionNode): string {
    return this.expression(node.kind === "label" ? node.expression : node);
  }

  /** Functions and operators get a name made up for them, as SQLAlchemy's do: `count_1`, `anon_1`. */
  protected outputName(node: ExpressionNode): string {
    return isNamed(node) ? nameOf(node) : this.anonymousName(nameOf(node));
  }

  override labelReference({ name }: LabelReferenceNode): string {
    const named = this.scope.labels.get(name);
    if (named?.kind === "column") return this.column(named);
    if (named !== undefined) return this.quote(name);
    throw new CompileError(
      `There is no label ${JSON.stringify(name)} in this statement. There are: ` +
        `${[...this.scope.labels.keys()].map((each) => JSON.stringify(each)).join(", ") || "none"}. ` +
        "A string is never raw SQL; use sqlText() for that.",
    );
  }

  protected override orderingOperand(node: ExpressionNode, around?: Operator): string {
    return this.#labelName(node) ?? super.orderingOperand(node, around);
  }
  protected groupings(nodes: readonly ExpressionNode[]): string {
    return nodes.map((node) => this.#labelName(node) ?? this.expression(node)).join(", ");
  }
  /** A labelled expression of the columns clause is referred to by its label. */
  #labelName(node: ExpressionNode): string | null {
    return node.kind === "label" && this.scope.labels.get(node.name) === node ? this.quote(node.name) : null;
  }

  // ── set operations, VALUES, text ───────────────────────────────────────────
  compound(node: CompoundNode, naming: Naming): string {
    return this.withParameters(node.parameters, () => this.#compound(node, naming));
  }

  #compound(node: CompoundNode, naming: Naming): string {
    for (const cte of node.ctes) this.registerCte(cte);
    const [first] = node.members;
    const width = first === undefined ? 0 : outputColumns(first).length;
    for (const [index, member] of node.members.entries()) {
      const count = outputColumns(member).length;
      if (count !== width && member.kind !== "textStatement") {
        throw new CompileError(
          `All members of a ${node.operator} have as many columns as the first: ${width}, but number ${index + 1} has ${count}.`,
        );
      }
    }
    const rest = naming === "statement" ? "member" : naming;
    const members = node.members.map((member, index) => this.#member(member, index === 0 ? naming : rest));
    let text = members.join(` ${node.operator} `);
    const labels = new Map<string, ExpressionNode>();
    if (first !== undefined) {
      for (const each of outputColumns(first)) {
        labels.set(each.name, { kind: "labelReference", name: each.name, type: nullType });
      }
    }
    this.inScope([], labels, () => {
      if (node.orderBy.length > 0) {
        const around = this.unqualified;
        this.unqualified = true;
        text += ` ORDER BY ${this.orderings(node.orderBy)}`;
        this.unqualified = around;
      }
      text += this.limits(node.limit, node.offset);
    });
    return text;
  }

  /** A member with an order or a limit of its own, or that is a set operation itself, has to be held together. */
  #member(member: QueryNode, naming: Naming): string {
    const isPlain =
      member.kind !== "compound" &&
      (member.kind !== "select" || (member.limit === null && member.offset === null && member.orderBy.length === 0));
    if (isPlain) return this.#query(member, naming, false);
    if (this.can.compoundParentheses) return `(${this.#query(member, naming, false)})`;
    const name = this.quote(this.anonymousName("anon"));
    const columns = outputColumns(member).map((each) => `${name}.${this.quote(each.name)}`);
    if (naming === "statement") this.#readAs(member);
    return `SELECT ${columns.join(", ")} FROM (${this.query(member, "table")}) AS ${name}`;
  }

  /** Tells how rows are read whose columns are written elsewhere. */
  #readAs(query: QueryNode): void {
    for (const { name, key, type } of outputColumns(query)) {
      const item: ColumnNode = { kind: "column", from: null, name, key, type, column: null, entity: null };
      this.resultGroups.push({ item, start: this.resultColumns.length, length: 1 });
      this.resultColumns.push({ key, name, type });
    }
  }

  values(node: ValuesNode): string {
    return `VALUES ${node.rows.map((row) => `(${this.list(row.items)})`).join(", ")}`;
  }

  textStatement(node: TextStatementNode, naming: Naming): string {
    if (naming === "statement") {
      for (const item of node.columns) {
        const columns = itemColumns(item);
        this.resultGroups.push({ item, start: this.resultColumns.length, length: columns.length });
        for (const column of columns) {
          const name = nameOf(column);
          this.resultColumns.push({ key: keyOf(column, name), name, type: column.type });
        }
      }
    }
    return this.expression(node.text);
  }

  // ── limits and locks ───────────────────────────────────────────────────────
  protected limits(limit: ExpressionNode | null, offset: ExpressionNode | null): string {
    const first = limit === null ? "" : ` LIMIT ${this.expression(limit)}`;
    return offset === null ? first : `${first || this.offsetWithoutLimit()} OFFSET ${this.expression(offset)}`;
  }
  /** What has to stand before OFFSET where there is no limit. */
  protected offsetWithoutLimit(): string {
    return "";
  }

  /** FETCH FIRST … ROWS, as the standard has it. */
  protected fetchClause({ limit, offset }: SelectNode, fetch: NonNullable<SelectNode["fetch"]>): string {
    if (limit === null) return this.limits(limit, offset);
    const skipped = offset === null ? "" : ` OFFSET ${this.expression(offset)} ROWS`;
    const unit = fetch === "percent" || fetch === "percent ties" ? " PERCENT" : "";
    const end = fetch === "ties" || fetch === "percent ties" ? "WITH TIES" : "ONLY";
    return `${skipped} FETCH FIRST ${this.expression(limit)}${unit} ROWS ${end}`;
  }

  protected lockClause(lock: LockNode | null): string {
    if (lock === null || !this.can.rowLocks) return "";
    const strength = lock.read ? (lock.keyShare ? "KEY SHARE" : "SHARE") : lock.keyShare ? "NO KEY UPDATE" : "UPDATE";
    const of =
      lock.of.length === 0
        ? ""
        : ` OF ${lock.of
            .flatMap(leavesOf)
            .map((from) => this.lockedName(from))
            .join(", ")}`;
    const wait = lock.nowait ? " NOWAIT" : lock.skipLocked ? " SKIP LOCKED" : "";
    return ` FOR ${strength}${of}${wait}`;
  }
  /** Behind OF, tables go by their names in FROM: without a schema. */
  protected lockedName(from: FromNode): string {
    return from.kind === "table" ? this.quote(from.table.name) : this.nameOfFrom(from);
  }
}

/** Text of the programmer's without anything inside: it names itself, or it is a star. */
function isRaw(node: ExpressionNode): boolean {
  return node.kind === "fragment" && node.expressions.length === 0;
}
function isStar(node: ExpressionNode): boolean {
  return node.kind === "fragment" && /(^|\.)\*$/.test(node.texts[0] ?? "");
}

/** What a statement returns for an expression: with the function of its type around it. */
function shownNode(node: ExpressionNode): ExpressionNode {
  const around = node.type.sqlSide?.column ?? null;
  // What a type's function makes of an expression is an expression.
  return around === null ? node : (around(node.kind === "label" ? node.expression : node) as ExpressionNode);
}

/** The database does not see that a converted column still has the column's name. */
function isConverted(node: ExpressionNode): boolean {
  return node.kind === "cast" || (node.kind === "typeCoerce" && isConverted(node.expression));
}

function keyOf(node: ExpressionNode, name: string): string {
  return node.kind === "column" ? node.key : node.kind === "function" ? nameOf(node) : name;
}

/** What ORDER BY and GROUP BY may name: labels first, then columns. */
function labelsOf(items: readonly SelectItemNode[]): ReadonlyMap<string, ExpressionNode> {
  const labels = new Map<string, ExpressionNode>();
  for (const item of items) if (item.kind === "label") labels.set(item.name, item);
  for (const item of items) {
    for (const column of itemColumns(item)) {
      if (column.kind !== "column") continue;
      if (!labels.has(column.key)) labels.set(column.key, column);
      if (!labels.has(column.name)) labels.set(column.name, column);
    }
  }
  return labels;
}
