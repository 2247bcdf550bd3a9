import { CompileError } from "../../errors/errors.ts";
import { StatementCompiler } from "../../sql/compile/statement-compiler.ts";
import type { BinaryNode, ExtractNode, FunctionNode } from "../../sql/nodes/expressions.ts";
import { operators } from "../../sql/nodes/operators.ts";
import type { SelectItemNode } from "../../sql/nodes/statements.ts";

/** What EXTRACT's fields are called in strftime(). */
const strftimeFormats: Readonly<Record<string, string>> = {
  year: "%Y",
  month: "%m",
  day: "%d",
  hour: "%H",
  minute: "%M",
  second: "%S",
  doy: "%j",
  dow: "%w",
  week: "%W",
  epoch: "%s",
};

/** SQLite's SQL. */
export class SqliteCompiler extends StatementCompiler {
  /** SQLite divides whole numbers, whatever their column is called, without remainder. */
  protected override division(node: BinaryNode): string {
    return `${this.operand(node.left, node.operator)} / (${this.operand(node.right, operators.add)} + 0.0)`;
  }
  /** There is no XOR: what either has, without what both have. */
  protected override bitwiseXor(node: BinaryNode): string {
    const [left, right] = [this.operand(node.left, operators.neg), this.operand(node.right, operators.neg)];
    const [leftAgain, rightAgain] = [this.operand(node.left, operators.neg), this.operand(node.right, operators.neg)];
    return `((${left} | ${right}) - (${leftAgain} & ${rightAgain}))`;
  }
  /** IS and IS NOT compare any two values, null as a value among them. */
  protected override distinctFrom(node: BinaryNode): string {
    return this.infix(node, node.operator === operators.isDistinctFrom ? "IS NOT" : "IS");
  }
  protected override functionName(node: FunctionNode): string {
    return node.name === "char_length" ? "length" : node.name;
  }
  override function(node: FunctionNode): string {
    return node.name === "now" && node.arguments.length === 0 ? "CURRENT_TIMESTAMP" : super.function(node);
  }
  override extract({ field, expression }: ExtractNode): string {
    const format = strftimeFormats[field];
    if (format === undefined) {
      throw new CompileError(
        `SQLite extracts ${Object.keys(strftimeFormats).join(", ")}, not ${JSON.stringify(field)}.`,
      );
    }
    return `CAST(STRFTIME('${format}', ${this.expression(expression)}) AS INTEGER)`;
  }
  protected override get tupleListKeyword(): string {
    return "VALUES ";
  }
  protected override emptySet(width: number): string {
    const ones = Array.from({ length: width }, () => "1").join(", ");
    return `SELECT ${ones} FROM (SELECT ${ones}) WHERE 1!=1`;
  }
  protected override offsetWithoutLimit(): string {
    return " LIMIT -1";
  }
  /** RETURNING knows the table's columns by their own names only. */
  protected override returning(items: readonly SelectItemNode[]): string {
    return this.withoutTables(() => super.returning(items));
  }
}
