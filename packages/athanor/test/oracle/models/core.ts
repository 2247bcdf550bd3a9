import {
  boolean,
  date,
  double,
  integer,
  json,
  MetaData,
  numeric,
  table,
  text,
  time,
  timestamp,
  varchar,
} from "../../support/core.ts";
import { clock } from "./shop.ts";

export const coreMetadata = new MetaData();

export const samples = table("samples", coreMetadata, {
  id: integer().primaryKey(),
  i: integer().nullable(),
  j: integer().nullable(),
  f: double().nullable(),
  n: numeric(10, 2).nullable(),
  s: varchar(40).nullable(),
  t: text().nullable(),
  b: boolean().nullable(),
  d: date().nullable(),
  tm: time().nullable(),
  dt: timestamp().nullable(),
  data: json<unknown>().nullable(),
});

export const nodes = table("nodes", coreMetadata, {
  id: integer().primaryKey(),
  parentId: integer().references("nodes.id").nullable(),
  name: varchar(20),
  weight: integer().default(1),
});

export const edges = table("edges", coreMetadata, {
  src: integer().references("nodes.id").primaryKey(),
  dst: integer().references("nodes.id").primaryKey(),
  cost: integer().serverDefault("1"),
});

export const counters = table("counters", coreMetadata, {
  key: varchar(20).primaryKey(),
  hits: integer().default(0).onUpdate(7),
  note: varchar(40).nullable().serverDefault("fresh"),
  touched: timestamp().nullable().default(clock).onUpdate(clock),
});

export const archive = table("archive", coreMetadata, {
  id: integer().primaryKey(),
  label: varchar(60).nullable(),
  amount: integer().nullable(),
});
