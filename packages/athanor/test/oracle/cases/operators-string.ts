import type { Condition } from "../../../src/sql/expression/types.ts";
import { func, literal, not, select } from "../../support/core.ts";
import { samples } from "../models.ts";
import type { Area } from "../statement-case.ts";

const { c } = samples;
const where = (condition: Condition) => select(c.id).where(condition).orderBy(c.id);

export const operatorsString: Area = {
  name: "operators-string",
  cases: {
    "operators-string/like": () => where(c.s.like("%an%")),
    "operators-string/not-like": () => where(c.s.notLike("%an%")),
    "operators-string/not-ilike": () => where(c.s.notIlike("BAN%")),
    "operators-string/ilike-escape": () => where(c.t.ilike("%R^_%", { escape: "^" })),
    "operators-string/endswith": () => where(c.s.endsWith("pie")),
    "operators-string/not-contains": () => where(not(c.s.contains("err"))),
    "operators-string/contains-autoescape": () => where(c.t.contains("r_s", { autoescape: true })),
    "operators-string/contains-autoescape-slash": () => where(c.t.contains("50%/_", { autoescape: true })),
    "operators-string/contains-autoescape-custom": () => where(c.t.contains("0% o", { autoescape: true, escape: "#" })),
    "operators-string/endswith-autoescape": () => where(c.s.endsWith("_pie", { autoescape: true })),
    "operators-string/istartswith": () => where(c.s.istartsWith("APP")),
    "operators-string/iendswith": () => where(c.s.iendsWith("PIE")),
    "operators-string/icontains-autoescape": () => where(c.t.icontains("R_S", { autoescape: true })),
    "operators-string/startswith-column": () => where(c.t.startsWith(c.s)),
    "operators-string/regexp-match-flags": () => where(c.s.regexpMatch("^BAN", "i")),
    "operators-string/regexp-replace": () => select(c.id, c.s.regexpReplace("a", "X").label("r")).orderBy(c.id),
    "operators-string/regexp-replace-flags": () =>
      select(c.s.regexpReplace("A", "X", "gi").label("r")).where(c.id.eq(2)),
    "operators-string/concat-op": () => select(c.s.add("!").label("x")).orderBy(c.id),
    "operators-string/concat-func": () => select(func.concat(c.s, "-", c.i).label("x")).where(c.id.eq(1)),
    "operators-string/lower-upper": () => select(func.lower(c.s).label("l"), func.upper(c.s).label("u")).orderBy(c.id),
    "operators-string/length-trim": () =>
      select(func.charLength(c.s), func.trim(literal("  x ")).label("t")).where(c.id.eq(1)),
    "operators-string/substr-replace": () =>
      select(func.substr(c.s, 1, 3).label("a"), func.replace(c.s, "a", "4").label("b")).orderBy(c.id),
  },
  deviations: {
    "operators-string/regexp-replace-flags": {
      mysql: {
        reason: "MySQL's flags come behind a position and a number; SQLAlchemy's text fails there",
        sql: "SELECT regexp_replace(samples.s, ?, ?, 1, 0, 'gi') AS r FROM samples WHERE samples.id = ?",
      },
    },
    "operators-string/regexp-match-flags": {
      refused: true,
      reason: "SQLite's REGEXP has no flags: refused, where SQLAlchemy leaves them out and matches something else",
    },
  },
};
