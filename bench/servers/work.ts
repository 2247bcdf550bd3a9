import type { Measurement } from "../work.ts";
import type { Server, ServerName } from "./server.ts";

/** One line of a server's budget table. */
export interface ServerWork {
  readonly name: string;
  readonly budget: number;
  readonly unit: "×" | "MB";
  /** What `×` multiplies. */
  readonly baseline?: string;
  /** The servers that it is measured on; all where nothing is said. */
  readonly servers?: readonly ServerName[];
  measure(server: Server): Promise<Measurement>;
}
