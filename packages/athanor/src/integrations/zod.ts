/**
 * Schemas for zod out of tables and models, to check what comes in and to describe what goes out.
 *
 * @module athanor/zod
 */
import * as z from "zod";
import { ArgumentError } from "../errors/errors.ts";
import type { AnyColumn, Column } from "../schema/column.ts";
import type { TableColumn } from "../schema/table-column.ts";
import { describe, offersNode, selectItem } from "../sql/coercions/operands.ts";
import type { ValueOf } from "../sql/expression/shape.ts";
import { ArrayType } from "../sqltypes/composite.ts";
import { EnumType } from "../sqltypes/enum.ts";
import { InstantTextType } from "../sqltypes/instant-text.ts";
import { BigIntegerType, IntegerType } from "../sqltypes/integers.ts";
import { isBytes } from "../sqltypes/refuse.ts";
import type { SqlType } from "../sqltypes/sql-type.ts";
import { StringType } from "../sqltypes/strings.ts";
import { TypeDecorator } from "../sqltypes/type-decorator.ts";
import { UuidType } from "../sqltypes/uuid.ts";
import type { SHAPE } from "../util/symbols.ts";

/** A schema whose input and output are the same. */
type Field<T> = z.ZodType<T, T>;
/** What `selectSchema` has for each column. */
export type SelectFields<S> = {
  -readonly [P in keyof S as S[P] extends AnyColumn ? P : never]: Field<ValueOf<S[P]>>;
};
type InsertField<P> =
  P extends Column<infer T, infer G>
    ? G extends "always" | "relationship"
      ? Field<T>
      : z.ZodOptional<Field<T>>
    : never;
/** What `insertSchema` has for each column. */
export type InsertFields<S> = {
  -readonly [P in keyof S as S[P] extends AnyColumn ? P : never]: InsertField<S[P]>;
};

/**
 * The schema of a row or an object: a field for each column, as it is read. It is a plain `ZodObject`, so `pick`, `omit`,
 * `extend` and `partial` narrow it. Relationships are no part of it; extend it with the schemas of what they lead to.
 *
 * ```ts
 * const UserResponse = selectSchema(User).omit({ hashedPassword: true });
 * ```
 *
 * @throws ArgumentError when it is given neither a table nor a model.
 */
export function selectSchema<S>(model: { readonly [SHAPE]: S }): z.ZodObject<SelectFields<S>>;
export function selectSchema(model: object): z.ZodObject {
  return z.object(
    Object.fromEntries(columnsOf(model, "selectSchema()").map((column) => [column.key, fieldOf(column)])),
  );
}

/**
 * The schema of what an INSERT takes: columns that are nullable, have a default or are made by the database may be left
 * out.
 *
 * @throws ArgumentError when it is given neither a table nor a model.
 */
export function insertSchema<S>(model: { readonly [SHAPE]: S }): z.ZodObject<InsertFields<S>>;
export function insertSchema(model: object): z.ZodObject {
  return z.object(
    Object.fromEntries(
      columnsOf(model, "insertSchema()").map((column) => {
        const field = fieldOf(column);
        return [column.key, isGiven(column) ? field : field.optional()];
      }),
    ),
  );
}

function columnsOf(model: unknown, where: string): readonly TableColumn[] {
  const item = offersNode(model) ? selectItem(model, where) : null;
  if (item?.kind !== "entity") throw new ArgumentError(`${where} takes a table or a model, not ${describe(model)}.`);
  return item.columns.flatMap(({ column }) => (column === null ? [] : [column]));
}

/** Whether an INSERT has to give the column a value; the same question as `Given` answers in the types. */
function isGiven({ definition }: TableColumn): boolean {
  const { type, primaryKey, nullable, references } = definition;
  const isGenerated =
    definition.default !== null ||
    definition.serverDefault !== null ||
    definition.computed !== null ||
    definition.system ||
    definition.identity !== null ||
    definition.autoincrement !== null;
  const countsItself = primaryKey && type.affinity === "integer" && references.length === 0;
  return !(nullable || isGenerated || countsItself);
}

function fieldOf({ type, definition }: TableColumn): z.ZodType {
  const field = schemaOf(type);
  return definition.nullable ? field.nullable() : field;
}

/** The schema of a type's values. What a program's own type makes of them, only the program knows: anything goes. */
function schemaOf(type: SqlType): z.ZodType {
  if (type instanceof TypeDecorator) return z.unknown();
  if (type instanceof BigIntegerType) return bigInteger(type);
  if (type instanceof IntegerType) return z.int();
  if (type instanceof StringType) return type.length === null ? z.string() : z.string().max(type.length);
  if (type instanceof EnumType) return z.enum(type.values);
  // Databases take any 128 bits, not only those of the versions that RFC 9562 knows.
  if (type instanceof UuidType) return z.guid();
  if (type instanceof ArrayType) return arrayOf(type);
  if (type instanceof InstantTextType) return z.iso.datetime({ offset: true });
  switch (type.affinity) {
    case "boolean":
      return z.boolean();
    case "float":
    case "interval":
      return z.number();
    case "numeric":
      return z.string().regex(/^[+-]?(?:\d+\.?\d*|\.\d+)$/, "Expected a decimal number as text");
    case "date":
      return z.iso.date();
    case "time":
      return z.iso.time();
    case "timestamp":
      return z.date();
    case "binary":
      return z.custom<Uint8Array>(isBytes, "Expected a Uint8Array");
    default:
      return z.unknown();
  }
}

function bigInteger({ mode }: BigIntegerType): z.ZodType {
  switch (mode) {
    case "bigint":
      return z.bigint();
    case "number":
      return z.int();
    case "string":
      return z.string().regex(/^-?\d+$/, "Expected the digits of a whole number");
  }
}

/** An array may hold NULL, and arrays where the column does not say how deep it goes. */
function arrayOf({ item, dimensions }: ArrayType): z.ZodType {
  const element = schemaOf(item).nullable();
  if (dimensions === null) {
    const nested: z.ZodType = z.lazy(() => z.array(z.union([element, nested])));
    return nested;
  }
  let schema: z.ZodType = element;
  for (let depth = 0; depth < dimensions; depth += 1) schema = z.array(schema);
  return schema;
}
