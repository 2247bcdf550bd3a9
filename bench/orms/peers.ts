// The ORMs by the names that the command line knows them by. Those of other people are installed for measuring only.
import { athanor } from "./athanor.ts";
import type { Peer } from "./operations.ts";

/** Files of ../peers, and the package that each is about. */
const others = {
  drizzle: "drizzle-orm",
  prisma: "@prisma/client",
  "mikro-orm": "@mikro-orm/core",
  typeorm: "typeorm",
  sequelize: "sequelize",
} as const;

export const peerNames = ["athanor", ...(Object.keys(others) as (keyof typeof others)[])] as const;
export type PeerName = (typeof peerNames)[number];

export async function peerOf(name: PeerName): Promise<Peer> {
  if (name === "athanor") return athanor;
  // By a name that the compiler cannot follow.
  const module = (await import(new URL(`../peers/${name}.ts`, import.meta.url).href)) as { readonly peer: Peer };
  return module.peer;
}

/** The version that is installed, or null. */
export async function versionOf(name: PeerName): Promise<string | null> {
  const { readFileSync } = await import("node:fs");
  const path =
    name === "athanor" ? "../../packages/athanor/package.json" : `../node_modules/${others[name]}/package.json`;
  try {
    const { version } = JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8")) as { version: string };
    return version;
  } catch {
    return null;
  }
}
