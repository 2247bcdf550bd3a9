import type { Area } from "../statement-case.ts";
import { dmlCte } from "./dml-cte.ts";
import { dmlDelete } from "./dml-delete.ts";
import { dmlInsert } from "./dml-insert.ts";
import { dmlUpdate } from "./dml-update.ts";
import { dmlUpsert } from "./dml-upsert.ts";
import { functions } from "./functions.ts";
import { operatorsBoolean } from "./operators-boolean.ts";
import { operatorsCompare } from "./operators-compare.ts";
import { operatorsIn } from "./operators-in.ts";
import { operatorsMath } from "./operators-math.ts";
import { operatorsString } from "./operators-string.ts";
import { selectBasic } from "./select-basic.ts";
import { selectCte } from "./select-cte.ts";
import { selectJoin } from "./select-join.ts";
import { selectSetop } from "./select-setop.ts";
import { selectSubquery } from "./select-subquery.ts";
import { selectWindow } from "./select-window.ts";

/** Every area of statements that is tested without the ORM. */
export const areas: readonly Area[] = [
  operatorsCompare,
  operatorsBoolean,
  operatorsMath,
  operatorsString,
  operatorsIn,
  functions,
  selectBasic,
  selectJoin,
  selectSubquery,
  selectSetop,
  selectCte,
  selectWindow,
  dmlInsert,
  dmlUpdate,
  dmlDelete,
  dmlCte,
  dmlUpsert,
];
