/** All tables of the oracle, under the names that its cases use. */

export * from "./models/billing.ts";
export * from "./models/blog.ts";
export * from "./models/core.ts";
export * from "./models/org.ts";
export * from "./models/pg.ts";
export * from "./models/shop.ts";
