import type { BinaryNode } from "../../sql/nodes/expressions.ts";
import { operators } from "../../sql/nodes/operators.ts";
import { NumericType } from "../../sqltypes/numeric.ts";

/**
 * An element of a document; `extract` writes what takes it out. JSON's null is no NULL, so whatever makes a value of SQL of
 * an element asks for it.
 *
 * @see https://dev.mysql.com/doc/refman/8.0/en/json-search-functions.html
 */
export function jsonElement({ operator, type }: BinaryNode, extract: () => string): string {
  if (operator === operators.jsonGetText || operator === operators.jsonPathText) return `JSON_UNQUOTE(${extract()})`;
  if (type.affinity === "json") return extract();
  if (type.affinity === "boolean") {
    return `CASE JSON_UNQUOTE(${extract()}) WHEN 'true' THEN true WHEN 'false' THEN false END`;
  }
  return `CASE ${extract()} WHEN 'null' THEN NULL ELSE ${converted(type, extract)} END`;
}

function converted(type: BinaryNode["type"], extract: () => string): string {
  if (type.affinity === "integer") return `CAST(${extract()} AS SIGNED INTEGER)`;
  if (type instanceof NumericType && type.precision !== null) {
    return `CAST(${extract()} AS DECIMAL(${type.precision}, ${type.scale ?? 0}))`;
  }
  // As many digits as a number of either kind keeps.
  if (type.affinity === "numeric" || type.affinity === "float") return `${extract()}+0.0000000000000000000000`;
  return `JSON_UNQUOTE(${extract()})`;
}
