import type { Sequence } from "../../../schema/sequence.ts";
import { dateType, integerType, textType, timestampType, timeType } from "../../coercions/literal-types.ts";
import { Expression } from "../expression.ts";
import { called } from "./call.ts";

/** What the database knows of itself: its clock, its user, its sequences. */
export const environmentFunctions = {
  /** The time at which the transaction or the statement began. */
  now(): Expression<Date> {
    return called("now", [], timestampType);
  },
  currentDate(): Expression<string> {
    return called("current_date", [], dateType);
  },
  currentTime(): Expression<string> {
    return called("current_time", [], timeType);
  },
  currentTimestamp(): Expression<Date> {
    return called("current_timestamp", [], timestampType);
  },
  /** The time of day in the session's time zone. */
  localTime(): Expression<string> {
    return called("localtime", [], timeType);
  },
  /** Date and time in the session's time zone. */
  localTimestamp(): Expression<Date> {
    return called("localtimestamp", [], timestampType);
  },
  /** The user whose rights count. */
  currentUser(): Expression<string> {
    return called("current_user", [], textType);
  },
  /** The user who has connected. */
  sessionUser(): Expression<string> {
    return called("session_user", [], textType);
  },
  /** The user whose rights count, by another name. */
  user(): Expression<string> {
    return called("user", [], textType);
  },
  /** The next number of a sequence, where the database has sequences. */
  nextValue(sequence: Sequence): Expression<number> {
    return new Expression({ kind: "sequenceValue", sequence, type: integerType });
  },
};
