import type { Peer } from "../orms/operations.ts";

export const peer: Peer = {
  name: "Drizzle",
  open: async (place) =>
    place.database === "sqlite"
      ? (await import("./drizzle-sqlite.ts")).open(place.file)
      : (await import("./drizzle-postgresql.ts")).open(place),
};
