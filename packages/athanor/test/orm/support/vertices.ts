import { integer, timestamp, varchar } from "athanor";
import { composite, declarativeBase, many, map, one } from "athanor/orm";

export const VertexBase = declarativeBase();

export class Point {
  x: number;
  y: number;
  constructor(x: number, y: number) {
    this.x = x;
    this.y = y;
  }
  get length(): number {
    return Math.hypot(this.x, this.y);
  }
}

export class Period {
  readonly from: Date | null;
  readonly until: Date | null;
  constructor(values: { readonly from: Date | null; readonly until: Date | null }) {
    this.from = values.from;
    this.until = values.until;
  }
}

export class Edge extends VertexBase.model("edges", {
  id: integer().primaryKey(),
  label: varchar(20),
  start: composite(Point, { x: integer(), y: integer() }),
  x2: integer().nullable(),
  y2: integer().nullable().name("y_two"),
  get end() {
    return composite(Point, () => ({ x: Edge.x2, y: Edge.y2 }));
  },
  valid: composite(
    Period,
    { from: timestamp().nullable(), until: timestamp().nullable() },
    { create: (from: Date | null, until: Date | null) => new Period({ from, until }), returnNoneOn: null },
  ),
  get marks() {
    return many(() => Mark, { backPopulates: "edge" });
  },
}) {
  static {
    map(this);
  }
}

export class Mark extends VertexBase.model("marks", {
  id: integer().primaryKey(),
  at: composite(Point, { x: integer().nullable(), y: integer().nullable() }),
  get edgeId() {
    return integer().references(() => Edge.id);
  },
  get edge() {
    return one(() => Edge, { backPopulates: "marks" });
  },
}) {
  static {
    map(this);
  }
}
