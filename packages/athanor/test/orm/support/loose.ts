/** A child that is known by its parent, in a relationship that does not say what becomes of it. */
import { integer, varchar } from "athanor";
import { declarativeBase, many, map } from "athanor/orm";

export const LooseBase = declarativeBase();

export class Owner extends LooseBase.model("owners", {
  id: integer().primaryKey(),
  get parts() {
    return many(() => Loose);
  },
}) {
  static {
    map(this);
  }
}
export class Loose extends LooseBase.model("parts", {
  ownerId: integer()
    .primaryKey()
    .references(() => Owner.id),
  name: varchar(50).primaryKey(),
}) {
  static {
    map(this);
  }
}
