import { CompileError } from "../../errors/errors.ts";
import { allOf } from "../coercions/boolean-lists.ts";
import type { ColumnNode, ExpressionNode } from "../nodes/expressions.ts";
import type {
  AliasNode,
  CteNode,
  FromNode,
  JoinNode,
  SubqueryNode,
  TableFunctionNode,
  TableNode,
  TableSampleNode,
} from "../nodes/froms.ts";
import type { QueryNode } from "../nodes/statements.ts";
import { outputColumns } from "../traverse/output-columns.ts";
import { ExpressionCompiler } from "./expression-compiler.ts";
import { foreignKeyCondition, holderOf, joinCriteria, wholeOf } from "./from-clause.ts";
import { cartesianProduct } from "./from-linter.ts";

/** What a SELECT sees of the statements around it. */
export interface Scope {
  /** Elements of the FROM of this statement: no joins, but what they are made of. */
  readonly froms: ReadonlySet<FromNode>;
  /** Those of all statements around it. */
  readonly outer: ReadonlySet<FromNode>;
  /** Labels and columns that ORDER BY and GROUP BY may name. */
  readonly labels: ReadonlyMap<string, ExpressionNode>;
  /** Text behind tables, for this database. */
  readonly hints: ReadonlyMap<FromNode, string>;
}

/**
 * How result columns are named: a statement names what needs it, and a member of a set operation too, but its names tell
 * nobody; a table has to name all; a value names nothing.
 */
export type Naming = "statement" | "member" | "table" | "value";

const noScope: Scope = { froms: new Set(), outer: new Set(), labels: new Map(), hints: new Map() };
const noHints: Scope["hints"] = new Map();

/** What stands in FROM and in WITH, and how it is called. */
export abstract class FromCompiler extends ExpressionCompiler {
  protected scope: Scope = noScope;
  readonly #fromNames = new Map<FromNode, string>();
  readonly #namesInUse = new Set<string>();
  readonly #anonymous = new Map<string, number>();
  readonly #ctes = new Map<CteNode, string>();
  readonly #cteNames = new Map<string, CteNode>();
  readonly #anchors = new Set<CteNode>();
  /** The WITH of each query around this place that may have one of its own; innermost last. */
  readonly #nested: string[][] = [];
  #hasRecursiveCte = false;
  /** What is allowed and hardly meant. */
  protected readonly warnings: string[] = [];

  abstract query(node: QueryNode, naming: Naming, lateral?: boolean): string;
  protected abstract cteBody(query: CteNode["query"]): string;

  protected inScope<T>(
    froms: readonly FromNode[],
    labels: Scope["labels"],
    work: () => T,
    hints: Scope["hints"] = noHints,
  ): T {
    const around = this.scope;
    const own = new Set<FromNode>();
    for (const from of froms) addLeaves(from, own);
    this.scope = { froms: own, outer: new Set([...around.outer, ...around.froms]), labels, hints };
    try {
      return work();
    } finally {
      this.scope = around;
    }
  }

  /** Takes note of elements of FROM that nothing brings together. */
  protected lint(...statement: Parameters<typeof cartesianProduct>): void {
    const warning = cartesianProduct(...statement);
    if (warning !== null) this.warnings.push(warning);
  }

  protected anonymousName(base: string): string {
    const count = (this.#anonymous.get(base) ?? 0) + 1;
    this.#anonymous.set(base, count);
    const name = `${base}_${count}`;
    return this.#namesInUse.has(name) ? this.anonymousName(base) : name;
  }

  // ── FROM ───────────────────────────────────────────────────────────────────
  from(node: FromNode): string {
    const hint = this.scope.hints.get(node);
    const text = this.fromElement(node);
    return hint === undefined ? text : `${text} ${hint}`;
  }

  protected fromElement(node: FromNode): string {
    switch (node.kind) {
      case "table":
        return this.tableName(node);
      case "alias":
        return `${this.fromElement(node.of)} AS ${this.quote(this.#nameFor(node))}`;
      case "tableSample":
        return this.tableSample(node, this.quote(this.#nameFor(node)));
      case "subquery":
        return this.subqueryFrom(node, this.quote(this.#nameFor(node)));
      case "cte":
        return this.quote(this.registerCte(node));
      case "tableFunction":
        return this.tableFunction(node);
      case "pseudoTable":
        return node.name;
      case "textFrom":
        return this.expression(node.text);
      case "join":
        return this.join(node);
    }
  }

  protected subqueryFrom({ query, lateral }: SubqueryNode, name: string): string {
    if (lateral && !this.can.lateral) throw this.unsupported("LATERAL");
    if (query.kind === "values") return this.valuesFrom(query, name);
    return `${lateral ? "LATERAL " : ""}(${this.query(query, "table", lateral)}) AS ${name}`;
  }

  protected tableSample({ of, method, seed }: TableSampleNode, name: string): string {
    const repeatable = seed === null ? "" : ` REPEATABLE (${this.expression(seed)})`;
    return `${this.fromElement(of)} AS ${name} TABLESAMPLE ${this.expression(method)}${repeatable}`;
  }

  /** VALUES as a table: the alias names its columns. */
  protected valuesFrom(query: Extract<QueryNode, { kind: "values" }>, name: string): string {
    return `(${this.query(query, "table")}) AS ${name} (${query.columns.map((each) => this.quote(each.name)).join(", ")})`;
  }

  protected join({ left, right, on, type }: JoinNode): string {
    if (type === "full" && !this.can.fullJoin) throw this.unsupported("FULL JOIN");
    const target = right.kind === "join" ? `(${this.from(right)})` : this.from(right);
    const given = on ?? (type === "cross" ? null : foreignKeyCondition(left, right));
    const condition = given === null ? "" : ` ON ${this.condition(allOf([given, ...joinCriteria(right)]))}`;
    return `${this.from(left)} ${this.joinKeyword(type)} ${target}${condition}`;
  }

  protected joinKeyword(type: JoinNode["type"]): string {
    return joinKeywords[type];
  }

  protected tableName({ table }: TableNode): string {
    return this.schemaPrefix(table.schema) + this.quote(table.name);
  }

  protected tableFunction(node: TableFunctionNode): string {
    const { derived, columnNames, columnTypes, ordinality } = node;
    const call = `${this.expression(node.function)}${ordinality === null ? "" : " WITH ORDINALITY"}`;
    const alias = `${call} AS ${this.quote(this.#nameFor(node))}`;
    if (derived === null) return alias;
    const columns = columnNames.map((name, i) => {
      const type = columnTypes[i];
      return derived === "names" || type === undefined
        ? this.quote(name)
        : `${this.quote(name)} ${this.typeName(type, "ddl")}`;
    });
    return `${alias}(${columns.join(", ")})`;
  }

  override column(node: ColumnNode): string {
    const { from } = node;
    if (from !== null && from.kind === "join") return super.column({ ...node, from: holderOf(node) });
    if (from !== null && from.kind === "tableFunction" && from.scalar) return this.nameOfFrom(from);
    // The row of an upsert is never the table that is meant where tables go without saying.
    if (from !== null && from.kind === "pseudoTable") return `${from.name}.${this.quote(node.name)}`;
    return super.column(node);
  }

  protected override nameOfFrom(from: FromNode): string {
    switch (from.kind) {
      case "table":
        return this.tableName(from);
      case "pseudoTable":
        return from.name;
      case "join":
      case "textFrom":
        throw new CompileError("A column belongs to a table, not to a join or to text.");
      default:
        return this.quote(this.#nameFor(from));
    }
  }

  /** The name given to an alias or a subquery, or one made up: the table's with a number, or `anon_1`. */
  #nameFor(
    node:
      | AliasNode
      | TableSampleNode
      | SubqueryNode
      | CteNode
      | TableFunctionNode
      | { kind: "pseudoTable"; name: string },
  ): string {
    const known = this.#fromNames.get(node);
    if (known !== undefined) return known;
    const name = node.name ?? this.anonymousName(baseName(node));
    this.#fromNames.set(node, name);
    this.#namesInUse.add(name);
    return name;
  }

  // ── WITH ───────────────────────────────────────────────────────────────────
  /** Sees to it that a CTE is written once, before the CTEs that use it; gives its name. */
  protected registerCte(node: CteNode): string {
    const name = this.#nameFor(node);
    if (this.#ctes.has(node) || this.#anchors.has(node)) return name;
    const other = this.#cteNames.get(name);
    if (other !== undefined && other !== node && !node.nesting) {
      throw new CompileError(`Two common table expressions have the name ${JSON.stringify(name)}.`);
    }
    this.#cteNames.set(name, node);
    for (let { anchor } = node; anchor !== null; { anchor } = anchor) {
      this.#anchors.add(anchor);
      this.#fromNames.set(anchor, name);
    }
    if (node.recursive) this.#hasRecursiveCte = true;
    // The place is taken after what it uses, and held open meanwhile against references to itself.
    this.#ctes.set(node, "");
    const text = this.#outsideScope(() => this.cteDefinition(node, name));
    const inner = node.nesting ? this.#nested.at(-1) : undefined;
    if (inner !== undefined) {
      inner.push(text);
      return name;
    }
    this.#ctes.delete(node);
    this.#ctes.set(node, text);
    return name;
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
    const isNamed = node.recursive || query.kind === "values";
    const columns = isNamed
      ? `(${outputColumns(query)
          .map((each) => this.quote(each.name))
          .join(", ")})`
      : "";
    return `${this.quote(name)}${columns} AS ${this.materializedHint(node)}(${this.cteBody(query)})`;
  }
  /** MATERIALIZED or its opposite, with a space behind, where the database can be told. */
  protected materializedHint({ materialized }: CteNode): string {
    if (materialized === null) return "";
    return materialized ? "MATERIALIZED " : "NOT MATERIALIZED ";
  }

  /** A query inside another one, with a WITH of its own where it uses CTEs that ask for it. */
  protected withNested(work: () => string): string {
    const own: string[] = [];
    this.#nested.push(own);
    try {
      const text = work();
      return own.length === 0 ? text : `WITH ${own.join(", ")} ${text}`;
    } finally {
      this.#nested.pop();
    }
  }

  /** `WITH …` in front of the statement, or nothing. */
  protected withClause(): string {
    const texts = [...this.#ctes.values()].filter((text) => text !== "");
    if (texts.length === 0) return "";
    return `WITH ${this.#hasRecursiveCte ? "RECURSIVE " : ""}${texts.join(", ")} `;
  }
}

const joinKeywords = { inner: "JOIN", left: "LEFT OUTER JOIN", full: "FULL OUTER JOIN", cross: "CROSS JOIN" } as const;

function addLeaves(from: FromNode, leaves: Set<FromNode>): void {
  if (from.kind === "join") {
    addLeaves(from.left, leaves);
    addLeaves(from.right, leaves);
  } else leaves.add(wholeOf(from));
}

function baseName(node: { readonly kind: string }): string {
  let from = node as FromNode;
  while (from.kind === "alias" || from.kind === "tableSample") from = from.of;
  if (from.kind === "table") return from.table.name;
  return from.kind === "cte" ? (from.name ?? "anon") : "anon";
}
