import { listen } from "athanor";
import { inspect, type SessionMaker } from "athanor/orm";
import { User } from "./models.ts";

/** Writes down what every flush has inserted, updated and deleted: whoever listens to a factory hears all its sessions. */
export function attachAuditLog(sessions: SessionMaker, log: string[]): void {
  listen(sessions, "afterFlush", (session) => {
    for (const object of session.new) {
      log.push(`INSERT ${object instanceof User ? "User" : "other"} ${inspect(object).identity}`);
    }
    for (const object of session.dirty) log.push(`UPDATE ${inspect(object).mapper.className}`);
    for (const object of session.deleted) log.push(`DELETE ${inspect(object).mapper.className}`);
  });
}
