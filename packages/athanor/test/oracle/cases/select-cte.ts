import { select } from "../../support/core.ts";
import { nodes, users } from "../models.ts";
import type { Area } from "../statement-case.ts";

export const selectCte: Area = {
  name: "select-cte",
  cases: {
    "select-cte/recursive-ancestors": () => {
      const start = select(nodes.c.id, nodes.c.parentId).where(nodes.c.id.eq(6)).cte("up", { recursive: true });
      const up = start.union(select(nodes.c.id, nodes.c.parentId).join(start, start.c.parentId.eq(nodes.c.id)));
      return select(up.c.id).orderBy(up.c.id);
    },
    "select-cte/recursive-alias": () => {
      const start = select(nodes.c.id, nodes.c.weight).where(nodes.c.id.eq(1)).cte("t", { recursive: true });
      const pt = start.alias("pt");
      const n = nodes.alias("n");
      const t = start.unionAll(select(n.c.id, n.c.weight.add(pt.c.weight)).where(n.c.parentId.eq(pt.c.id)));
      return select(t.c.id, t.c.weight).orderBy(t.c.id);
    },
    "select-cte/materialized": () => {
      const c = select(users.c.id).cte("c", { materialized: true });
      return select(c.c.id).orderBy(c.c.id);
    },
    "select-cte/nesting": () => {
      const inner = select(users.c.id).where(users.c.id.gt(2)).cte("inner_c", { nesting: true });
      const outer = select(inner.c.id).cte("outer_c");
      return select(outer.c.id).orderBy(outer.c.id);
    },
    "select-cte/cte-in-subquery": () => {
      const c = select(users.c.id).where(users.c.active).cte("c");
      const sq = select(c.c.id).subquery();
      return select(sq.c.id).orderBy(sq.c.id);
    },
    "select-cte/cte-column-names": () => {
      const c = select(users.c.id.mul(10).label("ten")).cte("c");
      return select(c.c.ten).where(c.c.ten.gt(20)).orderBy(c.c.ten);
    },
  },
  deviations: {
    "select-cte/materialized": {
      reason: "SQLite can say it, too",
      sql: "WITH c AS MATERIALIZED (SELECT users.id AS id FROM users) SELECT c.id FROM c ORDER BY c.id",
    },
  },
};
