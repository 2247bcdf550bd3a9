import { CompileError } from "../../errors/errors.ts";
import { CheckConstraint, type Constraint, PrimaryKeyConstraint, UniqueConstraint } from "../../schema/constraint.ts";
import { ExcludeConstraint } from "../../schema/exclude-constraint.ts";
import { ForeignKeyConstraint } from "../../schema/foreign-key.ts";
import type { TableColumn } from "../../schema/table-column.ts";
import { BooleanType } from "../../sqltypes/boolean.ts";
import { EnumType } from "../../sqltypes/enum.ts";
import { DdlNames } from "./ddl-names.ts";

const actions = ["cascade", "restrict", "set null", "set default", "no action"] as const;

/** Constraints, as lines of CREATE TABLE and behind ALTER TABLE … ADD. */
export abstract class ConstraintCompiler extends DdlNames {
  /** A constraint as a line of CREATE TABLE; null: it has no place there. */
  protected tableConstraint(constraint: Constraint): string | null {
    if (!this.applies(constraint) || this.isBesideColumn(constraint)) return null;
    const body = this.constraintBody(constraint);
    return body === null ? null : this.constraintName(constraint) + body;
  }

  /** A CHECK of one column stands beside it. */
  protected isBesideColumn(constraint: Constraint): boolean {
    return constraint instanceof CheckConstraint && constraint.column !== null && constraint.condition !== null;
  }

  /** CHECKs that stand beside their column. */
  protected columnChecks(column: TableColumn): readonly string[] {
    return column.table.constraints
      .filter((each) => each instanceof CheckConstraint)
      .filter((each) => each.column === column && this.isBesideColumn(each) && this.applies(each))
      .map((each) => this.constraintName(each) + this.checkBody(each));
  }

  /** What stands behind the constraint's name; null: the database needs none. */
  protected constraintBody(constraint: Constraint): string | null {
    if (constraint instanceof PrimaryKeyConstraint) return this.primaryKeyBody(constraint);
    if (constraint instanceof UniqueConstraint) return this.uniqueBody(constraint);
    if (constraint instanceof ForeignKeyConstraint) return this.foreignKeyBody(constraint);
    if (constraint instanceof ExcludeConstraint) return this.excludeBody(constraint);
    if (constraint instanceof CheckConstraint) {
      return constraint.condition === null ? this.typeCheckBody(constraint) : this.checkBody(constraint);
    }
    throw new CompileError(`${this.dialect.name} cannot write a constraint of kind "${constraint.kind}".`);
  }

  protected primaryKeyBody(constraint: PrimaryKeyConstraint): string | null {
    return `PRIMARY KEY (${this.columnNames(constraint.columns)})${this.deferral(constraint)}`;
  }

  protected uniqueBody(constraint: UniqueConstraint): string {
    return `UNIQUE (${this.columnNames(constraint.columns)})${this.deferral(constraint)}`;
  }

  protected foreignKeyBody(key: ForeignKeyConstraint): string | null {
    const target = `${this.referredTableName(key)} (${this.columnNames(key.referredColumns)})`;
    const onDelete = key.onDelete === null ? "" : ` ON DELETE ${this.words(key.onDelete, actions, "onDelete")}`;
    const onUpdate = key.onUpdate === null ? "" : ` ON UPDATE ${this.words(key.onUpdate, actions, "onUpdate")}`;
    return `FOREIGN KEY(${this.columnNames(key.columns)}) REFERENCES ${target}${this.match(key)}${onDelete}${onUpdate}${this.deferral(key)}`;
  }
  protected referredTableName(key: ForeignKeyConstraint): string {
    return this.tableName(key.referredTable);
  }
  protected match(key: ForeignKeyConstraint): string {
    return key.match === null ? "" : ` MATCH ${this.words(key.match, ["full", "partial", "simple"], "match")}`;
  }

  protected checkBody(check: CheckConstraint): string {
    return `CHECK (${check.condition === null ? "" : this.fragment(check.condition)})${this.deferral(check)}`;
  }

  protected excludeBody(constraint: ExcludeConstraint): string | null {
    throw new CompileError(
      `${this.dialect.name} has no exclusion constraints, and ${constraint} is one. ` +
        'Leave it out there with the option ddlIf: { dialect: "postgresql" }.',
    );
  }

  /** The values of an enumeration or a boolean, where the database would store others. */
  protected typeCheckBody(check: CheckConstraint): string | null {
    const { column } = check;
    if (column === null) return null;
    const type = this.storedType(column);
    const values = this.valuesToCheck(type);
    if (values === null) return null;
    const literals = values.map((value) => (typeof value === "number" ? value : this.dialect.literal(value, type)));
    return `CHECK (${this.quote(column.name)} IN (${literals.join(", ")}))`;
  }

  protected valuesToCheck(type: unknown): readonly unknown[] | null {
    const { nativeBoolean, nativeEnum } = this.dialect.types;
    if (type instanceof BooleanType) return nativeBoolean ? null : [0, 1];
    if (type instanceof EnumType) return nativeEnum && type.native ? null : type.values;
    return null;
  }

  protected deferral(constraint: Constraint): string {
    const { deferrable, initially } = constraint;
    const first = deferrable === null ? "" : deferrable ? " DEFERRABLE" : " NOT DEFERRABLE";
    return (
      first + (initially === null ? "" : ` INITIALLY ${this.words(initially, ["deferred", "immediate"], "initially")}`)
    );
  }

  protected constraintName(constraint: Constraint): string {
    const name = constraint.resolvedName;
    return name === null ? "" : `CONSTRAINT ${this.quote(this.fitName(name))} `;
  }

  /** The name by which a constraint can be spoken of. */
  protected givenConstraintName(constraint: Constraint): string {
    const name = constraint.resolvedName;
    if (name !== null) return this.quote(this.fitName(name));
    throw new CompileError(`A ${constraint} has no name by which it could be spoken of. Give it one.`);
  }
}
