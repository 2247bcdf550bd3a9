import { ArgumentError } from "../../errors/errors.ts";
import { type Listenable, listen } from "../../events/listeners.ts";
import { describe } from "../../sql/coercions/operands.ts";
import type { Expression } from "../../sql/expression/expression.ts";
import { select } from "../../sql/statement/select.ts";
import type { MapperEvents } from "../mapping/mapper-events.ts";
import type { Session } from "../session/session.ts";

export interface SlugOptions {
  /** Between words. Default `-`. */
  readonly separator?: string;
  /** Characters at most; words are kept whole where they can be. Default 80. */
  readonly maxLength?: number;
}

/**
 * The part of an address that stands for a title: lower case, without accents, words with hyphens between them. What has
 * no Latin form is kept as it is, as addresses may hold it.
 *
 * @example slugify("Crème brûlée, twice!") // "creme-brulee-twice"
 */
export function slugify(text: string, { separator = "-", maxLength = 80 }: SlugOptions = {}): string {
  const words = text
    .normalize("NFKD")
    .replaceAll(/\p{Mark}/gu, "")
    .toLowerCase()
    .split(/[^\p{Letter}\p{Number}]+/u)
    .filter((word) => word !== "");
  const [first = ""] = words;
  let slug = Array.from(first).slice(0, maxLength).join("");
  for (const word of words.slice(1)) {
    const longer = `${slug}${separator}${word}`;
    if (Array.from(longer).length > maxLength) break;
    slug = longer;
  }
  return slug;
}

/**
 * A slug that no row has yet: the text's own, or the same with the next free number. Two transactions may find the same
 * one at the same time: let the column be unique, and try the transaction again.
 *
 * @param column where slugs are kept, such as `Post.slug`
 * @throws ArgumentError when nothing of the text can stand in an address.
 */
export async function uniqueSlug(
  session: Session,
  column: Expression<string | null, string, string>,
  text: string,
  options: SlugOptions = {},
): Promise<string> {
  const { separator = "-" } = options;
  const slug = slugify(text, options);
  if (slug === "") throw new ArgumentError(`No letter or number of ${JSON.stringify(text)} can stand in an address.`);
  const taken = new Set(
    await session.scalars(select(column).where(column.startsWith(slug, { autoescape: true }))).all(),
  );
  if (!taken.has(slug)) return slug;
  let number = 2;
  while (taken.has(`${slug}${separator}${number}`)) number += 1;
  return `${slug}${separator}${number}`;
}

/**
 * Gives new objects of a class a slug made of another attribute, where they have none when they are inserted.
 *
 * @example slugged(Post, { from: "title", to: "slug" })
 */
export function slugged<T extends object, F extends keyof T & string, K extends keyof T & string>(
  model: Listenable<MapperEvents<T, unknown>>,
  { from, to, ...options }: { readonly from: F; readonly to: K } & SlugOptions,
): void {
  listen(model, "beforeInsert", (object) => {
    const columns = object as Record<string, unknown>;
    if ((columns[to] ?? null) !== null) return;
    const text = columns[from];
    if (typeof text !== "string") {
      throw new ArgumentError(`A slug is made of a text; ${from} holds ${describe(text)}.`);
    }
    columns[to] = slugify(text, options);
  });
}
