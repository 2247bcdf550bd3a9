import type { ScenarioArea } from "../scenario-case.ts";
import { async } from "./async.ts";
import { autoflush } from "./autoflush.ts";
import { bulk } from "./bulk.ts";
import { cascades } from "./cascades.ts";
import { errors } from "./errors.ts";
import { events } from "./events.ts";
import { guides } from "./guides.ts";
import { identityMap } from "./identity-map.ts";
import { inheritance } from "./inheritance.ts";
import { loading } from "./loading.ts";
import { pool } from "./pool.ts";
import { reflection } from "./reflection.ts";
import { relationships } from "./relationships.ts";
import { results } from "./results.ts";
import { sessions } from "./sessions.ts";
import { transactions } from "./transactions.ts";
import { unitOfWork } from "./unit-of-work.ts";
import { versioning } from "./versioning.ts";

/** Every area that is run. */
export const scenarioAreas: readonly ScenarioArea[] = [
  unitOfWork,
  loading,
  relationships,
  cascades,
  identityMap,
  autoflush,
  transactions,
  results,
  events,
  guides,
  errors,
  sessions,
  async,
  bulk,
  pool,
  reflection,
  versioning,
  inheritance,
];

/** Areas of which nothing can be run yet. */
export const laterAreas: readonly { readonly name: string; readonly issue: number; readonly reason: string }[] = [];
