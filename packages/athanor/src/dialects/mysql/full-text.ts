import { booleanType, doubleType, textType } from "../../sql/coercions/literal-types.ts";
import { expressionOf, operand } from "../../sql/coercions/operands.ts";
import { Expression } from "../../sql/expression/expression.ts";
import type { ExpressionNode, FragmentNode } from "../../sql/nodes/expressions.ts";
import type { SqlType } from "../../sqltypes/sql-type.ts";

type Text = Expression<string | null, string, string>;

/** How a search is read: as plain text, as words with `+` and `-`, or as plain text and what is found beside it. */
export type MatchMode = "natural language" | "boolean" | "query expansion";

const modes: Readonly<Record<MatchMode, string>> = {
  "natural language": " IN NATURAL LANGUAGE MODE",
  boolean: " IN BOOLEAN MODE",
  "query expansion": " WITH QUERY EXPANSION",
};

/** Columns that a full-text index covers together; `against()` says what is looked for. */
export class Match {
  readonly #columns: readonly ExpressionNode[];

  constructor(columns: readonly ExpressionNode[]) {
    this.#columns = columns;
  }

  /** Whether the text is found, as a condition. */
  against(text: string | Text, mode: MatchMode = "natural language"): Expression<boolean> {
    return new Expression(this.#node(text, mode, booleanType));
  }
  /** How well it fits: 0 where it is not found. */
  relevance(text: string | Text, mode: MatchMode = "natural language"): Expression<number> {
    return new Expression(this.#node(text, mode, doubleType));
  }

  #node(text: string | Text, mode: MatchMode, type: SqlType): FragmentNode {
    const commas = this.#columns.slice(1).map(() => ", ");
    return {
      kind: "fragment",
      texts: ["MATCH (", ...commas, ") AGAINST (", `${modes[mode]})`],
      expressions: [...this.#columns, operand(text, textType, "against()")],
      type,
    };
  }
}

/**
 * Full-text search of MySQL over columns with a FULLTEXT index: `match(Post.title, Post.body).against("+cat -dog", "boolean")`.
 *
 * @see https://dev.mysql.com/doc/refman/8.0/en/fulltext-search.html
 */
export function match(first: Text, ...further: readonly Text[]): Match {
  return new Match([first, ...further].map((each) => expressionOf(each, "match()")));
}
