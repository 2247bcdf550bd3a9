import type { SqlType } from "../../sqltypes/sql-type.ts";
import { canGenerateCode, generate, propertyOf } from "../../util/code-generation.ts";
import type { BindNode } from "../nodes/expressions.ts";
import { type Field, type FieldRole, fieldLists, fieldOf, type Node, type NodeKind } from "../nodes/fields.ts";
import type { Operator } from "../nodes/operators.ts";
import type { StatementOption } from "../nodes/statements.ts";

/** A statement's structure, and beside it the values that are no part of it, in the order of the walk. */
export interface CacheKey {
  /** Short, and equal for equal structures. */
  readonly text: string;
  /** Some part has no structure that could be compared: the text is equal to no other, and nothing is kept under it. */
  readonly volatile: boolean;
  readonly binds: readonly BindNode[];
}

let lastIdentity = 0;
const identities = new WeakMap<object, number>();

/** A number that stands for an object as long as it lives. */
function identityOf(object: object): number {
  let id = identities.get(object);
  if (id === undefined) {
    lastIdentity += 1;
    id = lastIdentity;
    identities.set(object, id);
  }
  return id;
}

/** What a structure is written in: names, numbers that stand for kinds of nodes and for objects, lengths of lists. */
type Token = string | number | boolean | null | undefined;

/**
 * Writes a structure as a list of tokens, with a hash of them. To find a list by a hash and compare it takes a fraction of
 * the time that joining a text of it would, and that for every execution.
 */
class KeyWriter {
  readonly tokens: Token[] = [];
  hash = 0;
  volatile = false;
  readonly binds: BindNode[] = [];
  /** What was met before is written as a reference: two uses of one alias or one parameter differ from two of their like. */
  #seen: Map<object, number> | null = null;
  /** The same for values, once there are many; a few are found quicker by going through them. */
  #bindIndexes: Map<BindNode, number> | null = null;

  number(number: number): void {
    this.tokens.push(number);
    this.hash = (Math.imul(this.hash, 31) + number) | 0;
  }

  /** Texts that are alike in length and end share a hash, which the comparison makes up for. */
  text(text: string): void {
    this.tokens.push(text);
    const { length } = text;
    this.hash = (Math.imul(this.hash, 31) + length + (length === 0 ? 0 : text.charCodeAt(length - 1))) | 0;
  }

  token(token: Token): void {
    if (typeof token === "string") this.text(token);
    else this.tokens.push(token);
  }

  node(node: Node | null | undefined): void {
    if (node === null || node === undefined) this.tokens.push(null);
    else writers[node.kind](node, this);
  }

  nodes(nodes: readonly Node[] | null): void {
    if (nodes === null) {
      this.tokens.push(null);
      return;
    }
    this.number(nodes.length);
    for (const node of nodes) writers[node.kind](node, this);
  }

  /** True when the node was met before and a reference to it has been written. */
  reference(node: object): boolean {
    this.#seen ??= new Map();
    const index = this.#seen.get(node);
    if (index !== undefined) {
      this.text("@");
      this.number(index);
      return true;
    }
    this.#seen.set(node, this.#seen.size);
    return false;
  }

  /** True when the value was met before and a reference to it has been written. */
  repeatedBind(bind: BindNode): boolean {
    const { binds } = this;
    const index = binds.length < fewBinds ? binds.indexOf(bind) : this.#indexOf(bind);
    if (index >= 0) {
      this.text("?");
      this.number(index);
      return true;
    }
    this.#bindIndexes?.set(bind, binds.length);
    binds.push(bind);
    return false;
  }
  #indexOf(bind: BindNode): number {
    this.#bindIndexes ??= new Map(this.binds.map((each, index) => [each, index]));
    return this.#bindIndexes.get(bind) ?? -1;
  }
}

const fewBinds = 16;

type Writer = (node: Node, key: KeyWriter) => void;
type FieldWriter = (value: unknown, key: KeyWriter) => void;

const fieldWriters: { readonly [R in FieldRole]: FieldWriter | null } = {
  child: (value, key) => key.node(value as Node | null),
  children: (value, key) => key.nodes(value as readonly Node[] | null),
  data: (value, key) => key.token(value as Token),
  texts: (value, key) => {
    const texts = value as readonly string[];
    key.number(texts.length);
    for (const text of texts) key.text(text);
  },
  operator: (value, key) => {
    const { name, symbol, precedence } = value as Operator;
    key.text(name);
    // An operator of a user's has no name but its text.
    if (name === "custom") {
      key.text(symbol);
      key.number(precedence);
    }
  },
  type: (value, key) => key.text((value as SqlType).key),
  types: (value, key) => {
    const types = value as readonly SqlType[];
    key.number(types.length);
    for (const type of types) key.text(type.key);
  },
  option: (value, key) => {
    const { key: text, subjects } = value as StatementOption;
    key.text(text);
    key.number(subjects.length);
    for (const subject of subjects) key.number(identityOf(subject));
  },
  object: (value, key) => {
    if (value === null) key.token(null);
    else key.number(identityOf(value as object));
  },
  volatile: (value, key) => {
    if (value === true) key.volatile = true;
  },
  value: null,
  derived: null,
};

/** Nodes whose identity within the statement matters: the same alias twice is not two aliases. */
const referenced: ReadonlySet<NodeKind> = new Set(["alias", "tableSample", "subquery", "cte", "tableFunction", "join"]);

/**
 * Most of a statement are columns of tables, which live as long as the program: each is written out once, and then stands
 * in keys as a number below zero. Equal columns have equal numbers, also where nodes are made anew. Numbers belong to
 * their table, so that nothing outlives it.
 */
const numbers = new WeakMap<object, Map<string, number>>();
const numbered = new WeakMap<Node, number>();
let lastNumber = 0;

function numberFor(node: Node, table: object, write: Writer): number {
  const own = new KeyWriter();
  write(node, own);
  const text = JSON.stringify(own.tokens);
  let known = numbers.get(table);
  if (known === undefined) {
    known = new Map();
    numbers.set(table, known);
  }
  let number = known.get(text);
  if (number === undefined) {
    lastNumber -= 1;
    number = lastNumber;
    known.set(text, number);
  }
  numbered.set(node, number);
  return number;
}

/** Columns and entities of tables by their numbers; those of aliases and subqueries in full. */
function numbering(write: Writer): Writer {
  return (node, key) => {
    const number = numbered.get(node);
    if (number !== undefined) key.number(number);
    else if ((node.kind === "column" || node.kind === "entity") && node.from?.kind === "table") {
      key.number(numberFor(node, node.from.table, write));
    } else write(node, key);
  };
}

interface Step {
  readonly name: string;
  readonly write: FieldWriter;
}

/** Writes the fields of a node; generated code reads them several times as fast as a loop over their names. */
function fieldsWriter(steps: readonly Step[]): Writer {
  if (!canGenerateCode) {
    return (node, key) => {
      for (const { name, write } of steps) write(fieldOf(node, name), key);
    };
  }
  const writes = Object.fromEntries(steps.map(({ write }, index) => [`write${index}`, write]));
  const body = steps.map(({ name }, index) => `write${index}(node${propertyOf(name)}, key);`).join(" ");
  return generate<Writer>(writes, `return (node, key) => { ${body} };`);
}

/** A node is written as the number of its kind and its fields. */
function writerFor(kind: NodeKind, fields: readonly Field[], position: number): Writer {
  const steps = fields.flatMap(({ name, role }) => {
    const write = fieldWriters[role];
    return write === null ? [] : [{ name, write }];
  });
  const isReferenced = referenced.has(kind);
  let writeFields: Writer | null = null;
  const write: Writer = (node, key) => {
    if (node.kind === "bind" ? key.repeatedBind(node) : isReferenced && key.reference(node)) return;
    key.number(position);
    writeFields ??= fieldsWriter(steps);
    writeFields(node, key);
  };
  return kind === "column" || kind === "entity" ? numbering(write) : write;
}

const writers = Object.fromEntries(
  [...fieldLists].map(([kind, fields], position) => [kind, writerFor(kind, fields, position)]),
) as { readonly [K in NodeKind]: Writer };

// ── structures ───────────────────────────────────────────────────────────────
interface Structure {
  readonly tokens: readonly Token[];
  readonly text: string;
}

/** Structures that have been met, by their hashes. When there are too many, all are forgotten and get other texts. */
const structures = new Map<number, Structure[]>();
const mostStructures = 5000;
let structureCount = 0;
let lastStructure = 0;

function textFor({ tokens, hash }: KeyWriter): string {
  const known = structures.get(hash)?.find((each) => areEqual(each.tokens, tokens));
  if (known !== undefined) return known.text;
  if (structureCount >= mostStructures) {
    structures.clear();
    structureCount = 0;
  }
  lastStructure += 1;
  structureCount += 1;
  const structure = { tokens, text: `${lastStructure}` };
  const alike = structures.get(hash);
  if (alike === undefined) structures.set(hash, [structure]);
  else alike.push(structure);
  return structure.text;
}

function volatileText(): string {
  lastStructure += 1;
  return `${lastStructure}`;
}

function areEqual(first: readonly Token[], second: readonly Token[]): boolean {
  if (first.length !== second.length) return false;
  for (let i = 0; i < first.length; i += 1) if (first[i] !== second[i]) return false;
  return true;
}

/**
 * The cache key of a statement: equal texts mean that the same SQL serves both, with each one's own values. Columns of
 * tables are written as the table's identity and their name.
 */
export function cacheKey(node: Node): CacheKey {
  const key = new KeyWriter();
  key.node(node);
  return { text: key.volatile ? volatileText() : textFor(key), volatile: key.volatile, binds: key.binds };
}
