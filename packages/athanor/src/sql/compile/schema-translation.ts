import { ArgumentError } from "../../errors/errors.ts";
import { LruCache } from "../../util/lru-cache.ts";

/**
 * Which schema stands for which: names of schemas as tables have them, `null` for tables without one, to the schemas that are
 * meant; null there is the default schema. What is not named stays.
 */
export type SchemaTranslateMap = Readonly<Record<string, string | null>>;

/** What stands for schemas: no program's input can hold it, because nobody can guess its secret. */
interface Tokens {
  readonly secret: string;
  readonly form: RegExp;
}
let made: Tokens | null = null;

/** Made when it is first needed: some runtimes have no random numbers while modules are loaded. */
function tokens(): Tokens {
  if (made === null) {
    const secret = crypto.randomUUID();
    made = { secret, form: new RegExp(`<${secret}(s?):(.*?)>`, "gs") };
  }
  return made;
}

/**
 * What stands in front of a name until it is known which schema is meant, dot included. `quoted` inside of a text literal, as
 * nextval() takes names.
 */
export function schemaToken(schema: string | null, quoted: boolean = false): string {
  return `<${tokens().secret}${quoted ? "s" : ""}:${schema === null ? "" : encodeURIComponent(schema)}>`;
}

/** Puts schemas into the texts of statements that were compiled for any of them. */
export class SchemaTranslation {
  readonly #map: SchemaTranslateMap;
  readonly #quote: (identifier: string) => string;
  readonly #known = new LruCache<string, string>(500);

  /** @throws ArgumentError when the map holds anything but names and null. */
  constructor(map: SchemaTranslateMap, quote: (identifier: string) => string) {
    for (const [from, to] of Object.entries(map)) {
      if (to !== null && typeof to !== "string") {
        throw new ArgumentError(`schemaTranslateMap takes the name of a schema, or null, for ${JSON.stringify(from)}.`);
      }
    }
    this.#map = map;
    this.#quote = quote;
  }

  /** The schema that is meant; null for the default one. */
  schemaFor(schema: string | null): string | null {
    const name = String(schema);
    const meant = Object.hasOwn(this.#map, name) ? this.#map[name] : schema;
    return meant ?? null;
  }

  /** A text with the schemas that are meant. */
  translate(sql: string): string {
    const known = this.#known.get(sql);
    if (known !== undefined) return known;
    const text = sql.replace(tokens().form, (_, quoted: string, encoded: string) => {
      const schema = this.schemaFor(encoded === "" ? null : decodeURIComponent(encoded));
      if (schema === null) return "";
      const prefix = `${this.#quote(schema)}.`;
      return quoted === "" ? prefix : prefix.replaceAll("'", "''");
    });
    this.#known.set(sql, text);
    return text;
  }
}
