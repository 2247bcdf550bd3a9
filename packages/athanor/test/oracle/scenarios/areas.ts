import type { ScenarioArea } from "../scenario-case.ts";
import { unitOfWork } from "./unit-of-work.ts";

/** Every area that is run. */
export const scenarioAreas: readonly ScenarioArea[] = [unitOfWork];

/** Areas of which nothing can be run yet. */
export const laterAreas: readonly { readonly name: string; readonly issue: number; readonly reason: string }[] = [];
