import { ArgumentError } from "../../errors/errors.ts";

/** What spreads from an object to those it is related to. */
export interface Cascades {
  readonly saveUpdate: boolean;
  readonly merge: boolean;
  readonly refreshExpire: boolean;
  readonly expunge: boolean;
  readonly delete: boolean;
  readonly deleteOrphan: boolean;
}

const names: Readonly<Record<string, keyof Cascades>> = {
  "save-update": "saveUpdate",
  merge: "merge",
  "refresh-expire": "refreshExpire",
  expunge: "expunge",
  delete: "delete",
  "delete-orphan": "deleteOrphan",
};
const everything = ["save-update", "merge", "refresh-expire", "expunge", "delete"];

/** Reads `"all, delete-orphan"` and its like. The default is `save-update, merge`. */
export function parseCascades(text: string | undefined, relationship: string): Cascades {
  const words = (text ?? "save-update, merge").split(",").map((word) => word.trim());
  const chosen = words.flatMap((word) => (word === "all" ? everything : word === "none" || word === "" ? [] : [word]));
  const unknown = chosen.filter((word) => names[word] === undefined);
  if (unknown.length > 0) {
    throw new ArgumentError(
      `${relationship}: ${JSON.stringify(unknown[0])} is no cascade. There are: all, ${Object.keys(names).join(", ")}, none.`,
    );
  }
  const has = (name: keyof Cascades): boolean => chosen.some((word) => names[word] === name);
  const cascades: Cascades = {
    saveUpdate: has("saveUpdate"),
    merge: has("merge"),
    refreshExpire: has("refreshExpire"),
    expunge: has("expunge"),
    delete: has("delete"),
    deleteOrphan: has("deleteOrphan"),
  };
  if (cascades.deleteOrphan && !cascades.delete) {
    throw new ArgumentError(
      `${relationship}: the cascade "delete-orphan" needs "delete" as well; write "all, delete-orphan".`,
    );
  }
  return cascades;
}
