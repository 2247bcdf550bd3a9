import type { TableColumn } from "../schema/table-column.ts";
import type { CompiledStatement } from "../sql/compile/compiled.ts";
import type { InsertNode, StatementNode } from "../sql/nodes/statements.ts";
import type { ParameterSet } from "./prepare.ts";

/** What the database has told of the keys that it made: the last ones of single rows, or those that a row returned. */
interface GeneratedKeys {
  readonly ids: readonly (number | bigint | null)[] | null;
  readonly returned: readonly unknown[] | null;
}

/** Primary keys of the rows of an INSERT, one for each set; null where the statement tells of none. */
export function insertedKeys(
  compiled: CompiledStatement,
  node: StatementNode | null,
  sets: readonly ParameterSet[],
  generated: GeneratedKeys,
): readonly (readonly unknown[])[] | null {
  const info = compiled.insert;
  if (info === null || node === null || node.kind !== "insert") return null;
  const given: readonly (ParameterSet | null)[] = sets.length > 0 ? sets : [null];
  if (node.rows !== null && node.rows.length > 1) return null;
  const columns = node.table.table.primaryKey.columns;
  return given.map((set, index) =>
    columns.map((column) => {
      const position = info.returnedKeys.indexOf(column);
      if (position >= 0) return generated.returned?.[position] ?? null;
      return column === info.generatedKey ? (generated.ids?.[index] ?? null) : givenValue(node, column, set);
    }),
  );
}

function givenValue(node: InsertNode, column: TableColumn, set: ParameterSet | null): unknown {
  if (set !== null && Object.hasOwn(set, column.key)) return set[column.key];
  const value = node.rows?.[0]?.items.find((item) => item.column.column === column)?.value;
  return value?.kind === "bind" ? value.value : null;
}
