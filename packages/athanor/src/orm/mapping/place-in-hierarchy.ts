import { ArgumentError } from "../../errors/errors.ts";
import { describe, offersNode } from "../../sql/coercions/operands.ts";
import type { ExpressionNode } from "../../sql/nodes/expressions.ts";
import { NODE } from "../../util/symbols.ts";
import { warn } from "../../util/warn.ts";
import { className } from "../instrumentation/entity.ts";
import type { ClassMapper } from "./class-mapper.ts";
import { type Discriminator, Hierarchy } from "./hierarchy.ts";
import type { ModelDefinition } from "./model-definition.ts";

/** Tells a class of those around it: those above it are there already. */
export function placeInHierarchy(definition: ModelDefinition, mapper: ClassMapper): void {
  const { parent } = mapper;
  const declared = definition.options.polymorphicOn ?? definition.discriminator;
  if (parent === null || mapper.base === mapper) {
    definition.inheritance?.parent.mapper.concreteSubclasses.push(mapper);
    if (declared !== null) {
      const found = discriminatorOf(definition, mapper, declared);
      mapper.setHierarchy(new Hierarchy(mapper, found, () => unmappedBelow(definition)));
    }
  } else {
    if (declared !== null) {
      throw new ArgumentError(
        `${mapper.className}: polymorphicOn belongs to the topmost class of the hierarchy, ${mapper.base.className}.`,
      );
    }
    mapper.setHierarchy(parent.hierarchy);
    definition.inheritance?.parent.mapper.subclasses.push(mapper);
  }
  const { hierarchy, polymorphicIdentity } = mapper;
  if (polymorphicIdentity === null) return;
  if (hierarchy !== null) hierarchy.add(mapper, polymorphicIdentity);
  else if (mapper.base !== mapper || parent === null) warnOfNothing(mapper);
}

function warnOfNothing({ className: name, base, polymorphicIdentity }: ClassMapper): void {
  warn(
    `${name} has the polymorphicIdentity ${JSON.stringify(String(polymorphicIdentity))}, but no attribute of ${base.className} holds it: ` +
      `rows that are asked for as ${base.className} become objects of ${base.className}. Say which one does: map(this, [], { polymorphicOn: "…" }).`,
  );
}

function discriminatorOf(
  definition: ModelDefinition,
  mapper: ClassMapper,
  declared: NonNullable<ModelDefinition["options"]["polymorphicOn"]>,
): Discriminator {
  const node = expressionOf(
    definition,
    mapper,
    typeof declared === "function" && !offersNode(declared) ? declared() : declared,
  );
  const property =
    node.kind === "column" && node.column !== null
      ? (mapper.columns.find((each) => each.isKeptIn(node.column)) ?? null)
      : null;
  return { property, expression: node };
}

function expressionOf(definition: ModelDefinition, mapper: ClassMapper, given: unknown): ExpressionNode {
  const attribute = typeof given === "string" && mapper.columnsByKey.has(given) ? definition.attribute(given) : given;
  const node = offersNode(attribute) ? attribute[NODE] : null;
  if (node !== null && "type" in node && node.kind !== "join") return node as ExpressionNode;
  throw new ArgumentError(
    `${mapper.className}: polymorphicOn is the name of a column attribute, or an expression, not ${describe(given)}. ` +
      `There are: ${[...mapper.columnsByKey.keys()].join(", ")}.`,
  );
}

/** Classes that were declared with `inherit()`, but not mapped, by the identities that they were given. */
function unmappedBelow(definition: ModelDefinition): ReadonlyMap<unknown, string> {
  const found = new Map<unknown, string>();
  for (const each of definition.subclasses) {
    const { polymorphicIdentity } = each.inheritance?.options ?? {};
    if (each.class === null && polymorphicIdentity !== undefined) found.set(polymorphicIdentity, declarationOf(each));
    for (const [identity, name] of unmappedBelow(each)) found.set(identity, name);
  }
  return found;
}

function declarationOf({ inheritance, tableName }: ModelDefinition): string {
  const parent = inheritance?.parent.class ?? null;
  const name = parent === null ? "a class" : className(parent);
  return `${name}.inherit(${inheritance?.kind === "single" ? "{ … }" : `${JSON.stringify(tableName)}, { … }`})`;
}
