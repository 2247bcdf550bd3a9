import type { Area } from "../statement-case.ts";
import { operatorsCompare } from "./operators-compare.ts";

/** Every area of statements that is tested without the ORM. */
export const areas: readonly Area[] = [operatorsCompare];
