import { CompileError, InvalidRequestError } from "../../errors/errors.ts";
import { nullType } from "../coercions/literal-types.ts";
import type { ColumnNode, ExpressionNode, LabelReferenceNode } from "../nodes/expressions.ts";
import type { CteNode, FromNode, JoinNode, TableFunctionNode, TableNode } from "../nodes/froms.ts";
import type {
  CompoundNode,
  LockNode,
  QueryNode,
  SelectItemNode,
  SelectNode,
  TextStatementNode,
  ValuesNode,
} from "../nodes/statements.ts";
import { nameOf, outputColumns, uniqueName } from "../statement/subquery.ts";
import type { ResultColumn, ResultGroup } from "./compiled.ts";
import { ExpressionCompiler } from "./expression-compiler.ts";
import { assertColumns, describeFrom, fromClause, leavesOf } from "./from-clause.ts";

/** What a SELECT sees of the statements around it. */
interface Scope {
  /** Elements of the FROM of this statement. */
  readonly froms: ReadonlySet<FromNode>;
  /** Those of all statements around it. */
  readonly outer: ReadonlySet<FromNode>;
  /** Labels that ORDER BY and GROUP BY may name. */
  readonly labels: ReadonlyMap<string, ExpressionNode>;
}

/** How result columns are named: a statement names what needs it, a table has to name all. */
type Naming = "statement" | "table" | "value";

const noScope: Scope = { froms: new Set(), outer: new Set(), labels: new Map() };

/** Turns SELECT, set operations, VALUES and everything that stands in FROM into SQL. */
export abstract class QueryCompiler extends ExpressionCompiler {
  readonly resultColumns: ResultColumn[] = [];
  readonly resultGroups: ResultGroup[] = [];
  protected scope: Scope = noScope;
  readonly #fromNames = new Map<FromNode, string>();
  readonly #namesInUse = new Set<string>();
  readonly #anonymous = new Map<string, number>();
  readonly #ctes = new Map<CteNode, string>();
  readonly #cteNames = new Map<string, CteNode>();
  #hasRecursiveCte = false;

  // ── queries ────────────────────────────────────────────────────────────────
  query(node: QueryNode, naming: Naming): string {
    switch (node.kind) {
      case "select":
        return this.select(node, naming);
      case "compound":
        return this.compound(node, naming);
      case "values":
        return this.values(node);
      case "textStatement":
        return this.textStatement(node, naming);
    }
  }

  protected override subselect(query: QueryNode): string {
    return this.query(query, "value");
  }

  select(node: SelectNode, naming: Naming): string {
    assertColumns(node.columns);
    for (const cte of node.ctes) this.registerCte(cte);
    const all = fromClause(node);
    const froms = this.#displayed(node, all, naming);
    return this.inScope(froms, labelsOf(node.columns), () => {
      const columns = this.selectColumns(node.columns, naming);
      let text = `SELECT ${this.selectPrefix(node)}${columns}`;
      if (froms.length > 0) text += ` FROM ${froms.map((from) => this.from(from)).join(", ")}`;
      else text += this.emptyFrom(node);
      if (node.where.length > 0) text += ` WHERE ${this.conditions(node.where)}`;
      if (node.groupBy.length > 0) text += ` GROUP BY ${this.groupings(node.groupBy)}`;
      if (node.having.length > 0) text += ` HAVING ${this.conditions(node.having)}`;
      if (node.orderBy.length > 0) text += ` ORDER BY ${this.orderings(node.orderBy)}`;
      text += this.limits(node.limit, node.offset);
      return text + this.lockClause(node.lock);
    });
  }

  protected inScope<T>(froms: readonly FromNode[], labels: Scope["labels"], work: () => T): T {
    const around = this.scope;
    this.scope = {
      froms: new Set(froms.flatMap(leavesOf)),
      outer: new Set([...around.outer, ...around.froms]),
      labels,
    };
    try {
      return work();
    } finally {
      this.scope = around;
    }
  }

  /** Leaves out of FROM what the statement around this one provides. */
  #displayed(node: SelectNode, froms: readonly FromNode[], naming: Naming): readonly FromNode[] {
    const { scope } = this;
    const enclosing = naming === "table" ? scope.outer : new Set([...scope.outer, ...scope.froms]);
    let kept = froms;
    if (node.correlate !== null) {
      const named = new Set(node.correlate);
      kept = froms.filter((from) => !(named.has(from) && enclosing.has(from)));
    } else if (node.correlateExcept !== null) {
      const named = new Set(node.correlateExcept);
      kept = froms.filter((from) => named.has(from) || !enclosing.has(from));
    } else if (naming === "value" && froms.length > 1) {
      kept = froms.filter((from) => !scope.froms.has(from));
      if (kept.length === 0) {
        throw new InvalidRequestError(
          `A subquery is left without FROM: all of ${froms.map(describeFrom).join(", ")} stand in the statement around it. ` +
            "Say with correlate() which of them are meant, or take an alias.",
        );
      }
    }
    return kept;
  }

  protected selectPrefix(node: SelectNode): string {
    const prefixes = node.hints
      .filter((hint) => hint.position === "prefix" && (hint.dialect ?? this.dialect.name) === this.dialect.name)
      .map((hint) => `${hint.text} `)
      .join("");
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

  protected unsupported(what: string): CompileError {
    return new CompileError(`${this.dialect.name} has no ${what}.`);
  }

  // ── columns ────────────────────────────────────────────────────────────────
  /** The columns clause; of the outermost statement, what is needed to read its rows is kept. */
  protected selectColumns(items: readonly SelectItemNode[], naming: Naming): string {
    const names = new Set<string>();
    const seen = new Set<string>();
    return items
      .flatMap((item) => {
        const columns = item.kind === "entity" ? item.columns : [item];
        if (naming === "statement") {
          this.resultGroups.push({ item, start: this.resultColumns.length, length: columns.length });
        }
        return columns.map((column) => this.selectColumn(column, naming, names, seen));
      })
      .join(", ");
  }

  protected selectColumn(node: ExpressionNode, naming: Naming, names: Set<string>, seen: Set<string>): string {
    const text = node.kind === "label" ? this.expression(node.expression) : this.selectedExpression(node);
    // Raw SQL may be more than one column, as * is: it is named by whoever writes it.
    if (node.kind === "fragment" && naming !== "table") {
      if (naming === "statement") this.resultColumns.push({ key: text, name: text, type: node.type });
      return text;
    }
    const name = this.outputName(node, naming);
    if (naming === "value") return isNamed(node) && node.kind !== "label" ? text : `${text} AS ${this.quote(name)}`;
    const unique = uniqueName(name, names);
    if (naming === "statement") {
      this.resultColumns.push({ key: keyOf(node, name), name: unique, type: node.type });
      const isBare = node.kind === "column" && unique === name && !seen.has(text);
      seen.add(text);
      return isBare ? text : `${text} AS ${this.quote(unique)}`;
    }
    return `${text} AS ${this.quote(unique)}`;
  }

  /** An expression in the columns clause, where a condition is a value. */
  protected selectedExpression(node: ExpressionNode): string {
    return this.expression(node);
  }

  /** Functions and operators get a name made up for them, as SQLAlchemy's do: `count_1`, `anon_1`. */
  protected outputName(node: ExpressionNode, naming: Naming): string {
    if (isNamed(node)) return nameOf(node);
    const base = nameOf(node);
    return naming === "table" ? base : this.anonymousName(base);
  }

  protected anonymousName(base: string): string {
    const count = (this.#anonymous.get(base) ?? 0) + 1;
    this.#anonymous.set(base, count);
    const name = `${base}_${count}`;
    return this.#namesInUse.has(name) ? this.anonymousName(base) : name;
  }

  override labelReference({ name }: LabelReferenceNode): string {
    if (this.scope.labels.has(name)) return this.quote(name);
    throw new CompileError(
      `There is no label ${JSON.stringify(name)} in this statement. There are: ` +
        `${[...this.scope.labels.keys()].map((each) => JSON.stringify(each)).join(", ") || "none"}. ` +
        "A string is never raw SQL; use sqlText() for that.",
    );
  }

  protected override orderingOperand(node: ExpressionNode): string {
    return this.#labelName(node) ?? super.orderingOperand(node);
  }
  protected groupings(nodes: readonly ExpressionNode[]): string {
    return nodes.map((node) => this.#labelName(node) ?? this.expression(node)).join(", ");
  }
  /** A labelled expression of the columns clause is referred to by its label. */
  #labelName(node: ExpressionNode): string | null {
    return node.kind === "label" && this.scope.labels.get(node.name) === node ? this.quote(node.name) : null;
  }

  // ── FROM ───────────────────────────────────────────────────────────────────
  from(node: FromNode): string {
    switch (node.kind) {
      case "table":
        return this.tableName(node);
      case "alias":
        return `${this.from(node.of)} AS ${this.quote(this.#nameFor(node))}`;
      case "subquery":
        if (node.lateral && !this.can.lateral) throw this.unsupported("LATERAL");
        return `${node.lateral ? "LATERAL " : ""}(${this.query(node.query, "table")}) AS ${this.quote(this.#nameFor(node))}`;
      case "cte":
        return this.quote(this.registerCte(node));
      case "tableFunction":
        return this.tableFunction(node);
      case "pseudoTable":
        return node.name;
      case "join":
        return this.join(node);
    }
  }

  protected join({ left, right, on, type }: JoinNode): string {
    if (type === "full" && !this.can.fullJoin) throw this.unsupported("FULL JOIN");
    const target = right.kind === "join" ? `(${this.from(right)})` : this.from(right);
    const keyword = joinKeywords[type];
    const condition = on === null ? "" : ` ON ${this.condition(on)}`;
    return `${this.from(left)} ${keyword} ${target}${condition}`;
  }

  protected tableName({ table }: TableNode): string {
    const name = this.quote(table.name);
    return table.schema === null ? name : `${this.quote(table.schema)}.${name}`;
  }

  protected tableFunction(node: TableFunctionNode): string {
    return `${this.expression(node.function)} AS ${this.quote(this.#nameFor(node))}`;
  }

  protected override nameOfFrom(from: FromNode): string {
    switch (from.kind) {
      case "table":
        return this.tableName(from);
      case "pseudoTable":
        return from.name;
      case "cte":
        return this.quote(this.#cteName(from));
      case "join":
        throw new CompileError("A column belongs to one side of a join, not to the join.");
      default:
        return this.quote(this.#nameFor(from));
    }
  }

  /** The name given to an alias or a subquery, or one made up: the table's with a number, or `anon_1`. */
  #nameFor(node: Exclude<FromNode, TableNode | JoinNode>): string {
    const known = this.#fromNames.get(node);
    if (known !== undefined) return known;
    const name = node.name ?? this.anonymousName(baseName(node));
    this.#fromNames.set(node, name);
    this.#namesInUse.add(name);
    return name;
  }

  // ── WITH ───────────────────────────────────────────────────────────────────
  #cteName(node: CteNode): string {
    return this.#fromNames.get(node) ?? this.#nameFor(node);
  }

  /** Sees to it that a CTE is written once, before the CTEs that use it; gives its name. */
  protected registerCte(node: CteNode): string {
    const name = this.#cteName(node);
    if (this.#ctes.has(node) || this.#isAnchor(node)) return name;
    const other = this.#cteNames.get(name);
    if (other !== undefined && other !== node) {
      throw new CompileError(`Two common table expressions have the name ${JSON.stringify(name)}.`);
    }
    this.#cteNames.set(name, node);
    for (let anchor = node.anchor; anchor !== null; anchor = anchor.anchor) this.#openAnchor(anchor, name);
    if (node.recursive) this.#hasRecursiveCte = true;
    // The place is taken after what it uses, and held open meanwhile against references to itself.
    this.#ctes.set(node, "");
    const text = this.#outsideScope(() => this.cteDefinition(node, name));
    this.#ctes.delete(node);
    this.#ctes.set(node, text);
    return name;
  }

  readonly #anchors = new Set<CteNode>();
  #openAnchor(anchor: CteNode, name: string): void {
    this.#anchors.add(anchor);
    this.#fromNames.set(anchor, name);
  }
  #isAnchor(node: CteNode): boolean {
    return this.#anchors.has(node);
  }

  #outsideScope<T>(work: () => T): T {
    const around = this.scope;
    this.scope = noScope;
    try {
      return work();
    } finally {
      this.scope = around;
    }
  }

  protected cteDefinition(node: CteNode, name: string): string {
    const { query } = node;
    const columns = node.recursive
      ? `(${outputColumns(query)
          .map((each) => this.quote(each.name))
          .join(", ")})`
      : "";
    const hint = node.materialized === null ? "" : node.materialized ? "MATERIALIZED " : "NOT MATERIALIZED ";
    return `${this.quote(name)}${columns} AS ${hint}(${this.cteBody(query)})`;
  }
  protected abstract cteBody(query: CteNode["query"]): string;

  /** `WITH …` in front of the statement, or nothing. */
  protected withClause(): string {
    if (this.#ctes.size === 0) return "";
    return `WITH ${this.#hasRecursiveCte ? "RECURSIVE " : ""}${[...this.#ctes.values()].join(", ")} `;
  }

  // ── set operations, VALUES, text ───────────────────────────────────────────
  compound(node: CompoundNode, naming: Naming): string {
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
    const members = node.members.map((member, index) => this.#member(member, index === 0 ? naming : "table"));
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
    if (isPlain) return this.query(member, naming);
    if (this.can.compoundParentheses) return `(${this.query(member, naming)})`;
    const name = this.anonymousName("anon");
    const columns = outputColumns(member).map((each) => `${this.quote(name)}.${this.quote(each.name)}`);
    if (naming === "statement") this.#readAs(member);
    return `SELECT ${columns.join(", ")} FROM (${this.query(member, "table")}) AS ${this.quote(name)}`;
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
        const columns = item.kind === "entity" ? item.columns : [item];
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

  protected lockClause(lock: LockNode | null): string {
    if (lock === null || !this.can.rowLocks) return "";
    const strength = lock.read ? (lock.keyShare ? "KEY SHARE" : "SHARE") : lock.keyShare ? "NO KEY UPDATE" : "UPDATE";
    const of = lock.of.length === 0 ? "" : ` OF ${lock.of.map((from) => this.nameOfFrom(from)).join(", ")}`;
    const wait = lock.nowait ? " NOWAIT" : lock.skipLocked ? " SKIP LOCKED" : "";
    return ` FOR ${strength}${of}${wait}`;
  }
}

const joinKeywords = { inner: "JOIN", left: "LEFT OUTER JOIN", full: "FULL OUTER JOIN", cross: "CROSS JOIN" } as const;

function baseName(node: FromNode): string {
  switch (node.kind) {
    case "alias":
      return baseName(node.of);
    case "table":
      return node.table.name;
    default:
      return "anon";
  }
}

function isNamed(node: ExpressionNode): boolean {
  switch (node.kind) {
    case "column":
    case "label":
      return true;
    case "cast":
    case "typeCoerce":
      return isNamed(node.expression);
    default:
      return false;
  }
}

function keyOf(node: ExpressionNode, name: string): string {
  return node.kind === "column" ? node.key : node.kind === "function" ? nameOf(node) : name;
}

function labelsOf(items: readonly SelectItemNode[]): ReadonlyMap<string, ExpressionNode> {
  return new Map(items.flatMap((item) => (item.kind === "label" ? [[item.name, item] as const] : [])));
}
