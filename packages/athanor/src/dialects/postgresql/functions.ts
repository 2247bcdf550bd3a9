import { columnOf } from "../../schema/column.ts";
import { typeOfColumn } from "../../sql/coercions/column-type.ts";
import { doubleType, integerType, nullType, textType } from "../../sql/coercions/literal-types.ts";
import { operand } from "../../sql/coercions/operands.ts";
import { cast } from "../../sql/expression/conversion.ts";
import type { Expression } from "../../sql/expression/expression.ts";
import { called, of } from "../../sql/expression/functions/call.ts";
import type { ExpressionNode } from "../../sql/nodes/expressions.ts";
import { ArrayType } from "../../sqltypes/composite.ts";
import type { SqlType } from "../../sqltypes/sql-type.ts";
import { TextType } from "../../sqltypes/strings.ts";
import { JsonbType, regconfig, tsquery, tsvector } from "./column-types.ts";

type Text = string | Expression<string | null, string, string>;
type Searched = Expression<string | null, string, string>;

const configType = /* @__PURE__ */ typeOfColumn(/* @__PURE__ */ regconfig());
const vectorType = /* @__PURE__ */ typeOfColumn(/* @__PURE__ */ tsvector());
const queryType = /* @__PURE__ */ typeOfColumn(/* @__PURE__ */ tsquery());
const jsonbType = /* @__PURE__ */ new JsonbType();

// ── full-text search ─────────────────────────────────────────────────────────
// See https://www.postgresql.org/docs/15/textsearch-controls.html. Without a configuration, the server's own serves.

function search(name: string, text: Text, config: Text | undefined, type: SqlType): Expression<string> {
  return called(name, [...configuration(config, name), operand(text, textType, name)], type);
}
function configuration(config: Text | undefined, name: string): readonly ExpressionNode[] {
  return config === undefined ? [] : [operand(config, typeof config === "string" ? configType : nullType, name)];
}

/** A text, prepared for search: `toTsvector(Post.body, "english")`. */
export function toTsvector(text: Text, config?: Text): Expression<string> {
  return search("to_tsvector", text, config, vectorType);
}
/** A search in the language of tsquery: `toTsquery("fox | dog", "english")`. Other text is an error of the server's. */
export function toTsquery(query: Text, config?: Text): Expression<string> {
  return search("to_tsquery", query, config, queryType);
}
/** A search for all the words of a text. */
export function plaintoTsquery(query: Text, config?: Text): Expression<string> {
  return search("plainto_tsquery", query, config, queryType);
}
/** A search for the words of a text, one after the other. */
export function phrasetoTsquery(query: Text, config?: Text): Expression<string> {
  return search("phraseto_tsquery", query, config, queryType);
}
/** A search as search engines write it: `"sad cat" or -dog`. Any text will do. */
export function websearchToTsquery(query: Text, config?: Text): Expression<string> {
  return search("websearch_to_tsquery", query, config, queryType);
}
/** The parts of a text that were found, with the words marked. */
export function tsHeadline(
  text: Text,
  query: Searched,
  options: { readonly config?: Text; readonly options?: string } = {},
): Expression<string> {
  const { config, options: rest } = options;
  const last = rest === undefined ? [] : [operand(rest, textType, "tsHeadline()")];
  const args = [...configuration(config, "tsHeadline()"), operand(text, textType, "tsHeadline()"), of(query), ...last];
  return called("ts_headline", args, textType);
}
/** How well a document fits a search, by how often the words are in it. */
export function tsRank(vector: Searched, query: Searched, normalization?: number): Expression<number> {
  return rank("ts_rank", vector, query, normalization);
}
/** How well a document fits a search, by how close the words are to each other, too. */
export function tsRankCd(vector: Searched, query: Searched, normalization?: number): Expression<number> {
  return rank("ts_rank_cd", vector, query, normalization);
}
function rank(name: string, vector: Searched, query: Searched, normalization: number | undefined): Expression<number> {
  const rest = normalization === undefined ? [] : [operand(normalization, integerType, name)];
  return called(name, [of(vector), of(query), ...rest], doubleType);
}

// ── JSONB ────────────────────────────────────────────────────────────────────
/**
 * The document with another value under a path: `jsonbSet(Doc.data, ["address", "city"], "Paris")`. Only the last step may
 * be missing, and only with `createMissing`, which is the default.
 */
export function jsonbSet<T, O extends string>(
  document: Expression<T, O, string>,
  path: readonly (string | number)[],
  value: unknown,
  options: { readonly createMissing?: boolean } = {},
): Expression<T, O> {
  const { createMissing } = options;
  const keys = cast(path.map(String), columnOf(new ArrayType<string>(new TextType())));
  const given = cast(value, columnOf(new JsonbType<unknown>()));
  const rest = createMissing === undefined ? [] : [operand(createMissing, nullType, "jsonbSet()")];
  return called("jsonb_set", [of(document), of(keys), of(given), ...rest], of(document).type);
}
/** An expression as JSONB. */
export function toJsonb<T, O extends string>(expression: Expression<T, O, string>): Expression<T, O> {
  return called("to_jsonb", [of(expression)], jsonbType);
}
