import type { Area } from "../statement-case.ts";
import { guides } from "./guides.ts";
import { ormCriteria } from "./orm-criteria.ts";
import { ormDml } from "./orm-dml.ts";
import { ormInheritance } from "./orm-inheritance.ts";
import { ormSelect } from "./orm-select.ts";

/** Statements with models, which are executed through a session. Loading has a test of its own: `orm/loading-oracle.test.ts`. */
export const ormAreas: readonly Area[] = [ormSelect, ormCriteria, ormDml, guides, ormInheritance];
