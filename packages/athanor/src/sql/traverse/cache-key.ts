import type { SqlType } from "../../sqltypes/sql-type.ts";
import { canGenerateCode, generate, propertyOf } from "../../util/code-generation.ts";
import type { BindNode } from "../nodes/expressions.ts";
import { type Field, type FieldRole, fieldLists, fieldOf, type Node, type NodeKind } from "../nodes/fields.ts";
import type { Operator } from "../nodes/operators.ts";
import type { StatementOption } from "../nodes/statements.ts";

/** A statement's structure as text, and beside it the values that are no part of it, in the order of the walk. */
export interface CacheKey {
  readonly text: string;
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

class KeyWriter {
  text = "";
  readonly binds: BindNode[] = [];
  /** What was met before is written as a reference: two uses of one alias or one parameter differ from two of their like. */
  readonly seen = new Map<object, number>();

  node(node: Node | null): void {
    if (node === null) {
      this.text += "~";
      return;
    }
    writers[node.kind](node, this);
  }

  nodes(nodes: readonly Node[] | null): void {
    if (nodes === null) {
      this.text += "~";
      return;
    }
    this.text += `[${nodes.length}`;
    for (const node of nodes) writers[node.kind](node, this);
  }

  /** True when the node was met before and a reference to it has been written. */
  reference(node: object): boolean {
    const index = this.seen.get(node);
    if (index !== undefined) {
      this.text += `@${index};`;
      return true;
    }
    this.seen.set(node, this.seen.size);
    return false;
  }
}

type Writer = (node: Node, key: KeyWriter) => void;
type FieldWriter = (value: unknown, key: KeyWriter) => void;

/** Length first, so that no text can look like the end of itself. */
function writeText(text: string, key: KeyWriter): void {
  key.text += `${text.length}:${text}`;
}

const fieldWriters: { readonly [R in FieldRole]: FieldWriter | null } = {
  child: (value, key) => key.node(value as Node | null),
  children: (value, key) => key.nodes(value as readonly Node[] | null),
  data: (value, key) => {
    if (typeof value === "string") writeText(value, key);
    else if (value === false) key.text += "-";
    else if (value === true) key.text += "+";
    else key.text += value === null ? "~" : `${String(value)};`;
  },
  texts: (value, key) => {
    const texts = value as readonly string[];
    key.text += `[${texts.length}`;
    for (const text of texts) writeText(text, key);
  },
  operator: (value, key) => {
    const { name, symbol, precedence } = value as Operator;
    key.text += `${name}/`;
    // An operator of a user's has no name but its text.
    if (name === "custom") writeText(`${symbol}/${precedence}`, key);
  },
  type: (value, key) => {
    key.text += `${(value as SqlType).key};`;
  },
  types: (value, key) => {
    const types = value as readonly SqlType[];
    key.text += `[${types.length}`;
    for (const type of types) key.text += `${type.key};`;
  },
  option: (value, key) => {
    const { key: text, subjects } = value as StatementOption;
    writeText(text, key);
    for (const subject of subjects) key.text += `#${identityOf(subject)}`;
  },
  object: (value, key) => {
    key.text += value === null ? "~" : `#${identityOf(value as object)};`;
  },
  value: null,
  derived: null,
};

/** Nodes whose identity within the statement matters: the same alias twice is not two aliases. */
const referenced: ReadonlySet<NodeKind> = new Set(["alias", "subquery", "cte", "tableFunction", "bind", "join"]);

/**
 * Most of a statement are columns of tables, which live as long as the program: each is written out once, and then stands
 * in keys as a number. Equal columns have equal numbers, also where nodes are made anew. Numbers belong to their table,
 * so that nothing outlives it.
 */
const numbers = new WeakMap<object, Map<string, string>>();
const numbered = new WeakMap<Node, string>();
let lastNumber = 0;

function numberFor(node: Node, table: object, write: Writer): string {
  const own = new KeyWriter();
  write(node, own);
  let known = numbers.get(table);
  if (known === undefined) {
    known = new Map();
    numbers.set(table, known);
  }
  let number = known.get(own.text);
  if (number === undefined) {
    lastNumber += 1;
    number = `${lastNumber.toString(36)};`;
    known.set(own.text, number);
  }
  numbered.set(node, number);
  return number;
}

/** Columns and entities of tables by their numbers; those of aliases and subqueries in full. */
function numbering(write: Writer): Writer {
  return (node, key) => {
    const number = numbered.get(node);
    if (number !== undefined) key.text += number;
    else if ((node.kind === "column" || node.kind === "entity") && node.from?.kind === "table") {
      key.text += numberFor(node, node.from.table, write);
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

function writerFor(kind: NodeKind, fields: readonly Field[], position: number): Writer {
  const steps = fields.flatMap(({ name, role }) => {
    const write = fieldWriters[role];
    return write === null ? [] : [{ name, write }];
  });
  const isReferenced = referenced.has(kind);
  // One byte for each kind, because keys are hashed whenever they are looked up.
  const tag = String.fromCharCode(0xa1 + position);
  let writeFields: Writer | null = null;
  const write: Writer = (node, key) => {
    if (isReferenced && key.reference(node)) return;
    key.text += tag;
    if (node.kind === "bind") key.binds.push(node);
    writeFields ??= fieldsWriter(steps);
    writeFields(node, key);
  };
  return kind === "column" || kind === "entity" ? numbering(write) : write;
}

const writers = Object.fromEntries(
  [...fieldLists].map(([kind, fields], position) => [kind, writerFor(kind, fields, position)]),
) as {
  readonly [K in NodeKind]: Writer;
};

/**
 * The cache key of a statement: equal texts mean that the same SQL serves both, with each one's own values. Columns of
 * tables are written as the table's identity and their name.
 */
export function cacheKey(node: Node): CacheKey {
  const key = new KeyWriter();
  key.node(node);
  return { text: key.text, binds: key.binds };
}
