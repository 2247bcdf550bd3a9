import { CompileError, UnsupportedCompilationError } from "../../errors/errors.ts";
import { ArrayType, TupleType } from "../../sqltypes/composite.ts";
import type { SqlSide } from "../../sqltypes/sql-side.ts";
import type { SqlType } from "../../sqltypes/sql-type.ts";
import type { BindNode, ExpressionNode } from "../nodes/expressions.ts";
import { called, type Expansion, type Slot, type SlotSource } from "./compiled.ts";
import { schemaToken } from "./schema-translation.ts";
import type { Capabilities, SchemaPrefix, SqlDialect } from "./sql-dialect.ts";

export interface CompilerOptions {
  /** The statement's values in the order of its cache key. */
  readonly binds: readonly BindNode[];
  /** Values are written as literals: for DDL and for reading. */
  readonly literalBinds?: boolean;
  /** What the literals of named parameters and of rows are taken from. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** An INSERT of one row returns the keys that the database makes, where nothing else tells them. */
  readonly returnsKeys?: boolean;
  /** Schemas are left open, for whoever executes the statement to say; see `SchemaTranslation`. */
  readonly translatesSchemas?: boolean;
  /** Columns are written without their table: in CHECK, in indexes. */
  readonly unqualified?: boolean;
}

/**
 * A parameter's place while a text is being put together. Texts are joined in another order than their parts are visited
 * (a CTE is found last and stands first), so places are counted when the whole text is there. No text or identifier
 * may contain NUL: `quote` and `rawText` refuse it.
 */
const mark = "\u0000";
// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is what no text can contain
const marks = /\u0000(\d+)\u0000/g;

/** Keeps the places of parameters while SQL is put together, and splits the finished text at them. */
export abstract class ParameterCompiler {
  readonly dialect: SqlDialect;
  protected readonly literalBinds: boolean;
  protected readonly returnsKeys: boolean;
  readonly #translatesSchemas: boolean;
  readonly #parameters: Readonly<Record<string, unknown>>;
  readonly #slots: Slot[] = [];
  /** Values that `params()` of a query around this place gave to named parameters. */
  #given: ReadonlyMap<string, BindNode> = new Map();
  readonly #indexes: ReadonlyMap<BindNode, number>;
  readonly #places = new Map<BindNode, string>();
  /** Values that come from elsewhere than their nodes. */
  readonly #sources = new Map<BindNode, SlotSource>();
  /** Values around which the functions of their types stand already. */
  readonly #wrapped = new Set<BindNode>();

  constructor(dialect: SqlDialect, options: CompilerOptions) {
    this.dialect = dialect;
    this.literalBinds = options.literalBinds ?? false;
    this.returnsKeys = options.returnsKeys ?? false;
    this.#translatesSchemas = options.translatesSchemas ?? false;
    this.#parameters = options.parameters ?? {};
    this.#indexes = new Map(options.binds.map((node, index) => [node, index]));
  }

  protected get can(): Capabilities {
    return this.dialect.capabilities;
  }

  /** Quotes an identifier where it needs it. */
  protected quote(identifier: string): string {
    return this.dialect.quote(this.rawText(identifier));
  }

  /** The schema of a table or a sequence with a dot behind it, or nothing; `quoted` inside of a text literal. */
  protected schemaPrefix(schema: string | null, quoted: boolean = false): string {
    if (this.#translatesSchemas) return schemaToken(schema, quoted);
    const prefix = schema === null ? "" : `${this.quote(schema)}.`;
    return quoted ? prefix.replaceAll("'", "''") : prefix;
  }

  protected readonly prefix: SchemaPrefix = (schema) => this.schemaPrefix(schema);
  /** The name of a type in this statement. */
  protected typeName(type: SqlType, use: "ddl" | "cast"): string {
    return this.dialect.typeName(type, use, this.prefix);
  }

  /** Text that goes into the statement as it is. */
  protected rawText(text: string): string {
    if (text.includes(mark)) throw new CompileError("SQL text and names must not contain the character NUL.");
    return text;
  }

  protected unsupported(what: string): UnsupportedCompilationError {
    return new UnsupportedCompilationError(`${this.dialect.name} has no ${what}.`);
  }

  abstract expression(node: ExpressionNode): string;

  bind(node: BindNode, negated: boolean = false): string {
    const around = node.type.sqlSide?.bind ?? null;
    if (around !== null && !this.#wrapped.has(node)) return this.#wrappedBind(node, around, negated);
    if (this.literalBinds) return this.literalBind(node, negated);
    if (node.literal === true) return this.literalAtExecution(node, negated);
    const source = this.#sourceOf(node);
    if (node.expanding) return this.parameter(source, node.type, this.#expansion(node, negated));
    const known = this.can.numberedParameters === true ? this.#places.get(node) : undefined;
    if (known !== undefined) return known;
    const place = this.#placed({ source, type: node.type, process: this.operandProcessor(node), expand: null });
    this.#places.set(node, place);
    return place;
  }

  /** A value inside the function of its type; of a list, each member. */
  #wrappedBind(node: BindNode, around: NonNullable<SqlSide["bind"]>, negated: boolean): string {
    const member = node.expanding && !this.literalBinds ? { ...node, expanding: false } : node;
    this.#wrapped.add(member);
    // What a type's function makes of an expression is an expression.
    const text = this.expression(around(member) as ExpressionNode);
    if (member === node) return text;
    const [before, after, ...rest] = text.split(marks).filter((_, i) => i % 2 === 0);
    if (before === undefined || after === undefined || rest.length > 0) {
      throw new CompileError(
        "The bindExpression of a type in a list has the value in it once, and no other parameter.",
      );
    }
    const expansion: Expansion = { ...this.#expansion(node, negated), around: [before, after] };
    return this.#placed({
      source: this.#sourceOf(node),
      type: node.type,
      process: this.operandProcessor(node),
      expand: expansion,
    });
  }

  /** A list as one parameter. */
  protected arrayBind(node: BindNode): string {
    return this.parameter(this.#sourceOf(node), new ArrayType(node.type));
  }

  /** Compiles a part in which named parameters have these values; a query further out has the last word. */
  protected withParameters<T>(parameters: readonly BindNode[], work: () => T): T {
    if (parameters.length === 0) return work();
    const around = this.#given;
    this.#given = new Map([...parameters.map((bind) => [bind.name ?? "", bind] as const), ...around]);
    try {
      return work();
    } finally {
      this.#given = around;
    }
  }

  /** A value that is written into the text when it is executed: where the database takes no parameter. */
  protected literalAtExecution(node: BindNode, negated: boolean = false): string {
    if (this.literalBinds) return this.literalBind(node, negated);
    const literal = (each: unknown) => this.#literalText(node, each, negated);
    return this.#placed({ source: this.#sourceOf(node), type: node.type, process: null, expand: null, literal });
  }
  #sourceOf(node: BindNode): SlotSource {
    const own = this.#sources.get(node);
    if (own !== undefined) return own;
    const { name, value } = node;
    const given = name === null ? undefined : this.#given.get(name);
    const index = this.#indexes.get(given ?? node);
    const required = node.required && given === undefined;
    return index === undefined ? { kind: "constant", value } : { kind: "value", index, name, required };
  }

  /** Whether the statement has a parameter that the program has called so. */
  protected hasParameter(name: string): boolean {
    return [...this.#indexes.keys()].some((bind) => bind.name === name);
  }

  /** Converts a value that stands in an expression, where no column gives it a type. */
  protected operandProcessor({ type }: BindNode): Slot["process"] {
    return type.bindProcessor(this.dialect.types);
  }

  /** Puts down a parameter's place. */
  protected parameter(source: SlotSource, type: SqlType, expand: Expansion | null = null): string {
    if (expand === null && type.sqlSide?.bind != null) return this.bind(this.#nodeFor(source, type));
    if (this.literalBinds) return this.dialect.literal(this.#literalValue(source), type);
    return this.#placed({ source, type, process: type.bindProcessor(this.dialect.types), expand });
  }
  /** A node that stands for a value from elsewhere. */
  #nodeFor(source: SlotSource, type: SqlType): BindNode {
    const value = this.literalBinds ? this.#literalValue(source) : null;
    const node: BindNode = { kind: "bind", value, type, name: null, required: false, expanding: false };
    this.#sources.set(node, source);
    return node;
  }
  #placed(slot: Slot): string {
    this.#slots.push(slot);
    return `${mark}${this.#slots.length - 1}${mark}`;
  }

  protected literalBind(node: BindNode, negated: boolean): string {
    const { name, required, value } = (node.name === null ? undefined : this.#given.get(node.name)) ?? node;
    const source: SlotSource = { kind: "value", index: 0, name, required };
    return this.#literalText(node, this.#literalValue(source, called(value)), negated);
  }

  #literalText(node: BindNode, value: unknown, negated: boolean): string {
    if (!node.expanding) return this.dialect.literal(value, node.type);
    const values = value as readonly unknown[];
    const tuple = node.type instanceof TupleType ? node.type.items : null;
    if (values.length === 0) return this.emptyList(tuple?.length ?? 1, negated);
    if (tuple === null) return values.map((each) => this.dialect.literal(each, node.type)).join(", ");
    const rows = (values as readonly (readonly unknown[])[]).map(
      (row) => `(${tuple.map((type, i) => this.dialect.literal(row[i] ?? null, type)).join(", ")})`,
    );
    return this.tupleListKeyword + rows.join(", ");
  }

  #literalValue(source: SlotSource, given: unknown = null): unknown {
    switch (source.kind) {
      case "constant":
        return source.value;
      case "default":
        return source.make();
      case "value":
        if (source.name === null) return given;
        if (!source.required && !Object.hasOwn(this.#parameters, source.name)) return given;
        return this.#givenLiteral(source.name);
      case "parameter":
        return this.#givenLiteral(source.key);
    }
  }

  #givenLiteral(name: string): unknown {
    const value = this.#parameters[name];
    if (value !== undefined) return value;
    throw new CompileError(`The parameter ${JSON.stringify(name)} has no value that could be written as a literal.`);
  }

  #expansion(node: BindNode, negated: boolean): Expansion {
    const tuple = node.type instanceof TupleType ? node.type.items : null;
    return {
      tuple,
      empty: this.emptyList(tuple?.length ?? 1, negated),
      rowKeyword: tuple === null ? "" : this.tupleListKeyword,
    };
  }

  /**
   * What stands between the parentheses of IN when the list is empty. The condition is then false, and that of NOT IN true,
   * for null as well: NULL has any type, and what decides stands behind it.
   */
  protected emptyList(width: number, negated: boolean): string {
    const nulls = Array.from({ length: width }, () => "NULL").join(", ");
    return `${width === 1 ? nulls : `(${nulls})`}) ${negated ? "OR (1 = 1" : "AND (1 != 1"}`;
  }
  /** Written in front of a list of tuples. */
  protected get tupleListKeyword(): string {
    return "";
  }

  /** Splits a text at its parameters' places; the slots come in the order in which they stand in the text. */
  protected finish(text: string): { readonly texts: readonly string[]; readonly slots: readonly Slot[] } {
    const texts: string[] = [];
    const slots: Slot[] = [];
    let last = 0;
    for (const match of text.matchAll(marks)) {
      const slot = this.#slots[Number(match[1])];
      if (slot === undefined) throw new CompileError("A parameter has lost its place; please report this.");
      texts.push(text.slice(last, match.index));
      slots.push(slot);
      last = match.index + match[0].length;
    }
    texts.push(text.slice(last));
    return { texts, slots };
  }
}
