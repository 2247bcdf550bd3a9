import type { ScenarioArea } from "../scenario-case.ts";
import { autoflush } from "./autoflush.ts";
import { cascades } from "./cascades.ts";
import { identityMap } from "./identity-map.ts";
import { loading } from "./loading.ts";
import { relationships } from "./relationships.ts";
import { unitOfWork } from "./unit-of-work.ts";

/** Every area that is run. */
export const scenarioAreas: readonly ScenarioArea[] = [
  unitOfWork,
  loading,
  relationships,
  cascades,
  identityMap,
  autoflush,
];

/** Areas of which nothing can be run yet. */
export const laterAreas: readonly { readonly name: string; readonly issue: number; readonly reason: string }[] = [
  { name: "transactions", issue: 2, reason: "next" },
  { name: "results", issue: 2, reason: "next" },
  { name: "events", issue: 2, reason: "next" },
  { name: "guides", issue: 2, reason: "next" },
  { name: "errors", issue: 2, reason: "next" },
  { name: "sessions", issue: 2, reason: "next" },
  { name: "async", issue: 2, reason: "next" },
  { name: "bulk", issue: 5, reason: "bulk INSERT and upsert that give objects" },
  { name: "inheritance", issue: 5, reason: "mapped classes that inherit from each other" },
  { name: "versioning", issue: 5, reason: "version counters" },
  { name: "pool", issue: 4, reason: "kinds of pools, detaching, ages of connections" },
  { name: "reflection", issue: 4, reason: "reading schemas from databases" },
];
