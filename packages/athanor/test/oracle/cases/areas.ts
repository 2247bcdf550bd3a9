import type { Area } from "../statement-case.ts";
import { constructErrors } from "./construct-errors.ts";
import { dmlCte } from "./dml-cte.ts";
import { dmlDelete } from "./dml-delete.ts";
import { dmlInsert } from "./dml-insert.ts";
import { dmlUpdate } from "./dml-update.ts";
import { dmlUpsert } from "./dml-upsert.ts";
import { functions } from "./functions.ts";
import { guides } from "./guides.ts";
import { jsonArea } from "./json.ts";
import { laterAreas } from "./later-areas.ts";
import { literalsAndBinds } from "./literals-and-binds.ts";
import { operatorsBoolean } from "./operators-boolean.ts";
import { operatorsCompare } from "./operators-compare.ts";
import { operatorsIn } from "./operators-in.ts";
import { operatorsMath } from "./operators-math.ts";
import { operatorsString } from "./operators-string.ts";
import { pgArrays } from "./pg-arrays.ts";
import { pgJsonb } from "./pg-jsonb.ts";
import { pgRanges } from "./pg-ranges.ts";
import { selectBasic } from "./select-basic.ts";
import { selectCte } from "./select-cte.ts";
import { selectJoin } from "./select-join.ts";
import { selectSetop } from "./select-setop.ts";
import { selectSubquery } from "./select-subquery.ts";
import { selectWindow } from "./select-window.ts";
import { text } from "./text.ts";

/** Every area of the oracle but DDL, which has tests of its own. Each group is tested in a file of its own. */
export const areaGroups = {
  operators: [operatorsCompare, operatorsBoolean, operatorsMath, operatorsString, operatorsIn, functions],
  queries: [selectBasic, selectJoin, selectSubquery, selectSetop, selectCte, selectWindow],
  changes: [dmlInsert, dmlUpdate, dmlDelete, dmlCte, dmlUpsert],
  others: [literalsAndBinds, text, jsonArea, pgArrays, pgJsonb, pgRanges, constructErrors, guides, ...laterAreas],
} as const satisfies Record<string, readonly Area[]>;
