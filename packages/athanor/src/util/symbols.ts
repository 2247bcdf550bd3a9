/**
 * Keys under which the library keeps what inference reads and what its own rooms ask of each other. They are symbols,
 * so that no column of a user (`name`, `tableName`, `values`, …) can collide with the machinery. Those in the first
 * part serve types only: nothing is stored under them.
 */

/** The JavaScript value of an expression, a column or a relationship. */
export const VALUE: unique symbol = /* @__PURE__ */ Symbol("athanor.value");
/** Names of the tables without which an expression is null; an outer join compares itself with them. */
export const OWNERS: unique symbol = /* @__PURE__ */ Symbol("athanor.owners");
/** The name under which an expression or an alias appears in a row. */
export const NAME: unique symbol = /* @__PURE__ */ Symbol("athanor.name");
/** The object literal that a table or a model was declared with. */
export const SHAPE: unique symbol = /* @__PURE__ */ Symbol("athanor.shape");
/** The name of something that can stand in FROM: a table, an alias, a subquery. */
export const FROM: unique symbol = /* @__PURE__ */ Symbol("athanor.from");
/** The name that a join to this target brings into the statement. */
export const JOINS: unique symbol = /* @__PURE__ */ Symbol("athanor.joins");
/** What a statement returns: a row as a tuple, a row by name; and what it may be executed with. */
export const ROW: unique symbol = /* @__PURE__ */ Symbol("athanor.row");
export const NAMES: unique symbol = /* @__PURE__ */ Symbol("athanor.names");
export const PARAMETERS: unique symbol = /* @__PURE__ */ Symbol("athanor.parameters");
/** Paths that a loader option loads, and paths that an entity is known to have loaded. */
export const LOADS: unique symbol = /* @__PURE__ */ Symbol("athanor.loads");
export const LOADED: unique symbol = /* @__PURE__ */ Symbol("athanor.loaded");
/** The fields of a construct of a user's. */
export const FIELDS: unique symbol = /* @__PURE__ */ Symbol("athanor.fields");
/** What a class has for a derived attribute of its shape, and who gives that attribute its value, and which. */
export const ATTRIBUTE: unique symbol = /* @__PURE__ */ Symbol("athanor.attribute");
export const GIVEN: unique symbol = /* @__PURE__ */ Symbol("athanor.given");
export const INIT: unique symbol = /* @__PURE__ */ Symbol("athanor.init");
/** Over which attribute of the class an association proxy leads, and to which of the members. */
export const THROUGH: unique symbol = /* @__PURE__ */ Symbol("athanor.through");
/** What `filterBy()` and what INSERT and UPDATE take for something in a shape that is no column. */
export const CRITERION: unique symbol = /* @__PURE__ */ Symbol("athanor.criterion");
export const INPUT: unique symbol = /* @__PURE__ */ Symbol("athanor.input");
/** What several things that are selected as one are made of; what they become, where that is no row. */
export const BUNDLED: unique symbol = /* @__PURE__ */ Symbol("athanor.bundled");
export const COMPOSED: unique symbol = /* @__PURE__ */ Symbol("athanor.composed");
/** Event names and their handlers. */
export const EVENTS: unique symbol = /* @__PURE__ */ Symbol("athanor.events");
/** Makes an interface nominal. */
export const KIND: unique symbol = /* @__PURE__ */ Symbol("athanor.kind");

/** Offers the node with which an object enters a statement: an expression, a table, a mapped class, an alias. */
export const NODE: unique symbol = /* @__PURE__ */ Symbol("athanor.node");
/** Offers the joins that lead to an object: a relationship attribute knows its ON clause and its association table. */
export const JOIN: unique symbol = /* @__PURE__ */ Symbol("athanor.join");
/** Runs CREATE or DROP of a MetaData's objects on an engine or a connection, in that one's colour. */
export const RUN_DDL: unique symbol = /* @__PURE__ */ Symbol("athanor.runDdl");
/** Reads a database's tables into a MetaData on an engine or a connection, in that one's colour. */
export const REFLECT: unique symbol = /* @__PURE__ */ Symbol("athanor.reflect");
/** The listeners of an object that can be listened to. */
export const LISTENERS: unique symbol = /* @__PURE__ */ Symbol("athanor.listeners");

/** A piece of SQL whose value is `T`: what columns and constraints may hold without knowing the expression language. */
export interface SqlValue<out T> {
  readonly [VALUE]: T;
  readonly [NODE]: object;
}
