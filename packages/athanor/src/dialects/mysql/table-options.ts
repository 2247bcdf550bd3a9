import { CompileError } from "../../errors/errors.ts";
import type { Table } from "../../schema/table.ts";
import { collationName } from "./types.ts";

/** Options that stand behind all others, and whose text is SQL. */
const partitioning = ["partitionBy", "partitions", "subpartitionBy", "subpartitions"] as const;

/** What stands behind the parentheses of CREATE TABLE: `ENGINE=InnoDB CHARSET=utf8mb4 COMMENT='…'`. */
export function tableOptions({ key, options }: Table, literal: (text: string) => string): string {
  const given = options.mysql ?? {};
  const { comment = options.comment } = given;
  const words = Object.entries(given).flatMap(([name, value]) =>
    value === undefined || name === "comment" || isPartitioning(name) ? [] : [optionText(name, value, key, literal)],
  );
  if (comment !== undefined) words.push(`COMMENT=${literal(comment)}`);
  for (const name of partitioning) {
    const value = given[name];
    if (value !== undefined) words.push(partitionText(name, value));
  }
  return words.length === 0 ? "" : ` ${words.join(" ")}`;
}

function isPartitioning(name: string): boolean {
  return (partitioning as readonly string[]).includes(name);
}

function optionText(name: string, value: string | number, table: string, literal: (text: string) => string): string {
  const word = name.replace(/([A-Z])/g, "_$1").toUpperCase();
  if (!/^[A-Z][A-Z_]*$/.test(word)) {
    throw new CompileError(`Table "${table}" has an option ${JSON.stringify(name)}, which is no option of MySQL's.`);
  }
  if (name === "collate") return `COLLATE ${collationName(String(value))}`;
  if (typeof value === "number" || /^\w+$/.test(value)) return `${word}=${value}`;
  return `${word}=${literal(value)}`;
}

function partitionText(name: (typeof partitioning)[number], value: string | number): string {
  switch (name) {
    case "partitionBy":
      return `PARTITION BY ${value}`;
    case "subpartitionBy":
      return `SUBPARTITION BY ${value}`;
    case "partitions":
      return typeof value === "number" ? `PARTITIONS ${value}` : value;
    case "subpartitions":
      return `SUBPARTITIONS ${value}`;
  }
}
