import { ArgumentError } from "../../errors/errors.ts";
import { listen } from "../../events/listeners.ts";
import { describe } from "../../sql/coercions/operands.ts";
import { columnIn } from "../../sql/compile/from-clause.ts";
import { Expression } from "../../sql/expression/expression.ts";
import { func } from "../../sql/expression/functions.ts";
import { type Select, select } from "../../sql/statement/select.ts";
import { update } from "../../sql/statement/update.ts";
import { mapperOf } from "../instrumentation/entity.ts";
import type { Session } from "../session/session.ts";
import type { ListenedModel } from "./row-changes.ts";

export interface PathOptions<K extends string, P extends string> {
  /** The attribute with the path: a text column, with an index, nullable as the key is known only after the INSERT. */
  readonly path: K;
  /** The many-to-one to the parent. */
  readonly parent: P;
}

/**
 * A tree whose nodes know the way from the root: `/1/5/12/`. What stands below a node is one comparison of texts, whatever
 * the depth. Paths of new nodes are written by the flush that follows their INSERT, `commit()` included.
 *
 * @example
 * const tree = new MaterializedPath(Category, { path: "path", parent: "parent" });
 * await session.scalars(tree.descendants(books)).all();
 */
export class MaterializedPath<
  C extends ListenedModel,
  K extends keyof C["prototype"] & string,
  P extends keyof C["prototype"] & string,
> {
  readonly #model: C;
  readonly #path: K;
  readonly #parent: P;

  constructor(model: C, { path, parent }: PathOptions<K, P>) {
    this.#model = model;
    this.#path = path;
    this.#parent = parent;
    listen(model, "afterInsert", (node: object) => {
      Reflect.set(node, path, this.#ownPath(node, Reflect.get(node, parent) as C["prototype"] | null));
    });
  }

  /** What stands below a node, parents before their children. */
  descendants(node: C["prototype"]): Select<readonly [C]> {
    const column = this.#column();
    const path = this.pathOf(node);
    return this.#select()
      .where(column.startsWith(path, { autoescape: true }), column.ne(path))
      .orderBy(column);
  }
  /** What stands above a node, from the root down. */
  ancestors(node: C["prototype"]): Select<readonly [C]> {
    const column = this.#column();
    const steps = this.pathOf(node).split("/").slice(1, -2);
    const paths = steps.map((_, index) => `/${steps.slice(0, index + 1).join("/")}/`);
    return this.#select().where(column.in(paths)).orderBy(column);
  }
  /** How many stand above a node. */
  depth(node: C["prototype"]): number {
    return this.pathOf(node).split("/").length - 3;
  }
  /**
   * The node's path.
   *
   * @throws ArgumentError for a node that has none yet, because it was not flushed.
   */
  pathOf(node: C["prototype"]): string {
    const path: unknown = Reflect.get(node, this.#path);
    if (typeof path === "string") return path;
    throw new ArgumentError(
      `${this.#name} has no ${this.#path} yet (${describe(path)}): add it to a session and commit, or flush twice.`,
    );
  }

  /**
   * Hangs a node, with all that stands below it, on another parent; null makes it a root. One UPDATE for what is below.
   *
   * @throws ArgumentError when the new parent stands below the node.
   */
  async move(session: Session, node: C["prototype"], parent: C["prototype"] | null): Promise<void> {
    await session.flush();
    const before = this.pathOf(node);
    if (parent !== null && this.pathOf(parent).startsWith(before)) {
      throw new ArgumentError(`A node of ${this.#name} cannot be moved below itself.`);
    }
    const after = this.#ownPath(node, parent);
    Reflect.set(node, this.#parent, parent);
    await session.flush();
    const column = this.#column();
    const moved = func.concat(after, func.substr(column, before.length + 1));
    await session.execute(
      update(this.#model)
        .values({ [this.#path]: moved })
        .where(column.startsWith(before, { autoescape: true })),
      undefined,
      { synchronizeSession: "fetch" },
    );
    await session.refresh(node, [this.#path]);
  }

  get #name(): string {
    return mapperOf(this.#model).className;
  }
  #column(): Expression<string, string, string> {
    const { columnsByKey, from, className } = mapperOf(this.#model);
    const property = columnsByKey.get(this.#path);
    if (property === undefined) throw new ArgumentError(`${className} has no column ${JSON.stringify(this.#path)}.`);
    return new Expression<string>(columnIn(from, property.column));
  }
  #select(): Select<readonly [C]> {
    return select(this.#model);
  }
  #ownPath(node: C["prototype"], parent: C["prototype"] | null): string {
    const key = mapperOf(this.#model)
      .primaryKeyValues(node)
      .map((part) => encodeURIComponent(String(part)))
      .join("-");
    return `${parent === null ? "/" : this.pathOf(parent)}${key}/`;
  }
}
