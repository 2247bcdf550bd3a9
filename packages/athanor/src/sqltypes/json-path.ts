import { ArrayType } from "./composite.ts";
import { IntegerType } from "./integers.ts";
import type { TypeTraits } from "./sql-type.ts";
import { TextType } from "./strings.ts";

/** A key of a JSON object, or a position in a JSON array, counted from 0; below 0, from the end. */
export type JsonKey = string | number;

// What leads into a document is a value like any other: it is bound. Databases take keys as they are, or one text that
// spells the way from the document's root, in which every key is quoted.

/** The key of an object's member. */
export class JsonKeyType extends TextType {
  override get key(): string {
    return "jsonKey";
  }
  override bindProcessor(traits: TypeTraits): (value: unknown) => unknown {
    const { jsonPathEnd: end } = traits;
    const bind = super.bindProcessor(traits);
    return end === undefined ? bind : (value) => pathText([value as JsonKey], end);
  }
}

/** The position of an array's element. */
export class JsonIndexType extends IntegerType {
  override get key(): string {
    return "jsonIndex";
  }
  override bindProcessor(traits: TypeTraits): (value: unknown) => unknown {
    const { jsonPathEnd: end } = traits;
    const bind = super.bindProcessor(traits);
    return end === undefined ? bind : (value) => pathText([value as JsonKey], end);
  }
}

/** Several keys and positions, one after the other. */
export class JsonPathType extends ArrayType<JsonKey> {
  constructor() {
    super(new TextType());
  }
  override get key(): string {
    return "jsonPath";
  }
  override bindProcessor(traits: TypeTraits): (value: unknown) => unknown {
    const { jsonPathEnd: end } = traits;
    const bind = super.bindProcessor(traits);
    return (value) => {
      const path = value as readonly JsonKey[];
      return end === undefined ? bind(path.map(String)) : pathText(path, end);
    };
  }
}

/** `$."key"[0]`: keys are quoted as JSON quotes text, so that none can be more than a key. */
function pathText(path: readonly JsonKey[], end: "#" | "last"): string {
  const steps = path.map((step) =>
    typeof step === "string" ? `.${JSON.stringify(step)}` : `[${position(step, end)}]`,
  );
  return `$${steps.join("")}`;
}

function position(index: number, end: "#" | "last"): string {
  if (index >= 0) return String(index);
  const distance = end === "#" ? index : index + 1;
  return distance === 0 ? end : `${end}${distance}`;
}
